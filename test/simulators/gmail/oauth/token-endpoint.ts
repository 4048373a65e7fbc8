import { createHash } from 'node:crypto';

import type { Consent, GoogleAccounts, IssuedCode } from './google-accounts.ts';
import { invalidClient, invalidGrant, invalidRequest, OauthError } from './oauth-error.ts';
import { verifyAssertion } from './verify-assertion.ts';

export interface TokenEndpoint {
  readonly accounts: GoogleAccounts;
  readonly now: () => Date;
  /** Seconds that an access token lives. */
  readonly expiresIn: number;
  /** Whether Google knows a user of this address. */
  hasUser(address: string): boolean;
  /** An access token for a user, or for a service account without a mailbox. */
  issueAccessToken(address: string, scopes: readonly string[]): string;
}

type Grant = (form: ReadonlyMap<string, string>, endpoint: TokenEndpoint) => object;

const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', exchangeCode],
  ['refresh_token', refresh],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', redeemAssertion],
]);

/** @throws OauthError */
export function answerTokenRequest(contentType: string, body: string, endpoint: TokenEndpoint): object {
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(contentType)) {
    throw invalidRequest('The body has to be a form.');
  }
  const form = formOf(body);
  const grant = GRANTS.get(form.get('grant_type') ?? '');
  if (grant === undefined) {
    throw new OauthError(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type') ?? ''}`);
  }
  return grant(form, endpoint);
}

/** RFC 6749 section 3.2: no parameter twice, an empty one counts as absent. */
function formOf(body: string): ReadonlyMap<string, string> {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) throw invalidRequest(`OAuth 2 parameters can only have a single value: ${name}`);
    if (value !== '') form.set(name, value);
  }
  return form;
}

function parameter(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw invalidRequest(`Missing required parameter: ${name}`);
  return value;
}

function authenticate(form: ReadonlyMap<string, string>, { accounts }: TokenEndpoint): string {
  const client = accounts.clients.get(parameter(form, 'client_id'));
  if (client === undefined) throw invalidClient('The OAuth client was not found.');
  if (!form.has('client_secret')) throw invalidRequest('client_secret is missing.');
  if (form.get('client_secret') !== client.clientSecret) throw invalidClient('The provided client secret is invalid.');
  return client.clientId;
}

function exchangeCode(form: ReadonlyMap<string, string>, endpoint: TokenEndpoint): object {
  const clientId = authenticate(form, endpoint);
  const code = parameter(form, 'code');
  const issued = endpoint.accounts.codes.get(code);
  endpoint.accounts.codes.delete(code);
  if (issued === undefined || issued.expiresAt <= endpoint.now().getTime()) throw invalidGrant('Malformed auth code.');
  if (issued.clientId !== clientId) throw new OauthError(401, 'unauthorized_client', 'Unauthorized');
  if (parameter(form, 'redirect_uri') !== issued.redirectUri) {
    throw new OauthError(400, 'redirect_uri_mismatch', 'Bad Request');
  }
  checkVerifier(form.get('code_verifier'), issued);
  const { address, scopes, offline } = issued;
  const refresh = offline && { refresh_token: endpoint.accounts.issueRefreshToken({ address, clientId, scopes }) };
  return { ...accessTokenFor(issued, endpoint), ...refresh };
}

/** RFC 7636 sections 4.1 and 4.6. */
function checkVerifier(verifier: string | undefined, { codeChallenge }: IssuedCode): void {
  if (verifier === undefined) throw invalidGrant('Missing code verifier.');
  const isWellFormed = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  if (!isWellFormed || challenge !== codeChallenge) throw invalidGrant('Invalid code verifier.');
}

function refresh(form: ReadonlyMap<string, string>, endpoint: TokenEndpoint): object {
  const clientId = authenticate(form, endpoint);
  const consent = endpoint.accounts.consents.get(parameter(form, 'refresh_token'));
  if (consent === undefined) throw invalidGrant('Token has been expired or revoked.');
  if (consent.clientId !== clientId) throw new OauthError(401, 'unauthorized_client', 'Unauthorized');
  return accessTokenFor(consent, endpoint);
}

function redeemAssertion(form: ReadonlyMap<string, string>, endpoint: TokenEndpoint): object {
  const assertion = parameter(form, 'assertion');
  const { account, subject, scopes } = verifyAssertion(endpoint.accounts, assertion, endpoint.now());
  if (subject !== undefined && !endpoint.hasUser(subject)) throw invalidGrant('Invalid email or User ID');
  return accessTokenFor({ address: subject ?? account.clientEmail, scopes }, endpoint);
}

function accessTokenFor({ address, scopes }: Pick<Consent, 'address' | 'scopes'>, endpoint: TokenEndpoint): object {
  return {
    access_token: endpoint.issueAccessToken(address, scopes),
    expires_in: endpoint.expiresIn,
    scope: scopes.join(' '),
    token_type: 'Bearer',
  };
}
