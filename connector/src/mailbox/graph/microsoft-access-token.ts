import { keepToken, type AccessTokenSource } from '../keep-token.ts';
import { requestMicrosoftToken } from './request-microsoft-token.ts';

/**
 * What opens a mailbox of Microsoft 365. Secrets: `privateKey`, `refreshToken`, `accessToken`.
 * - `certificate`: an application with Mail.ReadBasic.All, for every mailbox that it may read.
 * - `refreshToken`: what the mailbox's owner consented to, for one mailbox.
 * - `accessToken`: a token from elsewhere, which lives for an hour.
 */
export type MicrosoftCredential = MicrosoftApplication | MicrosoftConsent | MicrosoftBareToken;

export interface MicrosoftApplication {
  readonly kind: 'certificate';
  /** Application (client) ID. */
  readonly clientId: string;
  /** PEM of the certificate that is registered for the application. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

export interface MicrosoftConsent {
  readonly kind: 'refreshToken';
  readonly clientId: string;
  readonly refreshToken: string;
}

export interface MicrosoftBareToken {
  readonly kind: 'accessToken';
  readonly accessToken: string;
}

export interface MicrosoftAccessTokenOptions {
  /** The mailbox that is to be read; named in errors. */
  readonly address: string;
  /** Directory (tenant) ID, or a domain of the tenant. */
  readonly tenantId: string;
  /** Where tokens are issued; ends with a slash; default the global service of Microsoft. */
  readonly loginUrl?: string;
  /** What an application's tokens open; ends with a slash; default Microsoft Graph. */
  readonly resource?: string;
  /** The longest time of one request, in milliseconds; default 30 seconds. */
  readonly deadlineMs?: number;
  /**
   * Told of each new refresh token, which lives for 90 days from its issue. The old one goes on working, so that one that
   * could not be saved costs nothing but these days.
   */
  readonly onRefreshToken?: (refreshToken: string) => Promise<void>;
}

const LOGIN = 'https://login.microsoftonline.com/';
const GRAPH = 'https://graph.microsoft.com/';

/**
 * Access tokens for Microsoft Graph, or of an application for another resource (Exchange Web Services): by an assertion
 * that the certificate's key signs (RFC 7523), or by a refresh token
 * (RFC 6749 section 6). They are kept until shortly before they expire, and asked for once however many callers wait.
 * Rejects with a `MailboxError`.
 */
export function microsoftAccessToken(
  credential: MicrosoftCredential,
  options: MicrosoftAccessTokenOptions,
): AccessTokenSource {
  if (credential.kind === 'accessToken') return () => Promise.resolve(credential.accessToken);
  const { address, tenantId, loginUrl = LOGIN, deadlineMs = 30_000, onRefreshToken, resource = GRAPH } = options;
  const who = credential.kind === 'certificate' ? `The application ${credential.clientId}` : address;
  let current = credential;
  return keepToken(async () => {
    const token = await requestMicrosoftToken(current, { who, tenantId, loginUrl, resource, deadlineMs });
    if (current.kind === 'refreshToken' && token.refreshToken !== undefined) {
      current = { ...current, refreshToken: token.refreshToken };
      await onRefreshToken?.(token.refreshToken);
    }
    return token;
  }, Date.now);
}
