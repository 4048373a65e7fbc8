import { randomBytes } from 'node:crypto';

import { ActionableError } from '../errors.ts';
import { askInBrowser, type AuthorizationProof, type CodeProof } from './ask-in-browser.ts';
import { askJson, type JsonAnswer } from './ask-json.ts';
import { authorizationEndpoint } from './authorization-endpoint.ts';

export interface MicrosoftConsentRequest {
  /** The mailbox whose owner is asked. */
  readonly address: string;
  /** Directory (tenant) ID, or a domain of the tenant. */
  readonly tenantId: string;
  /** Application (client) ID of an app registration that allows public client flows. */
  readonly clientId: string;
  /** Shows the address of the consent page to the person, in a browser on this machine. */
  readonly openBrowser: (url: string) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** How long the person has, in milliseconds; default 5 minutes. */
  readonly timeoutMs?: number;
  /** Where Microsoft signs people in; ends with a slash; default its global service. */
  readonly loginUrl?: string;
  /** Where Microsoft Graph is, with its version; ends with a slash; default its global service. */
  readonly rootUrl?: string;
}

/** What the owner of a mailbox granted. */
export interface MicrosoftConsent {
  /** A secret: it opens the mailbox until the consent is withdrawn, or 90 days after its last use. */
  readonly refreshToken: string;
  readonly address: string;
  readonly scopes: readonly string[];
}

const LOGIN = 'https://login.microsoftonline.com/';
const GRAPH = 'https://graph.microsoft.com/v1.0/';
const PERMISSION = 'Mail.ReadBasic';
const SCOPE = `openid profile offline_access https://graph.microsoft.com/${PERMISSION}`;
/**
 * "Redirect URI (reply URL) restrictions": of `http://localhost`, which is what an app registration offers for desktop
 * apps, any port is taken and no other path.
 */
const REDIRECT = { host: 'localhost', path: '/' } as const;

/**
 * Asks the owner of a Microsoft 365 mailbox for consent to read header fields (authorization code with a proof key).
 * What was granted is checked: the tenant, the permission, and that it opens this very mailbox, whatever name the person
 * signs in with. Rejects as `askInBrowser` does.
 */
export function requestMicrosoftConsent(request: MicrosoftConsentRequest): Promise<MicrosoftConsent> {
  const { address, openBrowser, signal, timeoutMs } = request;
  const nonce = randomBytes(16).toString('base64url');
  return askInBrowser({
    ...{ address, openBrowser, signal, timeoutMs },
    provider: 'Microsoft',
    whenBlocked: 'Where the organization blocks the app, ask the Microsoft 365 admin to consent to it.',
    redirect: REDIRECT,
    authorizationUrl: (proof) => authorizationUrl(request, proof, nonce),
    conclude: (proof) => conclude(request, proof, nonce),
  });
}

function endpoint({ loginUrl = LOGIN, tenantId }: MicrosoftConsentRequest, name: 'authorize' | 'token'): string {
  return `${loginUrl}${encodeURIComponent(tenantId)}/oauth2/v2.0/${name}`;
}

function authorizationUrl(
  request: MicrosoftConsentRequest,
  { redirectUri, state, challenge }: AuthorizationProof,
  nonce: string,
): string {
  const url = authorizationEndpoint(endpoint(request, 'authorize'));
  const query = {
    ...{ client_id: request.clientId, redirect_uri: redirectUri, response_type: 'code', response_mode: 'query' },
    ...{ scope: SCOPE, state, nonce, code_challenge: challenge, code_challenge_method: 'S256' },
    ...{ login_hint: request.address, prompt: 'select_account' },
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

async function conclude(
  request: MicrosoftConsentRequest,
  { code, redirectUri, verifier, signal }: CodeProof,
  nonce: string,
): Promise<MicrosoftConsent> {
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: request.clientId, scope: SCOPE },
    ...{ code, code_verifier: verifier, redirect_uri: redirectUri },
  });
  const answer = await askJson(endpoint(request, 'token'), { method: 'POST', body, signal });
  if (answer.status !== 200) throw refusal(answer, request);
  const { access_token: accessToken, refresh_token: refreshToken, scope, id_token: idToken } = answer.fields;
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken)) throw unreadable();
  if (typeof refreshToken !== 'string' || refreshToken === '') throw unreadable();
  const claims = claimsOf(idToken);
  checkIdentity(claims, request, nonce);
  const scopes =
    typeof scope === 'string' ? scope.split(' ').map((name) => name.replace(/^https:\/\/[^/]+\//, '')) : [];
  if (!scopes.some((name) => name.toLowerCase() === PERMISSION.toLowerCase())) throw missingScope(request, scopes);
  await checkMailbox(request, accessToken, nameOf(claims), signal);
  return { refreshToken, address: request.address, scopes };
}

/**
 * The id token came over TLS from the endpoint that issued it, which stands for its signature (OpenID Connect Core
 * section 3.1.3.7, item 6).
 */
function checkIdentity(claims: Claims, { tenantId, clientId }: MicrosoftConsentRequest, nonce: string): void {
  const { tid, aud, nonce: returned } = claims;
  if (aud !== clientId || returned !== nonce || typeof tid !== 'string') throw unreadable();
  const isGuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tenantId);
  if (isGuid && tid.toLowerCase() !== tenantId.toLowerCase()) throw otherTenant(tenantId, tid);
}

