import { constants, createHash, verify } from 'node:crypto';

import { randomToken, type Directory } from '../directory.ts';
import type { Application, Applications, Consent } from './applications.ts';
import {
  badAssertion,
  consentNeeded,
  deadGrant,
  EntraError,
  expiredAssertion,
  invalidRequest,
  unknownClient,
  unknownTenant,
} from './entra-error.ts';

export interface TokenEndpoint {
  readonly directory: Directory;
  readonly applications: Applications;
  readonly now: () => Date;
  /** Resources besides Graph for which tokens are issued; each ends with a slash. */
  readonly resources: readonly string[];
}

type Form = ReadonlyMap<string, string>;

const AUDIENCE = 'https://login.microsoftonline.com/';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const GRAPH = 'https://graph.microsoft.com/';
/** "Refresh tokens in the Microsoft identity platform": access tokens live 60 to 90 minutes. */
const TOKEN_SECONDS = 3599;

/**
 * POST /{tenant}/oauth2/v2.0/token: client credentials with a certificate, codes with a proof key, refresh tokens.
 *
 * @throws EntraError
 */
export function answerTokenRequest(tenant: string, body: string, endpoint: TokenEndpoint): object {
  const form = formOf(body);
  const { tenantId } = endpoint.directory;
  if (tenant !== tenantId && tenant !== 'organizations') throw unknownTenant(tenant);
  const application = endpoint.applications.all.get(parameter(form, 'client_id'));
  if (application === undefined) throw unknownClient(parameter(form, 'client_id'), tenantId);
  switch (parameter(form, 'grant_type')) {
    case 'client_credentials':
      return clientCredentials(form, tenant, application, endpoint);
    case 'refresh_token':
      return refresh(form, application, endpoint);
    case 'authorization_code':
      return redeemCode(form, application, endpoint);
    default:
      throw new EntraError(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
}

/** RFC 6749 section 3.2: no parameter twice, an empty one counts as absent. */
function formOf(body: string): Form {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) throw invalidRequest(`The request body contains the parameter '${name}' twice.`);
    if (value !== '') form.set(name, value);
  }
  return form;
}

function parameter(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw invalidRequest(`The request body must contain the following parameter: '${name}'.`);
  return value;
}

function clientCredentials(form: Form, tenant: string, application: Application, endpoint: TokenEndpoint): object {
  const scopeAsked = parameter(form, 'scope');
  const audience = [GRAPH, ...endpoint.resources].find((resource) => scopeAsked === `${resource}.default`);
  if (audience === undefined) {
    throw new EntraError(
      400,
      'invalid_scope',
      1002012,
      'The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.',
    );
  }
  if (tenant !== endpoint.directory.tenantId) throw unknownTenant(tenant);
  if (parameter(form, 'client_assertion_type') !== ASSERTION) throw invalidRequest('client_assertion_type is invalid.');
  checkAssertion(parameter(form, 'client_assertion'), tenant, application, endpoint.now());
  const { clientId, roles, scope } = application;
  const accessToken = jwt({ aud: audience.slice(0, -1), tid: tenant, appid: clientId, idtyp: 'app', roles });
  const resource = audience === GRAPH ? undefined : audience;
  endpoint.directory.grant(accessToken, { permissions: new Set(roles), scope, resource, lifeSeconds: TOKEN_SECONDS });
  return { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: accessToken };
}

/** "Microsoft identity platform application authentication certificate credentials". */
function checkAssertion(assertion: string, tenant: string, { clientId, certificates }: Application, now: Date): void {
  const [head = '', payload = '', signature = ''] = assertion.split('.');
  const header = claimsOf(head);
  const claims = claimsOf(payload);
  const key = certificates.get(String(header['x5t#S256']));
  if (header['alg'] !== 'PS256' || key === undefined) throw badAssertion('The key was not found.');
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signed = Buffer.from(`${head}.${payload}`);
  if (!verify('sha256', signed, { key, ...padding }, Buffer.from(signature, 'base64url'))) {
    throw badAssertion('The key used to sign is not the expected one.');
  }
  const audiences = [`${AUDIENCE}${tenant}/oauth2/v2.0/token`, `${AUDIENCE}${tenant}/v2.0`];
  if (!audiences.includes(String(claims['aud'])) || claims['iss'] !== clientId || claims['sub'] !== clientId) {
    throw new EntraError(
      401,
      'invalid_client',
      700021,
      'Client assertion application identifier does not match client_id or audience.',
    );
  }
  const seconds = now.getTime() / 1000;
  if (!(Number(claims['exp']) > seconds) || !(Number(claims['nbf']) <= seconds + 300)) throw expiredAssertion();
}

