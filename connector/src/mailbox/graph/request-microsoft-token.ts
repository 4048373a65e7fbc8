import {
  ConfidentialClientApplication,
  PublicClientApplication,
  type AuthenticationResult,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';
import { createHash, X509Certificate } from 'node:crypto';

import { createFetch } from '../../http/create-fetch.ts';
import { HttpError } from '../../http/http-error.ts';
import { MailboxError } from '../mailbox-error.ts';
import { lifetimeOf, type IssuedToken } from '../keep-token.ts';
import type { MicrosoftApplication, MicrosoftConsent } from './microsoft-access-token.ts';
import { readTokenRefusal, tokenErrorOf, type TokenRefusal } from './microsoft-token-failure.ts';

/** A token answer is a few kilobytes. */
const MAX_ANSWER_BYTES = 256 * 1024;
/** The authority that Microsoft's client knows by heart, so that it looks nothing up. */
const AUTHORITY = 'https://login.microsoftonline.com/';
const GRAPH = 'https://graph.microsoft.com/';
/** What may stand in an Authorization field: printable, without a blank. */
const BEARER_TOKEN = /^[\x21-\x7e]+$/;

export interface TokenRequestOptions {
  /** Named in errors: a mailbox, or the application that reads many. */
  readonly who: string;
  readonly tenantId: string;
  /** Where tokens are issued; ends with a slash. */
  readonly loginUrl: string;
  /** What the token of an application opens; ends with a slash. */
  readonly resource: string;
  readonly deadlineMs: number;
}

/** An access token, and the refresh token that came with it. */
export type MicrosoftToken = IssuedToken & { readonly refreshToken?: string };

/**
 * Asks the Microsoft identity platform for one access token, by Microsoft's own client with our `fetch` below it: no
 * other host, no redirect, caps on size and time. The client has a memory of its own, which is not used.
 *
 * @throws MailboxError
 */
export async function requestMicrosoftToken(
  credential: MicrosoftApplication | MicrosoftConsent,
  options: TokenRequestOptions,
): Promise<MicrosoftToken> {
  const network = openNetwork(options);
  try {
    const token =
      credential.kind === 'certificate'
        ? await applicationToken(credential, options, network)
        : await consentedToken(credential, options, network);
    if (!BEARER_TOKEN.test(token.token)) throw new Error('no bearer token');
    return token;
  } catch (error) {
    // Nothing that the client throws is kept as a cause: it may carry the request, and with it the secrets.
    throw network.failure(error, credential);
  }
}

async function applicationToken(
  { clientId, certificate, privateKey }: MicrosoftApplication,
  { tenantId, resource }: TokenRequestOptions,
  network: INetworkModule,
): Promise<MicrosoftToken> {
  const thumbprintSha256 = createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
  const client = new ConfidentialClientApplication({
    auth: {
      ...{ clientId, authority: `${AUTHORITY}${tenantId}` },
      clientCertificate: { thumbprintSha256, privateKey, x5c: certificate },
    },
    system: { networkClient: network },
  });
  const scopes = [`${resource}.default`];
  return issued(await client.acquireTokenByClientCredential({ scopes, skipCache: true }));
}

async function consentedToken(
  { clientId, refreshToken }: MicrosoftConsent,
  { tenantId }: TokenRequestOptions,
  network: INetworkModule,
): Promise<MicrosoftToken> {
  const client = new PublicClientApplication({
    auth: { clientId, authority: `${AUTHORITY}${tenantId}` },
    system: { networkClient: network },
  });
  const result = await client.acquireTokenByRefreshToken({
    refreshToken,
    scopes: [`${GRAPH}Mail.ReadBasic`],
    forceCache: true,
  });
  const newer = refreshTokenIn(client.getTokenCache().serialize());
  return { ...issued(result), ...(newer !== undefined && newer !== refreshToken && { refreshToken: newer }) };
}

/** The client hands a refresh token out in its saved memory alone. */
function refreshTokenIn(cache: string): string | undefined {
  const { RefreshToken = {} } = JSON.parse(cache) as { RefreshToken?: Record<string, { secret?: string }> };
  return Object.values(RefreshToken)[0]?.secret;
}

function issued(result: AuthenticationResult | null): MicrosoftToken {
  const leftMs = (result?.expiresOn?.getTime() ?? 0) - Date.now();
  return { token: result?.accessToken ?? '', lifetimeMs: lifetimeOf(leftMs) };
}

interface Network extends INetworkModule {
  /** What went wrong below, as the caller may see it. */
  failure(error: unknown, credential: MicrosoftApplication | MicrosoftConsent): MailboxError;
}

function openNetwork(options: TokenRequestOptions): Network {
  const { who, loginUrl, deadlineMs } = options;
  const host = new URL(loginUrl).host;
  const fetchToken = createFetch({ allowedHosts: [host], maxBytes: MAX_ANSWER_BYTES, deadlineMs });
  let refusal: TokenRefusal | undefined;
  let fault: HttpError | undefined;

  async function send<T>(url: string, method: string, sent: NetworkRequestOptions = {}): Promise<NetworkResponse<T>> {
    const { headers = {}, body } = sent;
    try {
      const answer = await fetchToken(url.replace(AUTHORITY, loginUrl), { method, headers, ...(body && { body }) });
      const fields = fieldsOf(await answer.text());
      if (!answer.ok) refusal = readTokenRefusal(answer.status, answer.headers, fields, new Date());
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: fields as T };
    } catch (error) {
      if (error instanceof HttpError) fault = error;
      throw error;
    }
  }

  return {
    sendGetRequestAsync: (url, sent) => send(url, 'GET', sent),
    sendPostRequestAsync: (url, sent) => send(url, 'POST', sent),
    failure: (error, credential) => {
      if (error instanceof MailboxError) return error;
      if (refusal !== undefined) return tokenErrorOf(refusal, { ...options, credential });
      const why = fault?.message ?? `The answer of ${host} holds no access token.`;
      return new MailboxError('retry', `${who} gets no access token now. ${why}`);
    },
  };
}

function fieldsOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
