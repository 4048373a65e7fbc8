import { timingSafeEqual } from 'node:crypto';
import { notSimulated } from '../api-error.ts';
import type { Org } from '../org.ts';
import type { HttpAnswer, HttpRequest } from '../rest/http-message.ts';
import { issuerOf, verifyAssertion } from './jwt-bearer.ts';
import type { Sessions } from './sessions.ts';

/** An external client app of the org. */
export interface ClientApp {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** PEM of the certificate or public key that signs JWTs of the JWT bearer flow. */
  readonly certificate?: string;
  /** Usernames that an administrator has approved for the JWT bearer flow. */
  readonly approvedUsernames?: readonly string[];
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
  if (path === '/services/oauth2/token' && method === 'POST')
    return answerToken(oauth, new URLSearchParams(request.body));
  if (path === '/services/oauth2/userinfo' || path.startsWith('/id/')) return answerIdentity(oauth, request);
  if (path.startsWith('/services/oauth2/')) throw notSimulated(`${method} ${path}`);
  return undefined;
}

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
  return { status: 400, body: { error, error_description: description } };
}

/** OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration (Salesforce Help). */
function jwtBearer(oauth: OAuth, assertion: string): HttpAnswer {
  const app = oauth.clientApps.find(({ clientId }) => clientId === issuerOf(assertion));
  if (app?.certificate === undefined) return refused('invalid_client_id', 'client identifier invalid');
  const claims = verifyAssertion(assertion, app.certificate);
  if (claims === undefined) return refused('invalid_grant', 'invalid assertion');
  const audiences = [oauth.org.url, 'https://login.salesforce.com', 'https://test.salesforce.com'];
  if (!audiences.includes(claims.aud.replace(/\/$/, ''))) return refused('invalid_grant', 'audience is invalid');
  if (claims.exp * 1000 <= oauth.org.now().getTime()) return refused('invalid_grant', 'expired authorization code');
  if (!(app.approvedUsernames ?? []).includes(claims.sub)) {
    return refused('invalid_grant', "user hasn't approved this consumer");
  }
  return grant(oauth, claims.sub);
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
  const user = org.database
    .rows('User')
    .find((row) => String(row['Username']).toLowerCase() === username.toLowerCase() && row['IsActive'] === true);
  if (user === undefined) return refused('invalid_grant', 'user is inactive or unknown');
  const userId = String(user['Id']);
  const body = {
    access_token: sessions.open(userId),
    scope: 'api id',
    instance_url: org.url,
    id: `${org.url}/id/${org.id}/${userId}`,
    token_type: 'Bearer',
  };
  return { status: 200, body };
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
