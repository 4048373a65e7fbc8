import type { SalesforceError } from '../salesforce/salesforce-error.ts';
import type { Salesforce, SalesforceWrite } from '../salesforce/salesforce.ts';
import type { DeliveryOutcome, OutboxItem, StaleTally, Store } from '../store/store.ts';
import { faultOutcome, outcomeOf, suspectOutcome, type OutcomeContext } from './outcome.ts';
import { tallyOutcome } from './tally-outcome.ts';
import { writeApart, type Written } from './write-apart.ts';

/** Rows in one batch: what one Composite call carries when all of them are Tasks. */
const BATCH_SIZE = 1000;

/** Up to so many rows leave a call room for the numbers of as many tracked mails. */
const ROOM = 200;
/** How long numbers that are due wait for a call in which they can ride along. */
const RIDE_MS = 60_000;

export interface Delivery {
  readonly store: Pick<Store, 'outboxDue' | 'recordDeliveries' | 'staleTallies' | 'settleTallies'>;
  readonly salesforce: Pick<Salesforce, 'write'>;
  readonly now: () => Date;
  /** A number in [0, 1) at each call, to spread retries. */
  readonly random: () => number;
  /** The most rows in one batch, 1,000 at most. */
  readonly limit?: number;
  /** Ends the work after the batch that is under way. */
  readonly signal?: AbortSignal;
}

/** What one run came to. */
export interface DeliverySummary {
  readonly delivered: number;
  readonly retried: number;
  readonly dead: number;
  /** The fault of the whole org that ended the run; everything it held up stays in the outbox. */
  readonly stoppedBy: SalesforceError | undefined;
  /** After a fault: before this instant another run would only meet it again. */
  readonly pauseUntil: Date | undefined;
}

/**
 * Writes what is due into Salesforce, batch after batch, until nothing is due or the org as a whole fails. A reply is
 * never held back to fill a batch; whoever calls decides how often. The numbers on tracked mails that reports need ride
 * along where a call has room; once they have waited for a minute they are worth a call of their own.
 *
 * An item leaves the outbox only by an answer of the platform. When a call fails without one, its rows are written
 * again later: tracked mails are upserted, and a Task that is there already counts as delivered. Two runs at a time do
 * no harm, but make the same calls twice. Rejects with a `StoreError` when outcomes cannot be recorded.
 */
export async function deliverDue(delivery: Delivery): Promise<DeliverySummary> {
  const { store, salesforce, now, random, limit = BATCH_SIZE, signal } = delivery;
  const outcomes = { delivered: 0, retry: 0, dead: 0 };
  let stoppedBy: SalesforceError | undefined;
  let pauseUntil: Date | undefined;
  while (stoppedBy === undefined && signal?.aborted !== true) {
    const batch = await store.outboxDue(now(), Math.min(limit, BATCH_SIZE));
    const tallies = await talliesBeside(batch, delivery);
    if (batch.length + tallies.length === 0) break;
    const written = await writeApart(salesforce, batch, tallies.map(tallyRow));
    const at = now();
    const settled = batch.map((item) => settle(item, written, { at, random }));
    await store.recordDeliveries(settled, at);
    await store.settleTallies(
      tallies.map((stale, place) => tallyOutcome(stale, written.riders[place], written.fault, at)),
      at,
    );
    for (const { outcome } of settled) outcomes[outcome] += 1;
    stoppedBy = written.fault;
    pauseUntil = stoppedBy === undefined ? undefined : firstRetry(settled);
  }
  return { delivered: outcomes.delivered, retried: outcomes.retry, dead: outcomes.dead, stoppedBy, pauseUntil };
}

function talliesBeside(batch: readonly OutboxItem[], { store, now }: Delivery): Promise<StaleTally[]> | StaleTally[] {
  if (batch.length > ROOM) return [];
  const at = now();
  return store.staleTallies(batch.length > 0 ? at : new Date(at.getTime() - RIDE_MS), ROOM);
}

function tallyRow({ trackedEmailId, tally }: StaleTally): SalesforceWrite {
  return { key: trackedEmailId, type: 'ReplyTally', tally };
}

function settle(item: OutboxItem, { results, suspects, fault }: Written, context: OutcomeContext): DeliveryOutcome {
  const suspect = suspects.get(item.id);
  if (suspect !== undefined) return suspectOutcome(item, suspect, context);
  const result = results.get(item.id);
  if (result !== undefined) return outcomeOf(item, result, context);
  if (fault !== undefined) return faultOutcome(item, fault, context);
  throw new Error('A row of a batch was neither written nor refused.');
}

function firstRetry(outcomes: readonly DeliveryOutcome[]): Date | undefined {
  return outcomes
    .flatMap((outcome) => (outcome.outcome === 'retry' ? [outcome.notBefore] : []))
    .reduce<Date | undefined>((first, at) => (first === undefined || at < first ? at : first), undefined);
}
