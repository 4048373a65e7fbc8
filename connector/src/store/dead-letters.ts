import type { Database, Sql } from './database.ts';
import { itemOf, replyOf, type ReplyRow } from './outbox.ts';
import { storableInstant } from './storable.ts';
import type { DeadLetter, DeadLetterChoice } from './store.ts';

interface Row extends Omit<ReplyRow, 'payload'> {
  readonly type: DeadLetter['type'];
  readonly payload: ReplyRow['payload'] | null;
  readonly reason: string;
  readonly settled_at: Date;
  readonly dropped_reason: string | null;
}

/** Dead letters are chosen by their ids, by the code that their reason begins with, or all of them. */
const CHOSEN = `state = 'dead' and dropped_reason is null
  and ($1::text[] is null or id::text = any($1::text[])) and ($2::text is null or split_part(reason, ':', 1) = $2)`;

/** Dead letters that nobody has dropped, those that died last first. */
export async function readDeadLetters(sql: Sql, choice: DeadLetterChoice, limit: number): Promise<DeadLetter[]> {
  const rows = await sql.query<Row>(
    `select id::text, type, key, attempts, created_at, payload, reason, settled_at, dropped_reason from outbox
     where ${CHOSEN} order by settled_at desc, outbox.id desc limit $3`,
    [...valuesOf(choice), limit],
  );
  return rows.map(deadLetterOf);
}

/** One by its id, dropped or not. */
export async function readDeadLetter(sql: Sql, id: string): Promise<DeadLetter | undefined> {
  const rows = await sql.query<Row>(
    `select id::text, type, key, attempts, created_at, payload, reason, settled_at, dropped_reason from outbox
     where state = 'dead' and id::text = $1`,
    [id],
  );
  return rows.map(deadLetterOf)[0];
}

function deadLetterOf({ payload, ...row }: Row): DeadLetter {
  const { createdAt, ...item } = itemOf(row);
  return {
    ...{ ...item, type: row.type, reason: row.reason, createdAt, diedAt: row.settled_at },
    ...(payload !== null && { reply: replyOf({ ...row, payload }) }),
    ...(row.dropped_reason !== null && { droppedReason: row.dropped_reason }),
  };
}

/** Puts dead letters back among what is to be written, as if it had been found now; returns how many. */
export async function retryDeadLetters(database: Database, choice: DeadLetterChoice, at: Date): Promise<number> {
  const rows = await database.query(
    `update outbox set state = 'pending', attempts = 0, not_before = null, settled_at = null,
       created_at = $3::timestamptz
     where ${CHOSEN} returning 1`,
    [...valuesOf(choice), storableInstant(at)],
  );
  return rows.length;
}

/** Gives dead letters up for good, with why; returns how many. They stay dead, so that nothing writes them again. */
export async function dropDeadLetters(database: Database, choice: DeadLetterChoice, why: string): Promise<number> {
  const rows = await database.query(`update outbox set dropped_reason = $3 where ${CHOSEN} returning 1`, [
    ...valuesOf(choice),
    why,
  ]);
  return rows.length;
}

function valuesOf({ ids, code }: DeadLetterChoice): [readonly string[] | null, string | null] {
  return [ids ?? null, code ?? null];
}
