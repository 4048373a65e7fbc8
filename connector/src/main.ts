import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { runService } from './connector.ts';
import { ActionableError } from './errors.ts';
import { createLogger } from './logger.ts';

/** By then all is loaded that this service needs. */
const LOADED_MS = 5_000;

/**
 * The service as a process without the sf CLI: reads its configuration from the environment, works until SIGTERM or
 * SIGINT, finishes what is under way and exits 0. A second signal exits at once. What it cannot start with is one log
 * line that says what to do, and an exit code other than 0 (78 when the configuration is wrong).
 */
async function main(variables: NodeJS.ProcessEnv): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // Node writes its compile cache, where there is one, in an orderly exit alone; a service may never come to that.
  setTimeout(flushCompileCache, LOADED_MS).unref();
  try {
    await runService({ variables }, stopping.signal);
    return 0;
  } catch (error) {
    return explain(error);
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

function explain(error: unknown): number {
  const logger = createLogger('error');
  if (error instanceof ActionableError) {
    logger.fatal({ actions: error.actions }, error.message);
    return error.exitCode;
  }
  logger.fatal(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

// A call that never answers must not keep the process once all is closed.
process.exit(await main(process.env));
