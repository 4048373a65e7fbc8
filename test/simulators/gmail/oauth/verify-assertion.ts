import { verify } from 'node:crypto';

import type { GoogleAccounts, ServiceAccount } from './google-accounts.ts';
import { invalidGrant, invalidRequest, OauthError } from './oauth-error.ts';

export interface VerifiedAssertion {
  readonly account: ServiceAccount;
  /** The user to act for; undefined for the account itself. */
  readonly subject: string | undefined;
  readonly scopes: readonly string[];
}

const AUDIENCE = 'https://oauth2.googleapis.com/token';
const LONGEST_LIFE_SECONDS = 3600;
const SKEW_SECONDS = 300;
const UNAUTHORIZED =
  'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes ' +
  'requested.';
const TIMEFRAME =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp ' +
  'values in the JWT claim.';

/** Checks an assertion of a service account (RFC 7523 section 3, Google's guide for server to server applications). */
export function verifyAssertion(accounts: GoogleAccounts, assertion: string, now: Date): VerifiedAssertion {
  const [head = '', body = '', signature = '', ...rest] = assertion.split('.');
  if (signature === '' || rest.length > 0) throw invalidRequest('Invalid JWT: Failed to parse.');
  const header = claims(head);
  const claim = claims(body);
  if (header['alg'] !== 'RS256') throw invalidGrant('Invalid JWT: Only RS256 is accepted here.');
  const account = accounts.serviceAccounts.get(text(claim, 'iss'));
  if (account === undefined) throw invalidGrant('Invalid grant: account not found');
  const keys = [...account.publicKeys].filter(([id]) => header['kid'] === undefined || header['kid'] === id);
  const signed = Buffer.from(`${head}.${body}`);
  const isSigned = keys.some(([, key]) => verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')));
  if (!isSigned) throw invalidGrant('Invalid JWT Signature.');
  if (claim['aud'] !== AUDIENCE) {
    throw invalidGrant(`Invalid JWT: Failed audience check. The right audience is ${AUDIENCE}`);
  }
  checkTimes(claim, Math.floor(now.getTime() / 1000));
  return { account, subject: subjectOf(claim), scopes: delegatedScopes(claim, account) };
}

type Claims = Readonly<Record<string, unknown>>;

function claims(part: string): Claims {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;
  } catch {
    throw invalidRequest('Invalid JWT: Failed to parse.');
  }
}

function text(claim: Claims, name: string): string {
  const value = claim[name];
  return typeof value === 'string' ? value : '';
}

function checkTimes({ iat, exp }: Claims, now: number): void {
  const inTime =
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    iat <= now + SKEW_SECONDS &&
    exp > now &&
    exp > iat &&
    exp - iat <= LONGEST_LIFE_SECONDS;
  if (!inTime) throw invalidGrant(TIMEFRAME);
}

function subjectOf(claim: Claims): string | undefined {
  const subject = text(claim, 'sub').toLowerCase();
  return subject === '' ? undefined : subject;
}

function delegatedScopes(claim: Claims, { delegatedScopes: granted }: ServiceAccount): string[] {
  const scopes = text(claim, 'scope').split(' ').filter(Boolean);
  if (scopes.length === 0) {
    throw new OauthError(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  }
  // Delegation concerns acting for a user; for itself an account may ask for any scope.
  if (subjectOf(claim) === undefined || scopes.every((scope) => granted.includes(scope))) return scopes;
  throw new OauthError(401, 'unauthorized_client', UNAUTHORIZED);
}
