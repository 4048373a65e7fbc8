import type { CheckResult } from '../facade.ts';
import { conservationDifference } from '../store/conservation.ts';
import type { StoreCounts } from '../store/store.ts';
import { failure, ok, warning } from './check-result.ts';

const HOUR_MS = 3_600_000;

/** Every message that was read has become something. */
export function checkMessages(counts: StoreCounts): CheckResult {
  const difference = conservationDifference(counts);
  const { seen, matched, waiting } = counts;
  if (difference === 0)
    return ok('messages', `All ${seen} messages are accounted for: ${matched} matched, ${waiting} wait.`);
  const found = difference > 0 ? `${difference} messages were lost on the way.` : `${-difference} were counted twice.`;
  return failure('messages', `Of ${seen} messages ${found}`, [
    'This is a defect of the connector: report it with the output of this command and the log of the service.',
    'Read the mailboxes again from a day before it began: sf reply sync --since DAY.',
  ]);
}

/** What Salesforce is to be told is told soon, and nothing of it was refused. */
export function checkOutbox({ outboxPending, outboxDead, outboxPendingSince }: StoreCounts, at: Date): CheckResult {
  const since = outboxPendingSince?.toISOString();
  if (outboxDead > 0) {
    return warning('outbox', `Salesforce refused ${outboxDead} records for good.`, [
      'See why, and retry or drop them: sf reply deadletter list.',
    ]);
  }
  if (outboxPendingSince !== undefined && at.getTime() - outboxPendingSince.getTime() > HOUR_MS) {
    return warning('outbox', `${outboxPending} records wait to be written, the oldest since ${since}.`, [
      'Write them now and see what keeps them: sf reply sync.',
    ]);
  }
  return ok('outbox', `${outboxPending} records wait to be written, and none was refused.`);
}
