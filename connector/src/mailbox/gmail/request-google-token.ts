import { JWT, OAuth2Client } from 'google-auth-library';

import { createFetch } from '../../http/create-fetch.ts';
import { HttpError } from '../../http/http-error.ts';
import { MailboxError } from '../mailbox-error.ts';
import { GMAIL_SCOPE } from './gmail-failure.ts';
import type { ConsentedClient, ServiceAccount } from './google-access-token.ts';
import { readTokenRefusal, tokenErrorOf } from './google-token-failure.ts';
import { lifetimeOf, type IssuedToken } from '../keep-token.ts';

/** A token answer is a few kilobytes. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** What may stand in an Authorization field: printable, without a blank; more than RFC 6750 section 2.1 allows. */
const BEARER_TOKEN = /^[\x21-\x7e]+$/;

export interface TokenRequestOptions {
  readonly address: string;
  readonly tokenUrl: string;
  readonly deadlineMs: number;
}

/**
 * Asks Google for one access token, by Google's own client with our `fetch` below it: no other host, no redirect, caps
 * on size and time. The client always signs for Google's token endpoint and always asks there, so its requests are
 * sent to `tokenUrl`; its retries are off, because the caller decides on them.
 *
 * @throws MailboxError
 */
export async function requestGoogleToken(
  credential: ServiceAccount | ConsentedClient,
  options: TokenRequestOptions,
): Promise<IssuedToken> {
  try {
    const client = openClient(credential, options);
    const { token } = await client.getAccessToken();
    if (typeof token !== 'string' || !BEARER_TOKEN.test(token)) throw unreadable(options);
    const leftMs = (client.credentials.expiry_date ?? 0) - Date.now();
    return { token, lifetimeMs: lifetimeOf(leftMs) };
  } catch (error) {
    throw asMailboxError(error, credential, options);
  }
}

function openClient(credential: ServiceAccount | ConsentedClient, options: TokenRequestOptions): OAuth2Client {
  const { tokenUrl, deadlineMs } = options;
  const url = new URL(tokenUrl);
  const limits = { allowedHosts: [url.host], maxBytes: MAX_ANSWER_BYTES, deadlineMs };
  const transporterOptions = { fetchImplementation: createFetch(limits) };
  const client =
    credential.kind === 'serviceAccount'
      ? delegatedClient(credential, options.address, transporterOptions)
      : consentedClient(credential, transporterOptions);
  client.transporter.interceptors.request.add({
    resolved: (request) =>
      Promise.resolve({ ...request, url, responseType: 'json', retry: false, retryConfig: { retry: 0 } }),
  });
  return client;
}

type TransporterOptions = { readonly fetchImplementation: typeof fetch };

function delegatedClient(account: ServiceAccount, subject: string, transporterOptions: TransporterOptions): JWT {
  const { clientEmail: email, privateKey: key } = account;
  return new JWT({ email, key, subject, scopes: [GMAIL_SCOPE], transporterOptions });
}

function consentedClient(consented: ConsentedClient, transporterOptions: TransporterOptions): OAuth2Client {
  const { clientId, clientSecret, refreshToken } = consented;
  const client = new OAuth2Client({
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    transporterOptions,
  });
  client.setCredentials({ refresh_token: refreshToken });
  return client;
}

/** Nothing that the client throws is kept as a cause: it carries the request, and with it the secrets. */
function asMailboxError(
  error: unknown,
  credential: ServiceAccount | ConsentedClient,
  options: TokenRequestOptions,
): MailboxError {
  if (error instanceof MailboxError) return error;
  const refusal = readTokenRefusal(error, new Date());
  if (refusal !== undefined) return tokenErrorOf(refusal, { credential, address: options.address, now: new Date() });
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof HttpError)) return unreadable(options);
  return new MailboxError('retry', `${options.address} cannot be read now: no access token. ${cause.message}`);
}

function unreadable({ address, tokenUrl }: TokenRequestOptions): MailboxError {
  const host = URL.parse(tokenUrl)?.host ?? 'an address that is not a URL';
  return new MailboxError('retry', `${address} cannot be read now: the answer of ${host} holds no access token.`);
}
