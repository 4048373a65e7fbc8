import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * The log: one JSON object a line on standard error, so that standard output stays a command's own. Fields that could
 * carry a credential are removed wherever they stand.
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['*.password', '*.accessToken', '*.credential', '*.authorization'], remove: true },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
