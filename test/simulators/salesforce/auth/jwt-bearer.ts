import { createPublicKey, verify, X509Certificate } from 'node:crypto';

/** What an assertion of the JWT bearer flow claims. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  /** Seconds since 1970; see `lifetimeFault`. */
  readonly exp: number;
}

/** An assertion ends within three minutes (Salesforce Help, "OAuth 2.0 JWT Bearer Flow"). */
const MAX_LIFETIME_S = 180;

/** From here on a number can only be milliseconds: the sf command writes those, and real orgs take them. */
const MILLISECONDS_FROM = 1e11;

/** What is wrong with the end of an assertion, in the words of the platform; undefined when nothing is. */
export function lifetimeFault({ exp }: Claims, now: Date): string | undefined {
  const seconds = now.getTime() / 1000;
  if (exp >= MILLISECONDS_FROM) return undefined;
  if (exp <= seconds) return 'expired authorization code';
  return exp > seconds + MAX_LIFETIME_S ? 'invalid assertion' : undefined;
}

/** The claims of a JWT that RS256 signed with the key of a certificate or public key in PEM; undefined for any other. */
export function verifyAssertion(assertion: string, pem: string): Claims | undefined {
  const [header = '', payload = '', signature = '', ...rest] = assertion.split('.');
  const { alg } = readPart(header);
  if (alg !== 'RS256' || rest.length > 0) return undefined;
  const key = pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  if (key.asymmetricKeyType !== 'rsa') return undefined;
  const genuine = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  return genuine ? readClaims(payload) : undefined;
}

/** The issuer that an unverified assertion names: it says whose certificate to verify with. */
export function issuerOf(assertion: string): string | undefined {
  const { iss } = readPart(assertion.split('.')[1] ?? '');
  return typeof iss === 'string' ? iss : undefined;
}

function readClaims(payload: string): Claims | undefined {
  const { iss, sub, aud, exp } = readPart(payload);
  const complete =
    typeof iss === 'string' && typeof sub === 'string' && typeof aud === 'string' && typeof exp === 'number';
  return complete ? { iss, sub, aud, exp } : undefined;
}

function readPart(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
