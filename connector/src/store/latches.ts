import type { Sql } from './database.ts';
import { storableInstant } from './storable.ts';

/** Marks the Tasks of these reply keys as acknowledged by Salesforce; the latch holds until the status is read back. */
export async function acknowledgeLatches(tx: Sql, replyKeys: readonly string[], at: Date): Promise<void> {
  if (replyKeys.length === 0) return;
  await tx.query(
    `update halt_latch set acknowledged_at = $2::timestamptz
     where reply_key = any($1::text[]) and acknowledged_at is null`,
    [replyKeys, storableInstant(at)],
  );
}

export async function isLatched(sql: Sql, personId: string): Promise<boolean> {
  const rows = await sql.query('select 1 from halt_latch where person_id = $1 and read_back_at is null limit 1', [
    personId,
  ]);
  return rows.length > 0;
}

/**
 * Puts the mark of a pull on the latches whose Tasks are acknowledged before it asks Salesforce. A mark instead of an
 * instant: the clocks of two machines differ. A pull that begins later takes them over.
 */
export async function beginReadBack(sql: Sql): Promise<string> {
  const rows = await sql.query<{ pull: string }>(
    `with pull as (select nextval('latch_read_back') as number), marked as (
       update halt_latch set read_back_by = pull.number from pull
       where acknowledged_at is not null and read_back_at is null
     ) select number::text as pull from pull`,
  );
  return rows[0]!.pull;
}

/** Lets go of the latches that still bear the mark of this pull, which has read everybody's statuses. */
export async function endReadBack(sql: Sql, pull: string, at: Date): Promise<void> {
  await sql.query(
    `update halt_latch set read_back_at = $2::timestamptz where read_back_by = $1::bigint and read_back_at is null`,
    [pull, storableInstant(at)],
  );
}
