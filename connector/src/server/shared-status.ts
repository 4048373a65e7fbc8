import { ActionableError } from '../errors.ts';
import type { ConnectorStatus } from '../facade.ts';
import { singleFlight } from './single-flight.ts';

/**
 * The status, asked of the database once for all who want it at the same time, and not waited for without end.
 *
 * @throws ActionableError when it is not there in time; otherwise what `ask` rejects with.
 */
export function sharedStatus(ask: () => Promise<ConnectorStatus>, deadlineMs: number): () => Promise<ConnectorStatus> {
  const shared = singleFlight(ask);
  return () => inTime(shared(), deadlineMs);
}

async function inTime<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(noAnswer(deadlineMs)), deadlineMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function noAnswer(deadlineMs: number): ActionableError {
  return new ActionableError(`The database has not answered for ${Math.round(deadlineMs / 1000)} s.`, [
    'Look into the log of the service. If it does not pass, start the service again; it goes on where it stood.',
  ]);
}