/** A person may sign in under another name than the address: the inbox of both has to be the same one. */
async function checkMailbox(
  { address, rootUrl = GRAPH }: MicrosoftConsentRequest,
  accessToken: string,
  signedInAs: string,
  signal: AbortSignal,
): Promise<void> {
  const inboxOf = async (user: string): Promise<unknown> => {
    const url = `${rootUrl}${user}/mailFolders/inbox?$select=id`;
    const answer = await askJson(url, { headers: { authorization: `Bearer ${accessToken}` }, signal });
    return answer.status === 200 ? answer.fields['id'] : undefined;
  };
  const own = await inboxOf('me');
  if (own === undefined) throw noMailbox(signedInAs);
  if ((await inboxOf(`users/${encodeURIComponent(address)}`)) !== own) throw otherAccount(address, signedInAs);
}

/** The name under which the person signed in. */
function nameOf({ preferred_username: name }: Claims): string {
  return typeof name === 'string' ? name : 'an account without a name';
}

type Claims = Readonly<Record<string, unknown>>;

function claimsOf(token: unknown): Claims {
  try {
    const claims: unknown = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : {};
  } catch {
    return {};
  }
}

function refusal({ status, fields }: JsonAnswer, { clientId, tenantId }: MicrosoftConsentRequest): ActionableError {
  const codes = fields['error_codes'];
  const code: unknown = Array.isArray(codes) ? codes[0] : undefined;
  const word = Number.isSafeInteger(code) ? `AADSTS${String(code)}` : `HTTP ${status}`;
  return new ActionableError(`Microsoft did not redeem the consent for the application ${clientId} (${word}).`, [
    `Check in the Microsoft Entra admin center of ${tenantId}, under App registrations > Authentication, that there is ` +
      'the redirect URI http://localhost for mobile and desktop applications.',
    'Check there that public client flows are allowed, then connect the mailbox again.',
  ]);
}

function unreadable(): ActionableError {
  return new ActionableError('The answer of Microsoft holds no token that can be used.', [
    'Check that no proxy answers in the place of Microsoft, then connect the mailbox again.',
  ]);
}

function missingScope({ address }: MicrosoftConsentRequest, scopes: readonly string[]): ActionableError {
  const given = scopes.length === 0 ? 'nothing' : `only ${scopes.join(', ').slice(0, 300)}`;
  return new ActionableError(`${address} granted ${given}; the permission ${PERMISSION} is missing.`, [
    `Add the delegated permission ${PERMISSION} to the app registration, then connect the mailbox again.`,
  ]);
}

function otherTenant(asked: string, granted: string): ActionableError {
  return new ActionableError(`The consent was given in the tenant ${shown(granted)}, but asked for was ${asked}.`, [
    'Connect again, and choose an account of the organization that the mailbox belongs to.',
    'To connect a mailbox of the other organization, name its tenant.',
  ]);
}

function otherAccount(asked: string, granted: string): ActionableError {
  return new ActionableError(`The consent was given for ${shown(granted)}, but the mailbox to connect is ${asked}.`, [
    `Connect again, and choose the account ${asked} on the page of Microsoft.`,
    `To connect the other mailbox instead, name it: ${shown(granted)}.`,
  ]);
}

function noMailbox(granted: string): ActionableError {
  return new ActionableError(`${shown(granted)} gave consent and has no mailbox in Exchange Online.`, [
    'Connect again with an account that has one; a mailbox on a server of your own is connected as Exchange Server.',
  ]);
}

function shown(text: string): string {
  return text.slice(0, 254).replace(/[^\x20-\x7e]/g, '?');
}
