import process from 'node:process';
import { pino, type Logger } from 'pino';

export type { Logger };

/** What cannot stand in an address outside of quotes, and what the serialised form of a line has around one. */
const DELIMITERS = new Set(' \t\r\n<>"\'`,;:()[]\\/=');
/** Characters that a terminal obeys, or that turn a line around, beyond those that JSON escapes. */
const CONTROLS = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * The log: one JSON object a line on standard error, so that standard output stays a command's own. Fields that could
 * carry a credential are removed wherever they stand, addresses are cut, control characters are escaped.
 */
export function createLogger(level: string, destination: pino.DestinationStream = standardError()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRETS, remove: true },
      hooks: { streamWrite: safeLine },
    },
    destination,
  );
}

const SECRETS = ['password', 'accessToken', 'refreshToken', 'credential', 'authorization'].flatMap((name) => [
  name,
  `*.${name}`,
]);

function standardError(): pino.DestinationStream {
  return pino.destination({ dest: 2, sync: true });
}

/** A serialised line without what nobody needs to read in it. */
export function safeLine(line: string): string {
  return cutAddresses(line).replace(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * What stands before an `@` and begins an address is cut to its first character, so that a log tells mailboxes apart
 * and names nobody.
 */
function cutAddresses(line: string): string {
  const parts = line.split('@');
  return parts
    .map((part, place) =>
      place < parts.length - 1 && /^[\p{L}\p{N}[]/u.test(parts[place + 1]!) ? cutLast(part) : part,
    )
    .join('@');
}

function cutLast(part: string): string {
  let start = part.length;
  while (start > 0 && !DELIMITERS.has(part[start - 1]!)) start -= 1;
  return start === part.length ? part : `${part.slice(0, start)}${String.fromCodePoint(part.codePointAt(start)!)}…`;
}

/**
 * Lets whoever runs the service see more of it while it runs: SIGUSR2 turns the level to debug, and back. Returns how
 * to stop listening.
 */
export function turnLevelBySignal(logger: Logger, signals: Pick<NodeJS.Process, 'on' | 'off'> = process): () => void {
  const usual = logger.level;
  const turn = (): void => {
    logger.level = logger.level === usual ? 'debug' : usual;
    logger.warn({ level: logger.level }, 'The level of the log has been changed.');
  };
  signals.on('SIGUSR2', turn);
  return () => void signals.off('SIGUSR2', turn);
}
