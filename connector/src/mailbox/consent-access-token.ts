import { createFetch } from '../http/create-fetch.ts';
import { HttpError } from '../http/http-error.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { keepToken, lifetimeOf, type AccessTokenSource, type IssuedToken } from './keep-token.ts';
import { MailboxError } from './mailbox-error.ts';

/** What an OAuth client was given by the consent of a mailbox's owner. Secrets: `clientSecret`, `refreshToken`. */
export interface OAuthConsent {
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly refreshToken: string;
}

export interface ConsentAccessTokenOptions {
  /** The mailbox, named in errors. */
  readonly address: string;
  /** Where tokens are issued. */
  readonly tokenUrl: string;
  /** Saves the refresh token that came in place of the one that was used; the access token is used after that. */
  readonly onRefreshToken?: (refreshToken: string) => Promise<void>;
  /** The longest time of one request, in milliseconds; default 30 seconds. */
  readonly deadlineMs?: number;
}

const MAX_ANSWER_BYTES = 64 * 1024;
/** What may stand in a SASL message of XOAUTH2. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
/** Errors of RFC 6749 section 5.2 that only a person can repair. */
const LASTING = ['invalid_grant', 'invalid_client', 'unauthorized_client', 'interaction_required', 'consent_required'];

/**
 * Access tokens for a mailbox (SASL XOAUTH2, RFC 6750) by a refresh token (RFC 6749 section 6), kept until shortly before
 * they expire. A server may give a new refresh token with each of them, after which the old one is worth nothing.
 * Rejects with a `MailboxError`.
 */
export function consentAccessToken(consent: OAuthConsent, options: ConsentAccessTokenOptions): AccessTokenSource {
  let { refreshToken } = consent;
  return keepToken(async () => {
    const { newer, ...issued } = await requestToken({ ...consent, refreshToken }, options);
    if (newer !== undefined && newer !== refreshToken) {
      await options.onRefreshToken?.(newer);
      refreshToken = newer;
    }
    return issued;
  }, Date.now);
}

async function requestToken(
  { clientId, clientSecret, refreshToken }: OAuthConsent,
  { address, tokenUrl, deadlineMs = 30_000 }: ConsentAccessTokenOptions,
): Promise<IssuedToken & { readonly newer: string | undefined }> {
  const { host } = new URL(tokenUrl);
  const ask = createFetch({ allowedHosts: [host], maxBytes: MAX_ANSWER_BYTES, deadlineMs });
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken });
  if (clientSecret !== undefined) body.set('client_secret', clientSecret);
  const cannot = (why: string, wait?: number): MailboxError =>
    new MailboxError('retry', `${address} cannot be read now: no access token. ${why}`, {
      ...(wait !== undefined && { retryAfterMs: wait }),
    });
  let answer: Response;
  let fields: Record<string, unknown>;
  try {
    answer = await ask(tokenUrl, { method: 'POST', body });
    fields = fieldsOf(await answer.text());
  } catch (error) {
    // Nothing else is kept of what went wrong: it may carry the request.
    throw cannot(error instanceof HttpError ? error.message : `The answer of ${host} holds no access token.`);
  }
  const { access_token: token, expires_in: seconds, refresh_token: newer, error } = fields;
  if (!answer.ok && typeof error === 'string' && LASTING.includes(error)) {
    throw new MailboxError('reconnect', `${address} no longer grants access (${error}). Connect the mailbox again.`);
  }
  if (!answer.ok)
    throw cannot(`${host} answers with status ${answer.status}.`, retryAfterMs(answer.headers, new Date()));
  if (typeof token !== 'string' || !TOKEN.test(token)) throw cannot(`The answer of ${host} holds no access token.`);
  const toldMs = typeof seconds === 'number' || typeof seconds === 'string' ? Number(seconds) * 1000 : 0;
  return {
    token,
    lifetimeMs: lifetimeOf(toldMs),
    newer: typeof newer === 'string' && newer !== '' ? newer : undefined,
  };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
