import { createFetch } from '../http/create-fetch.ts';
import { clockSkew, dateField } from './clock-skew.ts';
import { foreignObject, foreignText, type ForeignObject } from './foreign-json.ts';
import { readSigningKey, signAssertion } from './jwt-assertion.ts';
import { loginRefusal } from './login-refusal.ts';
import { networkFault } from './network-fault.ts';
import { instanceAddress } from './org-address.ts';
import { readIdentityUrl, sessionOrgId } from './org-identity.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { SalesforceLogin, SalesforceSession } from './salesforce-login.ts';

export interface JwtLoginOptions {
  /**
   * `https://login.salesforce.com`, `https://test.salesforce.com` for a sandbox, or the My Domain address of the org.
   * It is asked for the token and is the audience of the assertion.
   */
  readonly loginUrl: string;
  /** Consumer key of the external client app. */
  readonly clientId: string;
  readonly username: string;
  /** RSA private key in PEM, without a password, whose certificate the app knows. */
  readonly privateKey: string;
  /** The clock of this machine. */
  readonly now?: () => Date;
  /** The longest time for one login, in milliseconds. */
  readonly deadlineMs?: number;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEADLINE_MS = 30_000;

/** The answer of a token endpoint is below 4 KB. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** The platform takes assertions that end within three minutes; some of it is left for clocks that are a little off. */
const ASSERTION_SECONDS = 120;

/** What a header field can carry; a token of Salesforce is below 3 KB in any of its forms. */
const TOKEN = /^[\x21-\x7E]{1,8192}$/;

/**
 * The OAuth 2.0 JWT bearer flow (RFC 7523; Salesforce Help, "OAuth 2.0 JWT Bearer Flow for Server-to-Server
 * Integration"): no person, no password and no refresh token. Each login is one request that follows no redirect.
 *
 * @throws SalesforceError `refused` at once when the key or the login URL cannot be used.
 */
export function jwtLogin(options: JwtLoginOptions): SalesforceLogin {
  const { now = () => new Date(), deadlineMs = DEADLINE_MS } = options;
  const login = loginAddress(options.loginUrl);
  const key = readSigningKey(options.privateKey);
  const boundedFetch = createFetch({ allowedHosts: [login.host], maxBytes: MAX_ANSWER_BYTES, deadlineMs });
  const assertion = (): string => {
    const exp = Math.floor(now().getTime() / 1000) + ASSERTION_SECONDS;
    return signAssertion({ iss: options.clientId, sub: options.username, aud: login.origin, exp }, key);
  };
  return async () => {
    const answer = await ask(boundedFetch, login, assertion());
    const refused = { host: login.host, username: options.username, now: now() };
    if (answer.refusal === undefined) return { ...readSession(answer.body, login), username: options.username };
    throw loginRefusal(answer.refusal, { ...refused, clockSkewMs: clockSkew(answer.serverTime, refused.now) });
  };
}

function loginAddress(loginUrl: string): URL {
  const url = URL.parse(loginUrl);
  const usable = url !== null && /^https?:$/.test(url.protocol) && !url.hostname.endsWith('.lightning.force.com');
  if (usable) return url;
  throw new SalesforceError('refused', 'The login URL is not one that Salesforce logs in at.', [
    'Set https://login.salesforce.com, https://test.salesforce.com for a sandbox, or the My Domain address of the org.',
  ]);
}

interface TokenAnswer {
  readonly body: ForeignObject;
  readonly refusal: { readonly error: string; readonly description: string } | undefined;
  readonly serverTime: Date | undefined;
}

async function ask(boundedFetch: typeof fetch, login: URL, assertion: string): Promise<TokenAnswer> {
  const { response, text } = await exchange(boundedFetch, login, assertion);
  const body = parseJson(text);
  const error = foreignText(body?.['error']);
  if (body === undefined || (error === undefined && !response.ok)) throw notAToken(response.status, login.host);
  const description = foreignText(body['error_description']) ?? '';
  const refusal = error === undefined ? undefined : { error, description };
  return { body, refusal, serverTime: dateField(response.headers) };
}

async function exchange(boundedFetch: typeof fetch, login: URL, assertion: string) {
  try {
    const response = await boundedFetch(new URL('/services/oauth2/token', login), {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }),
    });
    return { response, text: await response.text() };
  } catch (error) {
    throw networkFault(error, login.host);
  }
}

function parseJson(text: string): ForeignObject | undefined {
  try {
    return foreignObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function notAToken(status: number, host: string): SalesforceError {
  return new SalesforceError('retry', `Salesforce (${host}) answers a login with a page or nothing (HTTP ${status}).`, [
    'Nothing has to be done during maintenance: the login is tried again. See https://status.salesforce.com.',
    'Check that the login URL is https://login.salesforce.com, https://test.salesforce.com or the My Domain address.',
  ]);
}

/** The session of a token answer; each part of it is checked before a token or mail data goes anywhere. */
function readSession(body: ForeignObject, login: URL): SalesforceSession {
  const accessToken = foreignText(body['access_token']) ?? '';
  if (!TOKEN.test(accessToken)) throw untrusted(login.host, 'holds no access token');
  const instance = instanceAddress(foreignText(body['instance_url']) ?? '', login);
  if (instance === undefined) throw untrusted(login.host, 'names an instance that is no host of Salesforce');
  const identity = readIdentityUrl(foreignText(body['id']) ?? '');
  const tokenOrg = sessionOrgId({ accessToken, instanceUrl: instance.origin });
  if (identity !== undefined && tokenOrg !== undefined && identity.orgId !== tokenOrg) {
    throw untrusted(login.host, 'names one org and gives a token of another');
  }
  return { accessToken, instanceUrl: instance.origin, ...identity };
}

function untrusted(host: string, what: string): SalesforceError {
  return new SalesforceError('refused', `The answer of ${host} to the login ${what}; it is not used.`, [
    'Check that the login URL is that of Salesforce: https://login.salesforce.com, https://test.salesforce.com or My Domain.',
    'Check for a proxy that answers in place of Salesforce.',
  ]);
}
