import { pino } from 'pino';
import type { Logger } from '../../../connector/src/logger.ts';

/** A log whose lines a test can read. */
export function capturedLog(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  return { logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }), lines };
}
