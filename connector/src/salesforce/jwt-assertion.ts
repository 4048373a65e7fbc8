import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { SalesforceError } from './salesforce-error.ts';

/** The claims of an assertion that Salesforce takes (Salesforce Help, "OAuth 2.0 JWT Bearer Flow"; RFC 7523, 3). */
export interface AssertionClaims {
  /** Consumer key of the app. */
  readonly iss: string;
  /** Username of the user. */
  readonly sub: string;
  /** The server that gives the token. */
  readonly aud: string;
  /** When the assertion ends, in seconds since 1970; at most three minutes ahead. */
  readonly exp: number;
}

/** The shortest RSA key that is still taken for safe (NIST SP 800-131A); shorter ones are easy to break. */
const MIN_KEY_BITS = 2048;

/**
 * The RSA private key of a PEM text (PKCS#8 or PKCS#1).
 *
 * @throws SalesforceError `refused` for anything else. The text itself stands in no error.
 */
export function readSigningKey(pem: string): KeyObject {
  const key = privateKeyOf(pem);
  if (key.asymmetricKeyType !== 'rsa') throw unusableKey('is not an RSA key');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_KEY_BITS) throw unusableKey('is shorter than 2048 bits');
  return key;
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    const encrypted = pem.includes('ENCRYPTED');
    throw unusableKey(encrypted ? 'is protected by a password' : 'is not a private key in PEM form');
  }
}

/** The library's own error may quote the key, so it is not passed on. */
function unusableKey(what: string): SalesforceError {
  return new SalesforceError('refused', `The private key for the login to Salesforce ${what}.`, [
    'Give the file that begins with "-----BEGIN PRIVATE KEY-----"; its certificate belongs to Salesforce.',
    'A new pair: openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout salesforce.key -out salesforce.crt',
  ]);
}

/** A signed JWT (RFC 7515, compact form) of these claims; RS256 is what Salesforce asks for. */
export function signAssertion(claims: AssertionClaims, key: KeyObject): string {
  const parts = [{ alg: 'RS256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const content = parts.join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}
