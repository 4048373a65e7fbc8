import type { Kind } from '../mail/kind.ts';
import type { Database, Sql } from './database.ts';
import { storableInstant, storableJson } from './storable.ts';
import type { StaleTally, TallyOutcome } from './store.ts';

/** How long the answers to one mail are gathered before its numbers are written. */
const GATHERED_MS = 60_000;

interface Row {
  readonly mail_id: string;
  readonly marks: number;
  readonly tracked_email_id: string;
  readonly replies: number;
  readonly first_at: Date | null;
  readonly last_at: Date;
  readonly last_kind: Kind;
}

/** Marks the numbers of mails as out of date, by their keys; a mail that is forgotten has none. */
export async function markTallies(tx: Sql, mailKeys: readonly string[], at: Date): Promise<void> {
  if (mailKeys.length === 0) return;
  await tx.query(
    `insert into stale_tally as s (mail_id, due_at)
     select id, $2::timestamptz from tracked_mail where message_key = any($1::text[]) order by id
     on conflict (mail_id) do update set marks = s.marks + 1`,
    [mailKeys, gatheredUntil(at)],
  );
}

/** The numbers that are due, those that wait longest first, as they stand now. */
export async function readStaleTallies(sql: Sql, at: Date, limit: number): Promise<StaleTally[]> {
  const rows = await sql.query<Row>(
    `select s.mail_id::text, s.marks, s.tracked_email_id, o.replies, o.first_at, o.last_at, o.last_kind
     from (
       select s.mail_id, s.marks, s.due_at, m.tracked_email_id, m.message_key
       from stale_tally s join tracked_mail m on m.id = s.mail_id
       where s.due_at <= $1 and m.tracked_email_id is not null order by s.due_at, s.mail_id limit $2
     ) s cross join lateral (
       select count(distinct answer) filter (where by_person)::integer as replies,
         min(received_at) filter (where by_person) as first_at, max(received_at) as last_at,
         (array_agg(kind order by received_at desc, id desc))[1] as last_kind
       from outbox where mail_key = s.message_key and state = 'delivered'
     ) o where o.last_at is not null order by s.due_at, s.mail_id`,
    [storableInstant(at), limit],
  );
  return rows.map((row) => ({
    ...{ mailId: row.mail_id, marks: row.marks, trackedEmailId: row.tracked_email_id },
    tally: {
      replyCount: row.replies,
      firstReplyAt: row.first_at ?? undefined,
      lastReplyAt: row.last_at,
      lastReplyKind: row.last_kind,
    },
  }));
}

/** Forgets the marks of what was written, unless more came meanwhile, and puts off what was not. */
export async function settleTallies(database: Database, outcomes: readonly TallyOutcome[], at: Date): Promise<void> {
  if (outcomes.length === 0) return;
  const rows = outcomes.map(({ mailId, marks, notBefore }) => ({
    ...{ mail: mailId, marks, written: notBefore === undefined },
    due: notBefore === undefined ? gatheredUntil(at) : storableInstant(notBefore),
  }));
  await database.transaction((tx) =>
    tx.query(
      `with outcome as (
       select * from jsonb_to_recordset($1::jsonb) as r (mail bigint, marks integer, written boolean, due timestamptz)
     ), gone as (
       delete from stale_tally s using outcome r where s.mail_id = r.mail and s.marks = r.marks and r.written
     )
     update stale_tally s set due_at = r.due from outcome r
     where s.mail_id = r.mail and not (s.marks = r.marks and r.written)`,
      [storableJson(rows)],
    ),
  );
}

function gatheredUntil(at: Date): Date {
  return storableInstant(new Date(at.getTime() + GATHERED_MS));
}
