import type { Database, Sql } from './database.ts';
import { detectionFigures } from './detections.ts';
import { storableInstant, storableJson } from './storable.ts';
import type { DueMailboxReport, MailboxReportOutcome } from './store.ts';

/** Every mailbox is reported on at least so often, as a sign of life. */
const SIGN_OF_LIFE_MS = 3_600_000;
/** What changes by itself all the time is told no more often than this. */
const CHANGES_MS = 300_000;
/** A mailbox that has not been read for this long is late, which its list view in Salesforce shows. */
const LATE_MS = 30 * 60_000;

interface Row {
  readonly id: string | null;
  readonly provider: string;
  readonly address: string;
  readonly owner_id: string;
  readonly state: DueMailboxReport['state'];
  readonly caught_up_at: Date | null;
  readonly last_reply_at: Date | null;
  readonly last_error: string | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly told: string | null;
}

/** SQL: what makes a report a new one. */
const TOLD = `jsonb_build_object('state', m.state, 'error', m.last_error, 'reply', extract(epoch from m.last_reply_at), 'owner', m.owner_id,
  'late', m.caught_up_at < $3::timestamptz)`;

/**
 * The mailboxes of which something is to be told, those first that Salesforce knows nothing of. A change of state is
 * told at once, other changes within five minutes, and nothing new once an hour.
 */
export async function readDueReports(sql: Sql, at: Date, limit: number): Promise<DueMailboxReport[]> {
  const rows = await sql.query<Row>(
    `select d.*, f.p50, f.p95 from (
       select m.id::text, m.provider, m.address, m.owner_id, case m.state when 'active' then 'Active' else 'Reconnect' end as state,
         m.caught_up_at, m.last_reply_at, m.last_error, ${TOLD}::text as told, m.reported_at
       from mailbox m
       where (m.report_due_at is null or m.report_due_at <= $1) and (m.reported_at is null or m.reported_at <= $4
         or m.reported ->> 'state' is distinct from m.state
         or (m.reported_at <= $5 and m.reported is distinct from ${TOLD}))
       union all
       select null::text, provider, address, owner_id, 'Disconnected', caught_up_at, last_reply_at, null, null, null
       from disconnected_mailbox where report_due_at is null or report_due_at <= $1
       order by reported_at nulls first, address limit $2
     ) d left join lateral ${detectionFigures('d.id::integer')} f on true order by d.reported_at nulls first, d.address`,
    [
      storableInstant(at),
      limit,
      ...[LATE_MS, SIGN_OF_LIFE_MS, CHANGES_MS].map((age) => storableInstant(new Date(at.getTime() - age))),
    ],
  );
  return rows.map((row) => ({
    ...{ mailboxId: row.id ?? undefined, provider: row.provider, address: row.address, ownerId: row.owner_id },
    ...{ state: row.state, told: row.told ?? '' },
    caughtUpAt: row.caught_up_at ?? undefined,
    lastReplyAt: row.last_reply_at ?? undefined,
    lastError: row.last_error ?? undefined,
    detection: row.p50 === null || row.p95 === null ? undefined : { p50: row.p50, p95: row.p95 },
  }));
}

/** Notes what Salesforce has been told, and puts off what it did not take. */
export async function settleReports(
  database: Database,
  outcomes: readonly MailboxReportOutcome[],
  at: Date,
): Promise<void> {
  if (outcomes.length === 0) return;
  const rows = outcomes.map(({ report, notBefore }) => ({
    ...{ mailbox: report.mailboxId, provider: report.provider, address: report.address, told: report.told },
    due: notBefore === undefined ? null : storableInstant(notBefore),
  }));
  const outcome = `outcome as (select * from jsonb_to_recordset($1::jsonb)
    as r (mailbox integer, provider text, address text, told text, due timestamptz))`;
  await database.transaction(async (tx) => {
    await tx.query(
      `with ${outcome}
       update mailbox m set report_due_at = r.due,
         reported = case when r.due is null then r.told::jsonb else m.reported end,
         reported_at = case when r.due is null then $2::timestamptz else m.reported_at end
       from outcome r where m.id = r.mailbox`,
      [storableJson(rows), storableInstant(at)],
    );
    await tx.query(
      `with ${outcome}, gone as (
         delete from disconnected_mailbox d using outcome r
         where r.mailbox is null and r.due is null and d.provider = r.provider and d.address = r.address
       )
       update disconnected_mailbox d set report_due_at = r.due from outcome r
       where r.mailbox is null and r.due is not null and d.provider = r.provider and d.address = r.address`,
      [storableJson(rows)],
    );
  });
}
