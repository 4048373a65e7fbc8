import { randomBytes } from 'node:crypto';

import { ActionableError } from '../errors.ts';
import { allowedUrl } from '../http/allowed-host.ts';
import type { ConsentPage } from './consent-page.ts';
import { checkGrantedAccount, GMAIL_SCOPE } from './granted-account.ts';
import { listenForRedirect, type Arrival } from './listen-for-redirect.ts';
import { createProofKey } from './proof-key.ts';
import { redeemCode } from './redeem-code.ts';

export interface ConsentRequest {
  /** The mailbox whose owner is asked. */
  readonly address: string;
  /** An OAuth client of the type "Desktop app". */
  readonly clientId: string;
  /** Google asks desktop clients for it, although it is no secret to the person who holds the app. */
  readonly clientSecret?: string;
  /** Shows the address of the consent page to the person, in a browser on this machine. */
  readonly openBrowser: (url: string) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** How long the person has, in milliseconds; default 5 minutes. */
  readonly timeoutMs?: number;
  /** Where the person consents; default Google's own page. */
  readonly authUrl?: string;
  /** Where tokens are issued; default Google's own endpoint. */
  readonly tokenUrl?: string;
  /** Where the Gmail API is, with a slash at its end; default Google's own. */
  readonly rootUrl?: string;
}

/** What the owner of a mailbox granted. */
export interface Consent {
  /** A secret: it opens the mailbox until the consent is withdrawn. */
  readonly refreshToken: string;
  /** The address of the mailbox as Gmail spells it. */
  readonly address: string;
  readonly scopes: readonly string[];
}

/**
 * Asks the owner of a Gmail mailbox for consent to read header fields, as an installed app does (RFC 8252): in the
 * person's own browser, with a redirect to a port of this machine that is open for this one answer, and a proof key
 * (RFC 7636). The person sees how it ended. Nothing is kept here, and the port is closed whatever happens.
 *
 * Rejects with an `ActionableError`, with what `openBrowser` rejects with, or with the reason of the signal.
 */
export async function requestConsent(request: ConsentRequest): Promise<Consent> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? 300_000);
  const signal = AbortSignal.any([timeout, ...(request.signal === undefined ? [] : [request.signal])]);
  signal.throwIfAborted();
  const { verifier, challenge } = createProofKey();
  const state = randomBytes(32).toString('base64url');
  const redirect = await listenForRedirect(state);
  try {
    const { redirectUri } = redirect;
    const url = authorizationUrl(request, { redirectUri, state, challenge });
    const arrival = await arrivalFrom(redirect.arrival, () => request.openBrowser(url), signal);
    return await concluded(arrival, () => conclude(request, arrival.parameters, { redirectUri, verifier, signal }));
  } catch (error) {
    throw timeout.aborted && error === timeout.reason ? tooLate(request) : error;
  } finally {
    await redirect.close();
  }
}

function authorizationUrl(
  { authUrl = 'https://accounts.google.com/o/oauth2/v2/auth', clientId, address }: ConsentRequest,
  {
    redirectUri,
    state,
    challenge,
  }: { readonly redirectUri: string; readonly state: string; readonly challenge: string },
): string {
  const url = authorizationEndpoint(authUrl);
  const query = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: GMAIL_SCOPE,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    // A refresh token comes with these two alone, also for somebody who consented before.
    access_type: 'offline',
    prompt: 'consent',
    login_hint: address,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

function authorizationEndpoint(authUrl: string): URL {
  try {
    return allowedUrl(authUrl, [URL.parse(authUrl)?.host ?? '']);
  } catch (error) {
    throw new ActionableError('The address of the consent page cannot be used.', ['It has to begin with https://.'], {
      cause: error,
    });
  }
}

/** The browser's return, unless it cannot be opened or the wait is over before. */
async function arrivalFrom(
  arrival: Promise<Arrival>,
  openBrowser: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<Arrival> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  // A browser may be a program that runs until its window is closed, so that it opened is not waited for.
  new Promise<void>((resolve) => resolve(openBrowser())).catch(reject);
  try {
    return await Promise.race([arrival, end]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Shows the person how it ended. */
async function concluded(arrival: Arrival, conclude: () => Promise<Consent>): Promise<Consent> {
  try {
    const consent = await conclude();
    await arrival.answer(donePage(consent.address));
    return consent;
  } catch (error) {
    await arrival.answer(failedPage(error));
    throw error;
  }
}

interface CodeProof {
  readonly redirectUri: string;
  readonly verifier: string;
  readonly signal: AbortSignal;
}

async function conclude(
  { address, clientId, clientSecret, tokenUrl, rootUrl }: ConsentRequest,
  parameters: URLSearchParams,
  { redirectUri, verifier, signal }: CodeProof,
): Promise<Consent> {
  const code = codeOf(parameters, address);
  const { accessToken, refreshToken, scopes } = await redeemCode({
    tokenUrl: tokenUrl ?? 'https://oauth2.googleapis.com/token',
    clientId,
    clientSecret,
    code,
    verifier,
    redirectUri,
    signal,
  });
  const gmail = { rootUrl: rootUrl ?? 'https://gmail.googleapis.com/', accessToken, signal };
  return { refreshToken, address: await checkGrantedAccount({ ...gmail, address, scopes }), scopes };
}

/** The code, or the refusal of RFC 6749 section 4.1.2.1. */
function codeOf(parameters: URLSearchParams, address: string): string {
  const error = parameters.get('error');
  if (error === 'access_denied') {
    throw new ActionableError(`The consent to read ${address} was refused.`, [
      'Connect the mailbox again, and continue on the page of Google.',
      'Where the organisation blocks the app, ask the Google Workspace admin to trust it.',
    ]);
  }
  const code = parameters.get('code');
  if (error === null && code !== null && code !== '') return code;
  const word = error !== null && /^[a-z_]{1,40}$/.test(error) ? error : 'its answer cannot be read';
  throw new ActionableError(`Google did not grant access to ${address} (${word}).`, ['Connect the mailbox again.']);
}

function tooLate({ address }: ConsentRequest): ActionableError {
  return new ActionableError(`Nobody consented to the connection of ${address} in time.`, [
    'Connect the mailbox again, and finish in the browser that opens.',
    'The browser has to run on this machine: it comes back to 127.0.0.1.',
  ]);
}

function donePage(address: string): ConsentPage {
  return {
    status: 200,
    title: `You gave your consent for ${address}`,
    text:
      'The program that asked can read the header fields of its mail from now on, and nothing else. Go back to it; ' +
      'you can close this page.',
  };
}

function failedPage(error: unknown): ConsentPage {
  const reason =
    error instanceof ActionableError ? [error.message, ...error.actions] : ['The connection was broken off.'];
  return { status: 400, title: 'The mailbox is not connected', text: `${reason.join(' ')} You can close this page.` };
}
