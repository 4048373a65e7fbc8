import { timingSafeEqual } from 'node:crypto';
import { notSimulated } from '../api-error.ts';
import type { Org } from '../org.ts';
import type { SObjectRecord } from '../record.ts';
import type { HttpAnswer, HttpRequest } from '../rest/http-message.ts';
import { issuerOf, lifetimeFault, verifyAssertion, type Claims } from './jwt-bearer.ts';
import type { Sessions } from './sessions.ts';
import { answerSingleAccess } from './single-access.ts';

/** An external client app of the org. */
export interface ClientApp {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** PEM of the certificate or public key that signs JWTs of the JWT bearer flow. */
  readonly certificate?: string;
  /**
   * Usernames that an administrator has approved in advance. Without a list the policy of the app is that users approve
   * it themselves in a browser, which nobody does here.
   */
  readonly approvedUsernames?: readonly string[];
  /** True when an administrator has blocked the app. */
  readonly blocked?: boolean;
  /** The execution user of the client credentials flow. */
  readonly runAsUsername?: string;
}

/** What the OAuth endpoints need of the org. */
export interface OAuth {
  readonly org: Org;
  readonly sessions: Sessions;
  readonly clientApps: readonly ClientApp[];
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Answers `/services/oauth2/...` and the identity URL; undefined for other paths. */
export function answerOAuth(oauth: OAuth, request: HttpRequest): HttpAnswer | undefined {
  const { path, method } = request;
  if (path === '/services/oauth2/token' && method === 'POST') return answerToken(oauth, formOf(request));
  if (path === '/services/oauth2/userinfo' || path.startsWith('/id/')) return answerIdentity(oauth, request);
  if (path === '/services/oauth2/singleaccess' && method === 'GET') {
    return answerSingleAccess(oauth, bearerToken(request), request.query.get('redirect_uri'));
  }
  if (path.startsWith('/services/oauth2/')) throw notSimulated(`${method} ${path}`);
  return undefined;
}

/** Parameters in a body of another type are not seen. */
function formOf({ headers, body }: HttpRequest): URLSearchParams {
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams(isForm ? body : '');
}

/** A token answer is never stored on its way (RFC 6749, 5.1). */
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

function answerToken(oauth: OAuth, form: URLSearchParams): HttpAnswer {
  switch (form.get('grant_type')) {
    case JWT_BEARER:
      return jwtBearer(oauth, form.get('assertion') ?? '');
    case 'client_credentials':
      return clientCredentials(oauth, form);
    default:
      return refused('unsupported_grant_type', 'grant type not supported');
  }
}

function refused(error: string, description: string): HttpAnswer {
  return { status: 400, body: { error, error_description: description }, headers: NO_STORE };
}

/**
 * OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration (Salesforce Help). The errors are those that orgs are
 * known to give; where nobody has written one down, a refusal is an `invalid assertion`.
 */
function jwtBearer(oauth: OAuth, assertion: string): HttpAnswer {
  const app = oauth.clientApps.find(({ clientId }) => clientId === issuerOf(assertion));
  if (app?.certificate === undefined) return refused('invalid_client_id', 'client identifier invalid');
  const claims = verifyAssertion(assertion, app.certificate);
  if (claims === undefined) return refused('invalid_grant', 'invalid assertion');
  if (!isAudience(oauth.org, claims.aud)) return refused('invalid_grant', 'audience is invalid');
  const fault = lifetimeFault(claims, oauth.org.now());
  if (fault !== undefined) return refused('invalid_grant', fault);
  if (app.blocked === true) return refused('OAUTH_APP_BLOCKED', 'this app is blocked by admin');
  return grantApproved(oauth, app, claims);
}

/** This org, with or without a slash, or the login page for orgs of its kind: a sandbox has another one. */
function isAudience({ url, database }: Org, audience: string): boolean {
  const sandbox = database.rows('Organization').some((row) => row['IsSandbox'] === true);
  return [url, `https://${sandbox ? 'test' : 'login'}.salesforce.com`].includes(audience.replace(/\/$/, ''));
}

function grantApproved(oauth: OAuth, app: ClientApp, { sub }: Claims): HttpAnswer {
  if (app.approvedUsernames === undefined || findUser(oauth.org, sub) === undefined) {
    return refused('invalid_grant', "user hasn't approved this consumer");
  }
  if (!app.approvedUsernames.some((username) => username.toLowerCase() === sub.toLowerCase())) {
    return refused('invalid_app_access', 'user is not admin approved to access this app');
  }
  return grant(oauth, sub);
}

function findUser({ database }: Org, username: string): SObjectRecord | undefined {
  return database.rows('User').find((row) => String(row['Username']).toLowerCase() === username.toLowerCase());
}

function clientCredentials(oauth: OAuth, form: URLSearchParams): HttpAnswer {
  const app = oauth.clientApps.find(({ clientId }) => clientId === form.get('client_id'));
  if (app === undefined) return refused('invalid_client_id', 'client identifier invalid');
  if (!sameSecret(app.clientSecret, form.get('client_secret')))
    return refused('invalid_client', 'invalid client credentials');
  if (app.runAsUsername === undefined) return refused('invalid_grant', 'no client credentials user enabled');
  return grant(oauth, app.runAsUsername);
}

function sameSecret(expected: string | undefined, given: string | null): boolean {
  if (expected === undefined || given?.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}

function grant({ org, sessions }: OAuth, username: string): HttpAnswer {
  const user = findUser(org, username);
  if (user === undefined) return refused('invalid_grant', "user hasn't approved this consumer");
  if (user['IsActive'] !== true) return refused('inactive_user', 'user is inactive');
  const userId = String(user['Id']);
  const body = {
    access_token: sessions.open(userId),
    scope: 'api id',
    instance_url: org.url,
    id: `${org.url}/id/${org.id}/${userId}`,
    token_type: 'Bearer',
  };
  return { status: 200, body, headers: NO_STORE };
}

function answerIdentity({ org, sessions }: OAuth, request: HttpRequest): HttpAnswer {
  const userId = sessions.userOf(bearerToken(request) ?? request.query.get('oauth_token') ?? undefined);
  const user = userId === undefined ? undefined : org.database.get('User', userId);
  if (user === undefined) return { status: 403, body: 'Bad_OAuth_Token', contentType: 'text/html;charset=UTF-8' };
  const body = {
    sub: `${org.url}/id/${org.id}/${userId}`,
    id: `${org.url}/id/${org.id}/${userId}`,
    user_id: userId,
    organization_id: org.id,
    preferred_username: user['Username'],
    username: user['Username'],
    display_name: user['Name'],
    name: user['Name'],
    email: user['Email'],
    active: user['IsActive'],
    user_type: 'STANDARD',
    urls: { rest: `${org.url}/services/data/v{version}/`, metadata: `${org.url}/services/Soap/m/{version}/${org.id}` },
  };
  return { status: 200, body };
}

/** The token of an Authorization header (`Bearer`, or `OAuth` as older clients write). */
export function bearerToken({ headers }: HttpRequest): string | undefined {
  return /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
}
