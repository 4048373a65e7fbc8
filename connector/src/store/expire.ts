import type { Database, Sql, SqlValue } from './database.ts';
import { countRemoved } from './message-counts.ts';
import { storableInstant } from './storable.ts';
import { expireWaiting } from './waiting-messages.ts';

const DAY_MS = 86_400_000;

/**
 * Days for which rows are kept that are of no use but against doing something twice. A mail is tracked for 365 days
 * after it was sent, so that nothing can match any more after 400: neither a message that is read again, nor a reply
 * whose Task a user has deleted, would be found to answer anything.
 */
export const KEPT_DAYS = { matched: 400, delivered: 400, latches: 30, detections: 7 } as const;

/** Rows that one transaction forgets at most, and transactions of one run for one kind of row. */
const BATCH = 2_000;
const BATCHES = 1_000;
/** Pages of 8 kB of the table of waiting messages that one transaction looks through; it has no index of expiries. */
const PAGES = 1_000;

/**
 * Forgets what has had its time, in short transactions, so that no page of a mailbox waits for it; what a run leaves is
 * the next one's. A mail that Salesforce does not have yet is kept beyond its time, ids and all, and a row of the outbox
 * that was given up until a person decides. On PGlite, which has no autovacuum, the room of deleted rows is reclaimed.
 */
export async function expire(database: Database, at: Date): Promise<number> {
  let forgotten = await forgetWaiting(database, at);
  for (const [statement, days] of FORGETTING) {
    forgotten += await forgetInBatches(database, statement, new Date(at.getTime() - days * DAY_MS));
  }
  if (database.engine === 'pglite') await database.execute('vacuum analyze');
  return forgotten;
}

/** What is forgotten besides waiting messages: a statement for up to `$2` rows of before `$1`, and their age in days. */
const FORGETTING: readonly (readonly [statement: string, days: number])[] = [
  [
    `delete from tracked_mail where id in (
       select id from tracked_mail m where expires_at <= $1 and not exists (
         select from outbox o where o.type = 'TrackedEmail' and o.key = m.message_key and o.state <> 'delivered')
       order by expires_at limit $2)`,
    0,
  ],
  [
    `delete from matched_message where digest in (select digest from matched_message where at <= $1 limit $2)`,
    KEPT_DAYS.matched,
  ],
  [
    `delete from outbox where id in (
       select id from outbox o where settled_at <= $1 and state = 'delivered' and not exists (
         select from tracked_mail m where o.type = 'TrackedEmail' and m.message_key = o.key)
       limit $2)`,
    KEPT_DAYS.delivered,
  ],
  [
    `delete from halt_latch where (person_id, reply_key) in (
       select person_id, reply_key from halt_latch where read_back_at <= $1 limit $2)`,
    KEPT_DAYS.latches,
  ],
  [
    `delete from detection where ctid = any (array(select ctid from detection where at <= $1 limit $2))`,
    KEPT_DAYS.detections,
  ],
];

async function forgetInBatches(database: Database, statement: string, before: Date): Promise<number> {
  let forgotten = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const gone = await forget(database, statement, [storableInstant(before), BATCH]);
    forgotten += gone;
    if (gone < BATCH) break;
  }
  return forgotten;
}

async function forget(sql: Sql, statement: string, values: readonly SqlValue[]): Promise<number> {
  const rows = await sql.query<{ count: number }>(
    `with gone as (${statement} returning 1) select count(*)::integer as count from gone`,
    values,
  );
  return rows[0]?.count ?? 0;
}

async function forgetWaiting(database: Database, at: Date): Promise<number> {
  const [size] = await database.query<{ pages: number }>(
    `select (pg_relation_size('waiting_message') / current_setting('block_size')::integer)::float8 as pages`,
  );
  let forgotten = 0;
  for (let first = 0; first < (size?.pages ?? 0); first += PAGES) {
    forgotten += await database.transaction(async (tx) => {
      const removed = await expireWaiting(tx, at, { first, end: first + PAGES });
      await countRemoved(tx, removed);
      return removed.decided + removed.undecided;
    });
  }
  return forgotten;
}
