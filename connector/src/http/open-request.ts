import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { rootCertificates } from 'node:tls';

import { allowedUrl } from './allowed-host.ts';
import { HttpError } from './http-error.ts';

/** One request over a connection that its caller keeps, which `fetch` does not offer. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** An answer whose body is still to be read. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Every WWW-Authenticate field (RFC 9110 section 11.6.1), which `headers` would join. */
  readonly challenges: readonly string[];
  /** The connection it came over: some ways of authentication admit a connection and not a request. */
  readonly socket: Socket;
  /** The bytes of the body as they come, without a deadline: what is meant to last has an end of its own. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** The whole body as UTF-8. */
  text(): Promise<string>;
  /** Lets the answer go, and its connection with it. */
  destroy(): void;
}

export interface ConnectionLimits {
  /** The only hosts that may be asked; the rules of `allowedUrl`. */
  readonly allowedHosts: readonly string[];
  /** The longest body that `text` reads, in bytes. */
  readonly maxBytes: number;
  /** The longest time from the request to the last byte that `text` reads, in milliseconds. */
  readonly deadlineMs: number;
  /** PEM of certificate authorities that are trusted besides the well-known ones. */
  readonly certificateAuthorities?: string;
  /** How many connections are open at most; default unlimited. */
  readonly connections?: number;
  /** Resolves a name once and for all, for a host that was named by somebody else. */
  readonly lookup?: LookupFunction;
}

/** Connections to a few hosts, kept open between requests. */
export interface Connections {
  /** Rejects with an `HttpError`, or with the reason of the request's signal. Follows no redirect: it is an answer. */
  open(request: OutgoingRequest): Promise<OpenAnswer>;
  close(): void;
}

export function openConnections(limits: ConnectionLimits): Connections {
  const { connections: maxSockets = Infinity, certificateAuthorities, lookup } = limits;
  const kept = { keepAlive: true, maxSockets, ...(lookup && { lookup }) };
  const plain = new HttpAgent(kept);
  const secure = new HttpsAgent({
    ...kept,
    ...(certificateAuthorities !== undefined && { ca: [...rootCertificates, certificateAuthorities] }),
  });
  return {
    open: async (request) => {
      const url = allowedUrl(request.url, limits.allowedHosts);
      return send(request, url, limits, url.protocol === 'https:' ? secure : plain);
    },
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function send(
  { method, headers, body, signal }: OutgoingRequest,
  url: URL,
  limits: ConnectionLimits,
  agent: HttpAgent,
): Promise<OpenAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const begun = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = begun(url, { method, headers, agent });
    let stopped: Error | undefined;
    const stop = (reason: Error): void => {
      stopped = reason;
      sent.destroy();
    };
    const late = new HttpError('deadline', `${url.host} did not answer within ${limits.deadlineMs} ms.`);
    const timer = setTimeout(() => stop(late), limits.deadlineMs).unref();
    const abort = (): void => stop(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const reasonFor = (error: unknown): Error => stopped ?? networkError(error, url.host);
    sent.on('error', (error) => {
      end();
      reject(reasonFor(error));
    });
    sent.on('response', (response) => {
      response.on('close', end);
      resolve(openAnswer(response, { host: url.host, maxBytes: limits.maxBytes, timer, reasonFor }));
    });
    sent.end(body);
  });
}

interface Exchange {
  readonly host: string;
  readonly maxBytes: number;
  readonly timer: NodeJS.Timeout;
  readonly reasonFor: (error: unknown) => Error;
}

function openAnswer(response: IncomingMessage, { host, maxBytes, timer, reasonFor }: Exchange): OpenAnswer {
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) yield chunk;
      if (!response.complete) throw new Error('the answer ended early');
    } catch (error) {
      throw reasonFor(error);
    }
  }
  return {
    status: response.statusCode ?? 0,
    headers: headersOf(response),
    challenges: challengesOf(response),
    socket: response.socket,
    async *chunks() {
      clearTimeout(timer);
      yield* read();
    },
    text: async () => {
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of read()) {
        bytes += chunk.byteLength;
        if (bytes > maxBytes)
          throw new HttpError('too_large', `The answer of ${host} is longer than ${maxBytes} bytes.`);
        parts.push(chunk);
      }
      return new TextDecoder().decode(Buffer.concat(parts));
    },
    destroy: () => void response.destroy(),
  };
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}

/** A server may name several ways in one field, or in one field each. */
function challengesOf({ headersDistinct }: IncomingMessage): string[] {
  return (headersDistinct['www-authenticate'] ?? []).map((value) => value.trim());
}

function networkError(error: unknown, host: string): HttpError {
  if (error instanceof HttpError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no usable answer';
  return new HttpError('network', `The connection to ${host} failed: ${code}.`, { cause: error });
}
