import type { SalesforceError } from '../salesforce/salesforce-error.ts';
import type { Salesforce, SalesforceWrite } from '../salesforce/salesforce.ts';
import type {
  DeliveredReply,
  DeliveryOutcome,
  DueMailboxReport,
  OutboxItem,
  StaleTally,
  Store,
} from '../store/store.ts';
import { faultOutcome, outcomeOf, suspectOutcome, type OutcomeContext } from './outcome.ts';
import { mailboxReportOutcome, mailboxReportRow } from './mailbox-report.ts';
import { tallyOutcome } from './tally-outcome.ts';
import { writeApart, type Written } from './write-apart.ts';

/** Rows in one batch: what one Composite call carries when all of them are Tasks. */
const BATCH_SIZE = 1000;

/** Up to so many rows leave a call room for the numbers of as many tracked mails. */
const ROOM = 200;
/** Up to so many leave room for what is told of as many mailboxes as well. */
const REPORT_ROOM = 100;
/** How long numbers that are due wait for a call in which they can ride along. */
const RIDE_MS = 60_000;

type DeliveryStore =
  'outboxDue' | 'recordDeliveries' | 'staleTallies' | 'settleTallies' | 'dueMailboxReports' | 'settleMailboxReports';

export interface Delivery {
  readonly store: Pick<Store, DeliveryStore>;
  readonly salesforce: Pick<Salesforce, 'write'>;
  readonly now: () => Date;
  /** A number in [0, 1) at each call, to spread retries. */
  readonly random: () => number;
  /** The most rows in one batch, 1,000 at most; with 1, a call that fails may be the doing of its row. */
  readonly limit?: number;
  /** Ends the work after the batch that is under way. */
  readonly signal?: AbortSignal;
  /** Asked before each batch; false ends the work. */
  readonly mayGoOn?: () => Promise<boolean>;
  /**
   * Asked right before each call: true when what was read of the outbox may be another's by now, because this process
   * was paused since `mayGoOn`. Then it is read anew.
   */
  readonly isOvertaken?: () => boolean;
  /** Told of the replies whose Tasks were written, after each batch. */
  readonly onDelivered?: (replies: readonly DeliveredReply[]) => void;
}

/** What one run came to. */
export interface DeliverySummary {
  readonly delivered: number;
  readonly retried: number;
  readonly dead: number;
  /** The fault of the whole org that ended the run; everything it held up stays in the outbox. */
  readonly stoppedBy: SalesforceError | undefined;
}

/**
 * Writes what is due into Salesforce, batch after batch, until a batch has room left or the org as a whole fails. A
 * reply is never held back to fill a batch; whoever calls decides how often. The numbers on tracked mails that reports
 * need ride along where a call has room; once they have waited for a minute they are worth a call of their own. What is
 * told of the mailboxes, which is rare, rides along too or takes a call of its own.
 *
 * An item leaves the outbox only by an answer of the platform. When a call fails without one, its rows are written
 * again later: tracked mails are upserted, and a Task that is there already counts as delivered. Two runs at a time make
 * the same calls twice; a process that was paused must not, for a user may have deleted the Task since. Rejects with a `StoreError` when outcomes cannot be recorded.
 */
export async function deliverDue(delivery: Delivery): Promise<DeliverySummary> {
  const { store, salesforce, now, random, limit = BATCH_SIZE, signal, mayGoOn = always } = delivery;
  const { isOvertaken = never } = delivery;
  const outcomes = { delivered: 0, retry: 0, dead: 0 };
  let stoppedBy: SalesforceError | undefined;
  let isMore = true;
  while (isMore && signal?.aborted !== true && (await mayGoOn())) {
    const batch = await store.outboxDue(now(), Math.min(limit, BATCH_SIZE));
    // What rides along is worth no call behind those that have just drained a backlog.
    if (batch.length === 0 && outcomes.delivered > 0) break;
    const tallies = await talliesBeside(batch, delivery);
    const reports = batch.length > REPORT_ROOM || limit === 1 ? [] : await store.dueMailboxReports(now(), ROOM);
    if (batch.length + tallies.length + reports.length === 0) break;
    if (isOvertaken()) continue;
    const reported = now();
    const riders = [...tallies.map(tallyRow), ...reports.map((report) => mailboxReportRow(report, reported))];
    const written = await writeApart(salesforce, batch, { riders, isOvertaken });
    const at = now();
    const isAlone = limit === 1;
    const spread = spreadByParent(random);
    const settled = batch.map((item) => settle(item, written, { at, random: () => spread(item), isAlone }));
    const delivered = await store.recordDeliveries(settled, at);
    delivery.onDelivered?.(delivered);
    await store.settleTallies(
      tallies.map((stale, place) => tallyOutcome(stale, written.riders[place], written.fault, at)),
      at,
    );
    await store.settleMailboxReports(reportOutcomes(reports, written, at), at);
    for (const { outcome } of settled) outcomes[outcome] += 1;
    stoppedBy = written.fault;
    // A batch with room left was all there was; what has come meanwhile may fill a call of its own.
    isMore =
      stoppedBy === undefined &&
      (batch.length >= Math.min(limit, BATCH_SIZE) || tallies.length >= ROOM || reports.length >= ROOM);
  }
  return { delivered: outcomes.delivered, retried: outcomes.retry, dead: outcomes.dead, stoppedBy };
}

const always = (): Promise<boolean> => Promise.resolve(true);
const never = (): boolean => false;

function talliesBeside(batch: readonly OutboxItem[], { store, now }: Delivery): Promise<StaleTally[]> | StaleTally[] {
  if (batch.length > ROOM) return [];
  const at = now();
  return store.staleTallies(batch.length > 0 ? at : new Date(at.getTime() - RIDE_MS), ROOM);
}

function tallyRow({ trackedEmailId, tally }: StaleTally): SalesforceWrite {
  return { key: trackedEmailId, type: 'ReplyTally', tally };
}

/** Rows of one parent are tried again together, so that they do not lock each other out one by one. */
function spreadByParent(random: () => number): (item: OutboxItem) => number {
  const spreads = new Map<string, number>();
  return (item) => {
    const parent = item.type === 'Task' ? (item.reply.personId ?? item.reply.messageKey) : item.key;
    const spread = spreads.get(parent) ?? random();
    spreads.set(parent, spread);
    return spread;
  };
}

function reportOutcomes(reports: readonly DueMailboxReport[], { riders, fault }: Written, at: Date) {
  const first = riders.length - reports.length;
  return reports.map((report, place) => mailboxReportOutcome(report, riders[first + place], fault, at));
}

function settle(
  item: OutboxItem,
  { results, suspects, fault }: Written,
  context: OutcomeContext & { readonly isAlone: boolean },
): DeliveryOutcome {
  const suspect = suspects.get(item.id);
  if (suspect !== undefined) return suspectOutcome(item, suspect, context);
  const result = results.get(item.id);
  if (result !== undefined) return outcomeOf(item, result, context);
  if (fault !== undefined) return faultOutcome(item, fault, context);
  throw new Error('A row of a batch was neither written nor refused.');
}
