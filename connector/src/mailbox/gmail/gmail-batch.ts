import { UnreadableAnswer } from './gmail-answer.ts';

/** One answer inside a batch. */
export interface BatchPart {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer, or undefined when it is none. */
  readonly data: unknown;
}

/** "Batching requests": at most 100 calls; Google advises against more than 50. */
export const BATCH_SIZE = 50;

/**
 * The body of a batch request of GET calls (guide "Batching requests"): each call is a part of the type application/http
 * whose Content-ID is its place.
 *
 * @param paths with their queries, as `URL` writes them: no blank and no line break
 */
export function formatBatch(paths: readonly string[], boundary: string): string {
  const parts = paths.map(
    (path, place) =>
      `--${boundary}\r\nContent-Type: application/http\r\nContent-ID: <item-${place}>\r\n\r\nGET ${path}\r\n\r\n`,
  );
  return `${parts.join('')}--${boundary}--\r\n`;
}

const BOUNDARY = /^[\w'()+,./:=?-]{1,100}$/;
const RESPONSE_ID = /^<?response-item-(\d{1,3})>?$/i;
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})(?: |$)/;

/**
 * The answers to the calls of a batch, in the order of the calls; they come in any order and are told apart by their
 * Content-ID.
 *
 * @throws UnreadableAnswer when one is missing, stands twice, or was not asked for
 */
export function parseBatch(contentType: string, body: string, calls: number): BatchPart[] {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw new UnreadableAnswer('batch');
  const pieces = `\n${body}`.split(`\n--${boundary}`);
  if (pieces.length !== calls + 2 || !pieces.at(-1)!.startsWith('--')) throw new UnreadableAnswer('batch');
  const parts = new Map(pieces.slice(1, -1).map(parsePart));
  return Array.from({ length: calls }, (_, place) => {
    const part = parts.get(place);
    if (part === undefined) throw new UnreadableAnswer('batch');
    return part;
  });
}

/** RFC 2046, section 5.1.1. */
function boundaryOf(contentType: string): string | undefined {
  const [type = '', parameter = ''] = contentType.split(';');
  const [name, ...value] = parameter.trim().split('=');
  const boundary = value.join('=').replaceAll('"', '');
  const isMixed = type.trim().toLowerCase() === 'multipart/mixed' && name?.toLowerCase() === 'boundary';
  return isMixed && BOUNDARY.test(boundary) ? boundary : undefined;
}

function parsePart(piece: string): [place: number, part: BatchPart] {
  const [head, answer] = cutAtBlankLine(piece);
  const place = RESPONSE_ID.exec(fieldsOf(head).get('content-id') ?? '')?.[1];
  const [answerHead, content] = cutAtBlankLine(answer);
  const status = STATUS_LINE.exec(answerHead)?.[1];
  if (place === undefined || status === undefined) throw new UnreadableAnswer('batch');
  const headers = fieldsOf(answerHead.slice(answerHead.indexOf('\n') + 1));
  return [Number(place), { status: Number(status), headers, data: jsonOf(content) }];
}

function cutAtBlankLine(text: string): [before: string, after: string] {
  const lines = text.startsWith('\r\n') ? text.slice(2) : text.startsWith('\n') ? text.slice(1) : text;
  const end = /\r?\n\r?\n/.exec(lines);
  return end === null ? [lines, ''] : [lines.slice(0, end.index), lines.slice(end.index + end[0].length)];
}

/** Fields that no HTTP answer can have are left out. */
function fieldsOf(head: string): Headers {
  const headers = new Headers();
  for (const line of head.split('\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    if (/^[\w-]{1,100}$/.test(name) && /^[\x20-\x7e]{0,1000}$/.test(value)) headers.append(name, value);
  }
  return headers;
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
