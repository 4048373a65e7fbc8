import { allowedUrl } from './allowed-host.ts';
import { HttpError } from './http-error.ts';

export interface FetchLimits {
  /** The only hosts that may be asked; the rules of `allowedUrl`. */
  readonly allowedHosts: readonly string[];
  /** The longest answer body in bytes, counted after decompression. */
  readonly maxBytes: number;
  /** The longest time from the request to the last byte of the answer, in milliseconds. */
  readonly deadlineMs: number;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * A `fetch` with limits, to be handed to every SDK in place of its own: it asks allowed hosts only, follows no
 * redirect, and bounds the size and the time of an answer while it streams. It rejects, or its body fails, with an
 * `HttpError`; an abort by the caller's own signal rejects with the reason of that signal, as `fetch` does.
 *
 * Members of `init` that `fetch` does not know (proxies, agents, retries of an SDK) have no effect.
 */
export function createFetch(limits: FetchLimits): typeof fetch {
  return async (input, init) => {
    const url = allowedUrl(input instanceof Request ? input.url : String(input), limits.allowedHosts);
    const request = new Request(input instanceof Request ? input : url, { ...init, redirect: 'manual' });
    const exchange = startExchange(url.host, limits, request.signal);
    try {
      const response = await fetch(request, { signal: exchange.signal });
      refuseRedirect(response, url);
      refuseDeclaredLength(response, exchange);
      return withGuardedBody(response, exchange);
    } catch (error) {
      exchange.end();
      throw exchange.reasonFor(error);
    }
  };
}

/** One request and its answer, under one deadline. */
interface Exchange {
  readonly host: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Ends the deadline; a half-read answer is let go. */
  end(): void;
  /** The error that a caller may see for what went wrong below. */
  reasonFor(error: unknown): unknown;
}

function startExchange(host: string, { maxBytes, deadlineMs }: FetchLimits, callerSignal: AbortSignal): Exchange {
  const controller = new AbortController();
  const expire = (): void =>
    controller.abort(new HttpError('deadline', `${host} did not answer within ${deadlineMs} ms.`));
  const timer = setTimeout(expire, deadlineMs).unref();
  const signal = AbortSignal.any([controller.signal, callerSignal]);
  return {
    host,
    maxBytes,
    signal,
    end: () => {
      clearTimeout(timer);
      controller.abort();
    },
    reasonFor: (error) => {
      if (error instanceof HttpError) return error;
      if (callerSignal.aborted) return callerSignal.reason as unknown;
      return new HttpError('network', `The connection to ${host} failed: ${networkReason(error)}.`, { cause: error });
    },
  };
}

function refuseRedirect(response: Response, from: URL): void {
  if (!REDIRECTS.has(response.status)) return;
  const target = URL.parse(response.headers.get('location') ?? '', from.href)?.host;
  const where = target === undefined || target === '' ? 'an unreadable address' : target;
  throw new HttpError('redirect', `${from.host} redirects to ${where}; redirects are not followed.`);
}

function refuseDeclaredLength(response: Response, { host, maxBytes }: Exchange): void {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(host, maxBytes);
}

function withGuardedBody(response: Response, exchange: Exchange): Response {
  if (response.body === null) {
    exchange.end();
    return response;
  }
  const { status, statusText, headers } = response;
  return new Response(ReadableStream.from(guardedChunks(response.body, exchange)), { status, statusText, headers });
}

async function* guardedChunks(body: ReadableStream<Uint8Array>, exchange: Exchange): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > exchange.maxBytes) throw tooLarge(exchange.host, exchange.maxBytes);
      yield chunk;
    }
  } catch (error) {
    throw exchange.reasonFor(error);
  } finally {
    exchange.end();
  }
}

function tooLarge(host: string, maxBytes: number): HttpError {
  return new HttpError('too_large', `The answer of ${host} is longer than ${maxBytes} bytes.`);
}

/** The system's word for a network failure (`ECONNREFUSED`, `UND_ERR_SOCKET`), which carries nothing of the request. */
function networkReason(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'no usable answer';
}
