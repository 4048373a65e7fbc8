import { keepToken, type AccessTokenSource } from '../keep-token.ts';
import { requestGoogleToken } from './request-google-token.ts';

/**
 * What opens a Gmail mailbox. Secrets: `privateKey`, `clientSecret`, `refreshToken`, `accessToken`.
 * - `serviceAccount`: a Google Cloud service account with domain-wide delegation, for every mailbox of a Workspace.
 * - `refreshToken`: what the mailbox's owner consented to, for one mailbox.
 * - `accessToken`: a token from elsewhere, which lives for an hour.
 */
export type GoogleCredential = ServiceAccount | ConsentedClient | BareToken;

export interface ServiceAccount {
  readonly kind: 'serviceAccount';
  readonly clientEmail: string;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  readonly privateKeyId?: string;
  /** The unique id by which an admin delegates authority to the account; named in errors. */
  readonly clientId?: string;
}

export interface ConsentedClient {
  readonly kind: 'refreshToken';
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly refreshToken: string;
}

export interface BareToken {
  readonly kind: 'accessToken';
  readonly accessToken: string;
}

export interface GoogleAccessTokenOptions {
  /** The mailbox that is to be read: the subject of a delegated token, and named in errors. */
  readonly address: string;
  /** Where tokens are issued; default Google's own endpoint. */
  readonly tokenUrl?: string;
  /** The longest time of one request, in milliseconds; default 30 seconds. */
  readonly deadlineMs?: number;
}

/** Google's token endpoint, which is also the audience of every assertion. */
export const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';

/**
 * Access tokens for a Gmail mailbox with the scope gmail.metadata alone: by a signed assertion (RFC 7523) for the
 * mailbox's address, or by a refresh token (RFC 6749 section 6). They are kept until shortly before they expire, and
 * asked for once however many callers wait. Rejects with a `MailboxError`.
 */
export function googleAccessToken(credential: GoogleCredential, options: GoogleAccessTokenOptions): AccessTokenSource {
  if (credential.kind === 'accessToken') return () => Promise.resolve(credential.accessToken);
  const { address, tokenUrl = GOOGLE_TOKEN_URL, deadlineMs = 30_000 } = options;
  return keepToken(() => requestGoogleToken(credential, { address, tokenUrl, deadlineMs }), Date.now);
}
