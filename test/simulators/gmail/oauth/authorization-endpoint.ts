import type { GoogleAccounts } from './google-accounts.ts';

/** A request to the authorization endpoint that Google would show a page for. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: URL;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly codeChallenge: string;
  readonly offline: boolean;
  readonly loginHint: string | undefined;
}

/** What the person at the browser does. */
export interface Decision {
  readonly account: string;
  readonly allow: boolean;
  /** The scopes that stay ticked. */
  readonly scopes: readonly string[];
}

/** A request that Google answers with an error page of its own, never with a redirect. */
export class AuthorizationRefusal extends Error {
  override readonly name = 'AuthorizationRefusal';
}

const KNOWN_PARAMETERS = [
  ...['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'code_challenge', 'code_challenge_method'],
  ...['access_type', 'prompt', 'login_hint', 'include_granted_scopes'],
];
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];
const LONGEST_LIFE_MS = 600_000;

/** @throws AuthorizationRefusal */
export function parseAuthorizationRequest(query: URLSearchParams, accounts: GoogleAccounts): AuthorizationRequest {
  const names = [...query.keys()];
  const wrong = names.find((name, place) => !KNOWN_PARAMETERS.includes(name) || names.indexOf(name) !== place);
  if (wrong !== undefined) throw refusal('invalid_request', wrong);
  const clientId = query.get('client_id') ?? '';
  if (!accounts.clients.has(clientId)) throw refusal('invalid_client', 'The OAuth client was not found.');
  if (query.get('response_type') !== 'code') throw refusal('invalid_request', 'response_type');
  if (query.get('code_challenge_method') !== 'S256') throw refusal('invalid_request', 'code_challenge_method');
  const codeChallenge = query.get('code_challenge') ?? '';
  if (!/^[A-Za-z0-9_-]{43}$/.test(codeChallenge)) throw refusal('invalid_request', 'code_challenge');
  return {
    clientId,
    redirectUri: redirectUriOf(query.get('redirect_uri') ?? ''),
    scopes: scopesOf(query),
    state: query.get('state') ?? undefined,
    codeChallenge,
    offline: query.get('access_type') === 'offline' && query.get('prompt') === 'consent',
    loginHint: query.get('login_hint') ?? undefined,
  };
}

/** RFC 8252 section 7.3: http on the loopback interface, with any port. */
function redirectUriOf(text: string): URL {
  const url = URL.parse(text);
  const fits =
    url?.protocol === 'http:' &&
    LOOPBACK.includes(url.hostname) &&
    url.port !== '' &&
    url.username === '' &&
    url.hash === '' &&
    url.search === '';
  if (!fits) throw refusal('redirect_uri_mismatch', text);
  return url;
}

function scopesOf(query: URLSearchParams): string[] {
  const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
  const isKnown = (scope: string): boolean =>
    scope === 'https://mail.google.com/' || /^https:\/\/www\.googleapis\.com\/auth\/gmail\.[a-z]+$/.test(scope);
  if (scopes.length === 0 || !scopes.every(isKnown)) throw refusal('invalid_scope', scopes.join(' '));
  return scopes;
}

function refusal(error: string, about: string): AuthorizationRefusal {
  return new AuthorizationRefusal(`Error 400: ${error} ${about}`);
}

/** Where the browser goes after the person has decided (RFC 6749 sections 4.1.2 and 4.1.2.1). */
export function redirectAfter(
  request: AuthorizationRequest,
  { account, allow, scopes }: Decision,
  accounts: GoogleAccounts,
  now: Date,
): URL {
  const { clientId, state, codeChallenge, offline, scopes: asked } = request;
  const target = new URL(request.redirectUri);
  if (state !== undefined) target.searchParams.set('state', state);
  const kept = asked.filter((scope) => scopes.includes(scope));
  if (!allow) {
    target.searchParams.set('error', 'access_denied');
    return target;
  }
  const redirectUri = request.redirectUri.href;
  const expiresAt = now.getTime() + LONGEST_LIFE_MS;
  const consent = { address: account.toLowerCase(), clientId, scopes: kept };
  const code = accounts.issueCode({ ...consent, redirectUri, codeChallenge, offline, expiresAt });
  target.searchParams.set('code', code);
  target.searchParams.set('scope', kept.join(' '));
  return target;
}
