import { randomToken } from '../directory.ts';
import { EntraError, invalidRequest, unknownClient, unknownTenant } from './entra-error.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** A request to /authorize that Microsoft would show a page for. */
interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: URL;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly nonce: string | undefined;
  readonly codeChallenge: string;
  readonly loginHint: string;
}

/** "OAuth 2.0 authorization code flow": a code lives about ten minutes. */
const CODE_MS = 600_000;
const OPENID = ['openid', 'profile', 'offline_access', 'email'];
const KNOWN = [
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce'],
  ...['code_challenge', 'code_challenge_method', 'login_hint', 'prompt', 'domain_hint'],
];

/**
 * The page on which a person signs in and consents: a form that posts back to where it came from.
 *
 * @throws EntraError
 */
export function authorizationPage(tenant: string, query: URLSearchParams, endpoint: TokenEndpoint): string {
  const { clientId, scopes, loginHint } = parseRequest(tenant, query, endpoint);
  const boxes = scopes.map((scope) => `<input type="hidden" name="scope" value="${escaped(scope)}">`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Permissions requested</title>
<h1>${escaped(clientId)}</h1><form method="post"><input name="account" type="email" value="${escaped(loginHint)}">
${boxes.join('\n')}<button name="decision" value="allow">Accept</button><button name="decision" value="deny">Cancel</button>
</form></html>`;
}

/** Where the browser goes once the person has decided. @throws EntraError */
export function redirectAfter(
  tenant: string,
  query: URLSearchParams,
  form: URLSearchParams,
  endpoint: TokenEndpoint,
): URL {
  const request = parseRequest(tenant, query, endpoint);
  const target = new URL(request.redirectUri);
  target.searchParams.set('state', request.state);
  if (form.get('decision') !== 'allow') {
    target.searchParams.set('error', 'access_denied');
    target.searchParams.set('error_description', 'AADSTS65004: User declined to consent to access the app.');
    return target;
  }
  const address = (form.get('account') ?? '').toLowerCase();
  if (endpoint.directory.user(address) === undefined)
    throw new EntraError(400, 'invalid_request', 50034, `The user account ${address} does not exist in the directory.`);
  const { clientId, scopes, codeChallenge, nonce } = request;
  const code = `0.A${randomToken()}`;
  endpoint.applications.codes.set(code, {
    ...{ address, clientId, codeChallenge, nonce, redirectUri: query.get('redirect_uri') ?? '' },
    scopes: scopes.map((scope) => scope.replace('https://graph.microsoft.com/', '')),
    expiresAt: endpoint.now().getTime() + CODE_MS,
  });
  target.searchParams.set('code', code);
  target.searchParams.set('session_state', randomToken());
  return target;
}

function parseRequest(tenant: string, query: URLSearchParams, endpoint: TokenEndpoint): AuthorizationRequest {
  const { directory, applications } = endpoint;
  const names = [...query.keys()];
  const wrong = names.find((name, place) => !KNOWN.includes(name) || names.indexOf(name) !== place);
  if (wrong !== undefined) throw invalidRequest(`The parameter '${wrong}' is not expected.`);
  if (tenant !== directory.tenantId && tenant !== 'organizations' && !tenant.includes('.')) throw unknownTenant(tenant);
  const clientId = query.get('client_id') ?? '';
  const application = applications.all.get(clientId);
  if (application === undefined) throw unknownClient(clientId, tenant);
  if (query.get('response_type') !== 'code') throw invalidRequest('response_type');
  const codeChallenge = query.get('code_challenge') ?? '';
  if (query.get('code_challenge_method') !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(codeChallenge)) {
    throw new EntraError(400, 'invalid_request', 9002325, 'Proof Key for Code Exchange is required.');
  }
  const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
  const permissions = scopes.map((scope) => scope.replace('https://graph.microsoft.com/', ''));
  if (!permissions.every((scope) => OPENID.includes(scope) || application.delegated.includes(scope))) {
    throw new EntraError(400, 'invalid_scope', 650053, 'The application asked for a scope that does not exist.');
  }
  return {
    ...{ clientId, scopes, codeChallenge, redirectUri: redirectUriOf(query.get('redirect_uri') ?? '') },
    ...{ state: query.get('state') ?? '', nonce: query.get('nonce') ?? undefined },
    loginHint: query.get('login_hint') ?? '',
  };
}

/** "Redirect URI restrictions": http://localhost is registered; its port may differ, its path may not. */
function redirectUriOf(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' && url.hostname === 'localhost' && url.pathname === '/' && url.search === '')
    return url;
  throw new EntraError(
    400,
    'invalid_request',
    50011,
    `The redirect URI '${text}' specified in the request does not match.`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
