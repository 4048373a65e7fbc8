import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { faultAnswer, type Fault, type Faults } from '../faults.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';

const MAX_BODY = 60_000_000;

/** One request that came and how it was answered; `status` 0 stands for a connection that ended without an answer. */
export interface LoggedRequest extends HttpRequest {
  readonly status: number;
}

/** What a server needs: who answers, the ordered faults, who remembers the requests, and the clock of the org. */
export interface Serving {
  readonly answer: (request: HttpRequest) => HttpAnswer;
  readonly faults: Faults;
  readonly log: (request: LoggedRequest) => void;
  readonly now: () => Date;
}

/** A server that hands every request to `answer`, unless a fault was ordered for it. */
export function createHttpServer({ answer, faults, log, now }: Serving): Server {
  return createServer((incoming, response) => {
    response.setHeader('Date', now().toUTCString());
    readRequest(incoming)
      .then((request) => {
        const fault = faults.take(request);
        const status =
          fault === undefined ? send(response, answer(request)) : sendFaulty(response, fault, () => answer(request));
        log({ ...request, status });
      })
      .catch((error: unknown) => {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        send(response, { status: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION', message }] });
      });
  });
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error(`A request body is larger than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  const raw = Buffer.concat(chunks);
  const body = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(raw, { maxOutputLength: MAX_BODY }) : raw;
  const url = new URL((incoming.url ?? '/').replace(/^\/+/, '/'), 'http://org');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: body.toString('utf8'),
    ...(incoming.headers['content-type']?.startsWith('multipart/') === true ? { bytes: body } : {}),
  };
}

function render({ body }: HttpAnswer): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function send(response: ServerResponse, answer: HttpAnswer): number {
  const text = render(answer);
  const type = answer.contentType ?? 'application/json;charset=UTF-8';
  response.writeHead(answer.status, { ...(text === '' ? {} : { 'Content-Type': type }), ...answer.headers });
  response.end(text);
  return answer.status;
}

function sendFaulty(response: ServerResponse, fault: Fault, work: () => HttpAnswer): number {
  const instead = faultAnswer(fault);
  if (instead !== undefined) return send(response, instead);
  if (fault.kind === 'refused') {
    response.destroy();
    return 0;
  }
  const answer = work();
  if (fault.kind === 'lost-answer') {
    response.destroy();
    return 0;
  }
  const text = render(answer);
  return send(response, { ...answer, body: text.slice(0, Math.floor(text.length / 2)) });
}
