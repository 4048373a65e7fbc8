import { randomBytes } from 'node:crypto';

import { answerRequest, errorAnswer, type AnswerContext, type GmailRequest, type MadeAnswer } from './answer.ts';
import type { Fault } from './fault.ts';
import { badRequest, unauthenticated } from './google-error.ts';

export const BATCH_PATH = '/batch/gmail/v1';

/** Guide "Batching requests": at most so many calls. */
const MOST_CALLS = 100;
const BOUNDARY = /^multipart\/mixed\s*;\s*boundary="?([^";\s]{1,70})"?\s*$/i;
const REQUEST_LINE = /^(GET|POST|DELETE) (\/\S+)(?: HTTP\/1\.1)?$/;
const REASONS: Readonly<Record<number, string>> = {
  ...{ 200: 'OK', 204: 'No Content', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' },
  ...{ 429: 'Too Many Requests', 500: 'Internal Server Error', 503: 'Service Unavailable' },
};

interface Call {
  readonly id: string;
  readonly request: GmailRequest;
}

/**
 * A batch. Its calls are counted one by one, the authorization of the whole holds for each, and the answers come in
 * another order than the calls, as the guide warns.
 */
export function answerBatch(
  request: GmailRequest & { readonly contentType: string },
  context: AnswerContext,
): MadeAnswer | { readonly fault: Fault } {
  context.recordRequest({ method: 'batch', userId: '', id: '', query: request.url.searchParams });
  const fault = context.plan.takeFault('batch');
  if (fault !== undefined) return { fault };
  try {
    if (context.office.grantOf(/^Bearer (.+)$/.exec(request.authorization ?? '')?.[1] ?? '') === undefined) {
      throw unauthenticated();
    }
    const calls = parseBatch(request);
    const boundary = `batch_${randomBytes(16).toString('base64url')}`;
    const parts = calls.map((call) => formatPart(call.id, answerCall(call.request, context))).reverse();
    context.plan.takeAction('batch')?.();
    const body = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
    return { status: 200, contentType: `multipart/mixed; boundary=${boundary}`, body };
  } catch (error) {
    return errorAnswer(error, context);
  }
}

function answerCall(request: GmailRequest, context: AnswerContext): MadeAnswer & { readonly retryAfter?: string } {
  const answer = answerRequest(request, context);
  if (!('fault' in answer)) return answer;
  const { fault } = answer;
  if (fault.kind === 'answer') return fault;
  if (fault.kind !== 'error') throw new Error(`A part of a batch cannot be ${fault.kind}: plan it for batch.`);
  return {
    ...{ status: fault.error.status, contentType: 'application/json; charset=UTF-8' },
    body: JSON.stringify(fault.error.body),
    ...(fault.retryAfter !== undefined && { retryAfter: fault.retryAfter }),
  };
}

function formatPart(
  id: string,
  { status, contentType, body, retryAfter }: MadeAnswer & { readonly retryAfter?: string },
): string {
  const wait = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
  return (
    `Content-Type: application/http\r\nContent-ID: <response-${id}>\r\n\r\n` +
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Unknown'}\r\nContent-Type: ${contentType}\r\n${wait}` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Lines end in CRLF, each part is application/http with a Content-ID of its own, and holds one call of this API. */
function parseBatch({ contentType, body, authorization }: GmailRequest & { readonly contentType: string }): Call[] {
  const boundary = BOUNDARY.exec(contentType)?.[1];
  if (boundary === undefined) throw badRequest('Missing boundary in multipart body.');
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (pieces.length < 3 || pieces[0] !== '' || !/^--\s*$/.test(pieces.at(-1)!)) {
    throw badRequest('Failed to parse batch request, error: the parts do not end as they should.');
  }
  const calls = pieces.slice(1, -1).map((piece) => parseCall(piece, authorization));
  if (calls.length > MOST_CALLS) throw badRequest(`The batch request has more than ${MOST_CALLS} calls.`);
  if (new Set(calls.map(({ id }) => id)).size < calls.length) throw badRequest('A Content-ID stands twice.');
  return calls;
}

function parseCall(piece: string, authorization: string | undefined): Call {
  const [head = '', call = '', ...rest] = piece.replace(/^\r\n/, '').split('\r\n\r\n');
  const fields = head.split('\r\n').map((line) => line.toLowerCase());
  const id = /^Content-ID: <([\w.@+-]+)>$/im.exec(head.replaceAll('\r', ''))?.[1];
  const [, verb, path] = REQUEST_LINE.exec(call.split('\r\n')[0] ?? '') ?? [];
  if (!fields.includes('content-type: application/http') || id === undefined || path === undefined) {
    throw badRequest('Failed to parse batch request, error: a part is no call.');
  }
  const url = new URL(path, 'http://127.0.0.1');
  return { id, request: { verb: verb!, url, authorization, body: rest.join('\r\n\r\n').trim() } };
}
