import process from 'node:process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;
const EXIT_BROKEN_OFF = 1;

/**
 * Aborts at the first signal that asks the process to end; a second one ends it at once. The listeners with which the
 * CLI would end it at the first signal, in the middle of its work, are taken off.
 */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(EXIT_BROKEN_OFF);
    stopping.abort(signal);
  };
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, stop);
  return stopping.signal;
}
