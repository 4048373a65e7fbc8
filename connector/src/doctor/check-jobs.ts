import type { CheckResult } from '../facade.ts';
import type { DeadJob } from '../jobs/dead-jobs.ts';
import { listed, ok, warning } from './check-result.ts';

/** None of the work in the background was given up; the mailboxes give addresses to keys that are ids. */
export function checkJobs(
  dead: readonly DeadJob[],
  mailboxes: readonly { readonly id: string; readonly address: string }[],
): CheckResult {
  const [latest] = dead;
  if (latest === undefined) return ok('jobs', 'No work was given up within the last day.');
  const names = dead.map(({ queue, key }) => {
    const address = mailboxes.find(({ id }) => id === key)?.address;
    return address === undefined ? queue : `${queue} of ${address}`;
  });
  const found =
    `Work failed ten times in a row and was given up within the last day: ${listed([...new Set(names)])}. ` +
    `The latest, at ${latest.at.toISOString()}: ${latest.reason}`;
  return warning('jobs', found, [
    'It is begun again by news, by the next sweep, or when the service starts: see whether this time is the last.',
    'If it is given up again, report it as a defect with the output of this command and the log of the service.',
  ]);
}
