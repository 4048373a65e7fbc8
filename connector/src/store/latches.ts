import type { Sql } from './database.ts';
import { storableInstant } from './storable.ts';

/**
 * SQL: latches, and the statuses that a person's answer was to halt and that, as they were read last, go on. By the rules
 * of the flow that halts: an answer from before the enrolment halts nothing, nor one that a user marked as none.
 */
const RUNNING_ON = `halt_latch l
  join outbox o on o.type = 'Task' and o.key = l.reply_key and o.kind = 'human'
  join tracked_mail m on m.message_key = o.mail_key
  join tracked_recipient r on r.mail_id = m.id and r.person_id = l.person_id
  join enrolment e on e.campaign_status_id = r.campaign_status_id and e.person_id = l.person_id
    and e.status in ('Active', 'Paused') and e.enrolled_at <= o.received_at
    and e.undone_reply_key is distinct from l.reply_key`;

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

/**
 * Lets go of the latches that still bear the mark of this pull, which has read everybody's statuses. Returns the
 * statuses that their answers were to halt and that go on. A forward is none of these answers: an org may let it count
 * for nothing.
 */
export async function endReadBack(sql: Sql, pull: string, at: Date): Promise<string[]> {
  return idsOf(
    await sql.query<{ id: string }>(
      `with running as (
         select l.person_id, l.reply_key, e.campaign_status_id as id from ${RUNNING_ON}
         where l.read_back_by = $1::bigint and l.read_back_at is null
       ), released as (
         update halt_latch set read_back_at = $2::timestamptz,
           unhalted = (person_id, reply_key) in (select person_id, reply_key from running)
         where read_back_by = $1::bigint and read_back_at is null
       ) select distinct id from running order by id`,
      [pull, storableInstant(at)],
    ),
  );
}

/**
 * The statuses that were found to go on then and do so still. One that was halted and goes on since because a user
 * wanted it to is none of them.
 */
export async function readUnhalted(sql: Sql): Promise<string[]> {
  return idsOf(
    await sql.query<{ id: string }>(
      `select distinct e.campaign_status_id as id from ${RUNNING_ON} where l.unhalted order by id`,
    ),
  );
}

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
