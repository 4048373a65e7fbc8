import { randomBytes } from 'node:crypto';

import { ActionableError } from '../errors.ts';
import type { ConsentPage } from './consent-page.ts';
import { listenForRedirect, type Arrival, type RedirectShape } from './listen-for-redirect.ts';
import { createProofKey } from './proof-key.ts';

/** What the authorization request shows of this side. */
export interface AuthorizationProof {
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
}

/** What redeems the code. */
export interface CodeProof {
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier: string;
  readonly signal: AbortSignal;
}

/** One consent of one person, whichever provider asks for it. */
export interface BrowserConsent<T> {
  /** The mailbox whose owner is asked. */
  readonly address: string;
  /** For example `Google`; stands in errors. */
  readonly provider: string;
  /** What to do where the organisation blocks the app: a sentence. */
  readonly whenBlocked: string;
  readonly redirect?: RedirectShape;
  readonly authorizationUrl: (proof: AuthorizationProof) => string;
  /** Redeems the code and checks what was granted. */
  readonly conclude: (proof: CodeProof) => Promise<T>;
  /** Shows the address of the consent page to the person, in a browser on this machine. */
  readonly openBrowser: (url: string) => void | Promise<void>;
  readonly signal: AbortSignal | undefined;
  /** How long the person has, in milliseconds; default 5 minutes. */
  readonly timeoutMs: number | undefined;
}

/**
 * Asks the owner of a mailbox for consent as an installed app does (RFC 8252): in the person's own browser, with a
 * redirect to a port of this machine that is open for this one answer, and a proof key (RFC 7636). The person sees how it
 * ended. Nothing is kept here, and the port is closed whatever happens.
 *
 * Rejects with an `ActionableError`, with what `openBrowser` rejects with, or with the reason of the signal.
 */
export async function askInBrowser<T extends { readonly address: string }>(consent: BrowserConsent<T>): Promise<T> {
  const timeout = AbortSignal.timeout(consent.timeoutMs ?? 300_000);
  const signal = AbortSignal.any([timeout, ...(consent.signal === undefined ? [] : [consent.signal])]);
  signal.throwIfAborted();
  const { verifier, challenge } = createProofKey();
  const state = randomBytes(32).toString('base64url');
  const redirect = await listenForRedirect(state, consent.redirect);
  try {
    const { redirectUri } = redirect;
    const url = consent.authorizationUrl({ redirectUri, state, challenge });
    const arrival = await arrivalFrom(redirect.arrival, () => consent.openBrowser(url), signal);
    return await concluded(arrival, () => {
      const code = codeOf(arrival.parameters, consent);
      return consent.conclude({ code, redirectUri, verifier, signal });
    });
  } catch (error) {
    throw timeout.aborted && error === timeout.reason ? tooLate(consent) : error;
  } finally {
    await redirect.close();
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
async function concluded<T extends { readonly address: string }>(
  arrival: Arrival,
  conclude: () => Promise<T>,
): Promise<T> {
  try {
    const consent = await conclude();
    await arrival.answer(donePage(consent.address));
    return consent;
  } catch (error) {
    await arrival.answer(failedPage(error));
    throw error;
  }
}

/** The code, or the refusal of RFC 6749 section 4.1.2.1. */
function codeOf(
  parameters: URLSearchParams,
  { address, provider, whenBlocked }: Pick<BrowserConsent<unknown>, 'address' | 'provider' | 'whenBlocked'>,
): string {
  const error = parameters.get('error');
  if (error === 'access_denied') {
    throw new ActionableError(`The consent to read ${address} was refused.`, [
      `Connect the mailbox again, and continue on the page of ${provider}.`,
      whenBlocked,
    ]);
  }
  const code = parameters.get('code');
  if (error === null && code !== null && code !== '') return code;
  const word = error !== null && /^[a-z_]{1,40}$/.test(error) ? error : 'its answer cannot be read';
  throw new ActionableError(`${provider} did not grant access to ${address} (${word}).`, [
    'Connect the mailbox again.',
  ]);
}

function tooLate({ address }: { readonly address: string }): ActionableError {
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
