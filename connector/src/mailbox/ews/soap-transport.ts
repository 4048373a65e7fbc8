import { HttpError } from '../../http/http-error.ts';
import type { OpenAnswer } from '../../http/open-request.ts';
import { retryAfterMs } from '../../http/retry-after.ts';
import type { AuthenticatedSend } from './authenticate.ts';
import { cutEnvelopes, withoutEnvelopePrefix } from './cut-envelopes.ts';
import { EwsFailure } from './ews-failure.ts';
import { faultIn, readEnvelope } from './read-envelope.ts';

/** The request of one operation, as the client library writes it. */
interface LibraryRequest {
  readonly data?: unknown;
}

/** What the library is told of a stream. */
export interface StreamProgress {
  type: 'data' | 'header' | 'end' | 'error';
  data?: string;
  error?: unknown;
}

/** What the library may see of an answer. */
interface LibraryAnswer {
  readonly status: number;
  readonly responseText: string;
  readonly message?: string;
  getResponseHeader(name: string): string | null;
  getAllResponseHeaders(): string;
}

/** The transport of one call of the client library, and why the call failed, which the library does not keep. */
export interface SoapTransport {
  readonly apiName: string;
  xhr(request: LibraryRequest): Promise<LibraryAnswer>;
  xhrStream(request: LibraryRequest, progress: (progress: StreamProgress) => void): Promise<LibraryAnswer>;
  disconnect(): void;
  /** Undefined as long as nothing failed below the library. */
  readonly failure: unknown;
  /** Resolves when a stream is over, in order or not. */
  readonly streamEnded: Promise<void>;
}

export interface SoapTransportOptions {
  readonly url: string;
  readonly send: AuthenticatedSend;
  readonly signal?: AbortSignal;
  /** Of a stream: called whenever the server shows life. */
  readonly alive?: () => void;
}

/**
 * Lets the client library speak over our own connections. It sees a whole, well-formed envelope with status 200 or
 * learns of a failure; never an answer with status 500, for which it ends the process when it is not SOAP.
 */
export function soapTransport({ url, send, signal, alive }: SoapTransportOptions): SoapTransport {
  let failure: unknown;
  const stop = new AbortController();
  const { promise: streamEnded, resolve: endStream } = Promise.withResolvers<void>();

  function fail(error: unknown): LibraryAnswer {
    failure ??= error;
    return { ...answerOf(0, ''), message: 'The call failed.' };
  }

  return {
    apiName: 'soap-transport',
    streamEnded,
    get failure() {
      return failure;
    },
    disconnect: () => stop.abort(),

    async xhr(request) {
      try {
        const answer = await send(soapRequest(url, String(request.data), signal));
        return answerOf(200, await readAnswer(answer));
      } catch (error) {
        // The library expects a rejection that looks like an answer.
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw fail(error);
      }
    },

    async xhrStream(request, progress) {
      try {
        const ended = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
        const answer = await send(soapRequest(url, String(request.data), ended));
        await requireStream(answer);
        progress({ type: 'header' });
        for await (const envelope of cutEnvelopes(showingLife(answer, alive))) {
          const plain = readEnvelope(envelope);
          refuseFault(plain);
          progress({ type: 'data', data: withoutEnvelopePrefix(plain) });
        }
      } catch (error) {
        if (!stop.signal.aborted) failure ??= error;
      }
      // The library learns nothing of a stream that broke: some of its ways to do so settle no promise.
      progress({ type: 'end' });
      endStream();
      return answerOf(200, '');
    },
  };
}

function soapRequest(url: string, body: string, signal: AbortSignal | undefined) {
  const headers = {
    ...{ 'Content-Type': 'text/xml; charset=utf-8', Accept: 'text/xml' },
    'Content-Length': String(Buffer.byteLength(body)),
  };
  return { method: 'POST' as const, url, headers, body, ...(signal && { signal }) };
}

function answerOf(status: number, responseText: string): LibraryAnswer {
  return { status, responseText, getResponseHeader: () => null, getAllResponseHeaders: () => '' };
}

/**
 * The envelope of an answer that is no fault.
 *
 * @throws EwsFailure, HttpError
 */
export async function readAnswer(answer: OpenAnswer): Promise<string> {
  const { status, headers } = answer;
  const retryAfter = retryAfterMs(headers, new Date());
  if (status !== 200 && status !== 500) {
    answer.destroy();
    throw statusFailure(status, retryAfter);
  }
  const text = await answer.text();
  let envelope: string;
  try {
    envelope = readEnvelope(text);
  } catch (error) {
    if (status === 500) throw statusFailure(status, retryAfter);
    throw error;
  }
  refuseFault(envelope, retryAfter);
  if (status !== 200) throw statusFailure(status, retryAfter);
  return envelope;
}

function refuseFault(envelope: string, retryAfter?: number): void {
  const fault = faultIn(envelope);
  if (fault === undefined) return;
  const { code = 'no response code', message, backOffMs = retryAfter } = fault;
  throw new EwsFailure('code', `The server answers ${code}: ${message}`, { code, retryAfterMs: backOffMs });
}

function statusFailure(status: number, retryAfter: number | undefined): EwsFailure {
  return new EwsFailure('status', `The server answers with status ${status}.`, { status, retryAfterMs: retryAfter });
}

/** A refusal comes whole, and is read as such. */
async function requireStream(answer: OpenAnswer): Promise<void> {
  if (answer.status === 200) return;
  await readAnswer(answer);
  throw new HttpError('network', 'The server streams no events.');
}

async function* showingLife(answer: OpenAnswer, alive: (() => void) | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of answer.chunks()) {
    alive?.();
    yield chunk;
  }
}
