import { MailboxError } from './mailbox-error.ts';
import type { OAuthConsent } from './consent-access-token.ts';

/** Where Google and Microsoft issue tokens. */
const TOKEN_HOSTS = ['oauth2.googleapis.com', 'login.microsoftonline.com', 'login.microsoftonline.us'];
const GOOGLE = 'https://oauth2.googleapis.com/token';
/** Where Active Directory Federation Services issue tokens, for Exchange Server on the machines of an organization. */
const FEDERATION_PATH = /^\/adfs\/oauth2\/token\/?$/;
const LOOPBACK = ['127.0.0.1', 'localhost'];

/**
 * The file in which an OAuth client keeps what it was given: `client_id`, `client_secret` (where there is one),
 * `refresh_token` and `token_uri` (Google's without it), as Google's own tools write it.
 *
 * @throws MailboxError `reconnect`; quotes no value of the file
 */
export function parseOAuthConsent(file: string): { readonly consent: OAuthConsent; readonly tokenUrl: string } {
  const fields = fieldsOf(file);
  const [clientId, refreshToken] = ['client_id', 'refresh_token'].map((name) => fields.get(name));
  const [clientSecret, tokenUri = GOOGLE] = ['client_secret', 'token_uri'].map((name) => fields.get(name));
  if (!isText(clientId)) throw wrong('its field "client_id" is missing');
  if (!isText(refreshToken)) throw wrong('its field "refresh_token" is missing');
  const url = typeof tokenUri === 'string' ? URL.parse(tokenUri) : null;
  if (url === null || !isTokenEndpoint(url))
    throw wrong('its field "token_uri" is no address of Google, Microsoft or AD FS');
  return {
    consent: { clientId, refreshToken, ...(isText(clientSecret) && { clientSecret }) },
    tokenUrl: url.href,
  };
}

/** A refresh token is sent nowhere else. */
function isTokenEndpoint({ protocol, hostname, host, pathname }: URL): boolean {
  if (protocol === 'https:') return TOKEN_HOSTS.includes(host) || FEDERATION_PATH.test(pathname);
  return protocol === 'http:' && LOOPBACK.includes(hostname);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function fieldsOf(file: string): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(file.replace(/^\uFEFF/, '')) as object));
  } catch {
    throw wrong('it is not a JSON object');
  }
}

function wrong(what: string): MailboxError {
  return new MailboxError('reconnect', `This file opens no mailbox: ${what}.`);
}