function refresh(form: Form, { clientId }: Application, endpoint: TokenEndpoint): object {
  const consent = endpoint.applications.consents.get(parameter(form, 'refresh_token'));
  if (consent === undefined) throw deadGrant();
  if (consent.clientId !== clientId)
    throw new EntraError(400, 'invalid_grant', 700005, 'The token was issued to another client.');
  return tokensFor(consent, form.get('scope'), undefined, endpoint);
}

function redeemCode(form: Form, { clientId }: Application, endpoint: TokenEndpoint): object {
  const code = parameter(form, 'code');
  const issued = endpoint.applications.codes.get(code);
  endpoint.applications.codes.delete(code);
  if (issued === undefined || issued.clientId !== clientId || issued.expiresAt <= endpoint.now().getTime())
    throw deadGrant();
  if (parameter(form, 'redirect_uri') !== issued.redirectUri) {
    throw new EntraError(
      400,
      'invalid_client',
      500112,
      'The reply address does not match the one of the authorization request.',
    );
  }
  const challenge = createHash('sha256').update(parameter(form, 'code_verifier')).digest('base64url');
  if (challenge !== issued.codeChallenge) {
    throw new EntraError(
      400,
      'invalid_grant',
      501481,
      'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
    );
  }
  return tokensFor(issued, form.get('scope'), issued.nonce, endpoint);
}

const OPENID = ['openid', 'profile', 'offline_access', 'email'];

/** Tokens for a person. Every refresh gives a new refresh token; the old one goes on working. */
function tokensFor(
  consent: Consent,
  asked: string | undefined,
  nonce: string | undefined,
  endpoint: TokenEndpoint,
): object {
  const { address, clientId, scopes } = consent;
  const { directory, applications } = endpoint;
  const wanted = asked?.split(' ').map((scope) => scope.replace(GRAPH, '')) ?? scopes;
  const missing = wanted.filter((scope) => !scopes.includes(scope) && !OPENID.includes(scope) && scope !== '.default');
  if (missing.length > 0) throw consentNeeded(clientId);
  const user = directory.user(address)!;
  const permissions = scopes.filter((scope) => !OPENID.includes(scope));
  const resource = endpoint.resources.find((other) => permissions.some((scope) => scope.startsWith(other)));
  const identity = { tid: directory.tenantId, oid: user.id, preferred_username: address, upn: address };
  const accessToken = jwt({
    aud: (resource ?? GRAPH).slice(0, -1),
    ...identity,
    appid: clientId,
    scp: permissions.join(' '),
  });
  directory.grant(accessToken, {
    address,
    permissions: new Set(permissions),
    scope: undefined,
    resource,
    lifeSeconds: TOKEN_SECONDS,
  });
  const refreshToken = `1.AX${randomToken()}`;
  if (scopes.includes('offline_access')) applications.consents.set(refreshToken, { address, clientId, scopes });
  return {
    ...{ token_type: 'Bearer', scope: permissions.join(' '), expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS },
    access_token: accessToken,
    ...(scopes.includes('offline_access') && { refresh_token: refreshToken }),
    ...(scopes.includes('openid') && { id_token: idToken(identity, clientId, nonce, endpoint) }),
    client_info: Buffer.from(JSON.stringify({ uid: user.id, utid: directory.tenantId })).toString('base64url'),
  };
}

function idToken(
  identity: object,
  clientId: string,
  nonce: string | undefined,
  { directory, now }: TokenEndpoint,
): string {
  const iat = Math.floor(now().getTime() / 1000);
  const iss = `${AUDIENCE}${directory.tenantId}/v2.0`;
  return jwt({ aud: clientId, iss, iat, exp: iat + TOKEN_SECONDS, ver: '2.0', ...identity, ...(nonce && { nonce }) });
}

/** Tokens of Graph are opaque to clients, which could not check their signature anyway: here it is random. */
function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${randomToken()}`;
}

function claimsOf(part: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    throw badAssertion('It cannot be read.');
  }
}
