import { mailboxKey } from '../salesforce/connected-mailbox-record.ts';
import type { SalesforceError } from '../salesforce/salesforce-error.ts';
import type { MailboxReport, SalesforceWrite, SalesforceWriteResult } from '../salesforce/salesforce.ts';
import type { DueMailboxReport, MailboxReportOutcome } from '../store/store.ts';

const MINUTE_MS = 60_000;
/** A report that was refused, as before the package is installed, is tried again after an hour. */
const REFUSED_MS = 60 * MINUTE_MS;

/** The ConnectedMailbox__c of a mailbox as it stands at an instant. */
export function mailboxReportRow(due: DueMailboxReport, at: Date): SalesforceWrite {
  return { key: mailboxKey(due), type: 'ConnectedMailbox', report: reportOf(due, at) };
}

function reportOf(due: DueMailboxReport, at: Date): MailboxReport {
  const { provider, address, ownerId, state, caughtUpAt, lastReplyAt, lastError, detection } = due;
  const lagMs = caughtUpAt === undefined ? undefined : Math.max(0, at.getTime() - caughtUpAt.getTime());
  return {
    ...{ provider, address, ownerId, state, lastError, lastReplyAt, at },
    lastReadAt: caughtUpAt,
    // Nothing is behind in a mailbox that is not read any more.
    lagMinutes: lagMs === undefined || state === 'Disconnected' ? undefined : Math.floor(lagMs / MINUTE_MS),
    detection: detection && { p50: tenths(detection.p50), p95: tenths(detection.p95) },
  };
}

/** As many decimals as the fields have. */
function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** What became of a report, given what Salesforce said of it, or the fault for which it said nothing. */
export function mailboxReportOutcome(
  report: DueMailboxReport,
  result: SalesforceWriteResult | undefined,
  fault: SalesforceError | undefined,
  at: Date,
): MailboxReportOutcome {
  if (result?.outcome === 'written') return { report };
  const wait = result === undefined && fault?.code !== 'refused' ? MINUTE_MS : REFUSED_MS;
  return { report, notBefore: new Date(at.getTime() + wait) };
}
