import type { ConnectorStatus } from '../facade.ts';
import { isLate } from './page/verdict.ts';
import { durationWords } from './page/words.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/**
 * Whether the service does its work, for a supervisor that would start it again if not. It is ready when
 *
 * - the database answers (without that there is no status to judge), and
 * - nothing of `unfit` stands against it: another schema, a key that is gone, or that it is being stopped, and
 * - no mailbox is stuck: each that nothing is said to be wrong with was read to its end not too long ago.
 *
 * A mailbox whose provider refuses it or does not answer, a first read that takes its time, and an org that takes no
 * records are on the page and do not count here: another start would change nothing about them.
 */
export function readinessOf(
  { mailboxes }: ConnectorStatus,
  lateAfterSeconds: number,
  unfit: readonly string[] = [],
): Readiness {
  const stuck = mailboxes
    .filter((mailbox) => isLate(mailbox, lateAfterSeconds))
    .map(({ address, lagSeconds }) => `${address} has not been read for ${durationWords(lagSeconds ?? 0)}.`);
  const reasons = [...unfit, ...stuck];
  return { ready: reasons.length === 0, reasons };
}
