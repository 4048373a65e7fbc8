import type { Sql } from './database.ts';
import { mailboxNumber } from './mailbox-number.ts';
import { storableInstant, storableJson } from './storable.ts';
import type { DueSweep, NewsTold, NextSweep, PushHealth } from './store.ts';

interface Row {
  readonly mailbox_id: string;
  readonly push_until: Date | null;
  readonly renew_at: Date | null;
  readonly told: number;
}

export async function readDueSweeps(sql: Sql, at: Date, limit: number): Promise<DueSweep[]> {
  const rows = await sql.query<Row>(
    `select m.id::text as mailbox_id, s.push_until, s.renew_at, coalesce(s.told, 0) as told
     from mailbox m left join mailbox_sweep s on s.mailbox_id = m.id
     where s.due_at is null or s.due_at <= $1 order by s.due_at nulls first, m.id limit $2`,
    [storableInstant(at), limit],
  );
  return rows.map((row) => ({ mailboxId: row.mailbox_id, push: pushOf(row) }));
}

export async function readPushHealth(sql: Sql): Promise<Map<string, PushHealth>> {
  const rows = await sql.query<Row>(
    'select mailbox_id::text as mailbox_id, push_until, renew_at, told from mailbox_sweep',
  );
  return new Map(rows.map((row) => [row.mailbox_id, pushOf(row)]));
}

function pushOf({ push_until: until, renew_at: renewAt, told }: Row): PushHealth {
  return { until: until ?? undefined, renewAt: renewAt ?? undefined, told };
}

export async function scheduleSweeps(sql: Sql, sweeps: readonly NextSweep[]): Promise<void> {
  if (sweeps.length === 0) return;
  const rows = sweeps.map(({ mailboxId, at }) => ({ mailbox: mailboxNumber(mailboxId), due: storableInstant(at) }));
  await sql.query(
    `insert into mailbox_sweep (mailbox_id, due_at)
     select m.id, r.due from jsonb_to_recordset($1::jsonb) as r (mailbox integer, due timestamptz)
     join mailbox m on m.id = r.mailbox order by m.id
     on conflict (mailbox_id) do update set due_at = excluded.due_at`,
    [storableJson(rows)],
  );
}

export async function recordPush(
  sql: Sql,
  mailboxId: string,
  until: Date | undefined,
  renewAt: Date | undefined,
): Promise<void> {
  await sql.query(
    `insert into mailbox_sweep (mailbox_id, push_until, renew_at)
     select id, $2::timestamptz, $3::timestamptz from mailbox where id = $1
     on conflict (mailbox_id) do update set push_until = excluded.push_until, renew_at = excluded.renew_at`,
    [
      mailboxNumber(mailboxId),
      until === undefined ? null : storableInstant(until),
      renewAt === undefined ? null : storableInstant(renewAt),
    ],
  );
}

/** A sweep that finds what nobody told of makes the next one due as if there were no push. */
export async function recordNews(sql: Sql, mailboxId: string, told: NewsTold): Promise<void> {
  await sql.query(
    told === 'by the provider'
      ? 'update mailbox_sweep set told = told + 1 where mailbox_id = $1 and push_until is not null'
      : 'update mailbox_sweep set told = 0 where mailbox_id = $1 and told > 0',
    [mailboxNumber(mailboxId)],
  );
}
