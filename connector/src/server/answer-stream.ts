import type { ServerResponse } from 'node:http';
import type { FacadeEvent } from '../facade.ts';
import { NDJSON, toLine, type AnswerLine } from './wire.ts';

/** Events wait in memory for a caller who is slow to read; beyond this many bytes they are left out. */
const MAX_WAITING_BYTES = 1024 * 1024;

export interface AnswerStream {
  /** Passes an event on. After the final line, and once the caller has gone, it does nothing. */
  tell(event: FacadeEvent): void;
  /** Writes the one final line. Does nothing after the first, and once the caller has gone. */
  finish(line: string): void;
}

/** Begins an answer, which says every so many milliseconds that it is still being worked on. */
export function openAnswerStream(response: ServerResponse, heartbeatMs: number): AnswerStream {
  const say = (line: AnswerLine): void => {
    if (isOpen(response) && response.writableLength < MAX_WAITING_BYTES) response.write(toLine(line));
  };
  const heartbeat = setInterval(() => say({ heartbeat: true }), heartbeatMs);
  response.once('close', () => clearInterval(heartbeat));
  response.writeHead(200, { 'content-type': NDJSON });
  response.flushHeaders();
  return {
    tell: (event) => say({ event }),
    finish: (line) => {
      clearInterval(heartbeat);
      if (isOpen(response)) response.end(line);
    },
  };
}

/** An answer of the final line alone, for what is refused before any work begins. */
export function answerAtOnce(response: ServerResponse, status: number, line: AnswerLine): void {
  response.writeHead(status, { 'content-type': NDJSON }).end(toLine(line));
}

function isOpen(response: ServerResponse): boolean {
  return !response.writableEnded && !response.destroyed;
}
