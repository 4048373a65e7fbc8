import type { Reply } from '../match/reply.ts';
import type { Database, Sql } from './database.ts';
import { recordDetections } from './detections.ts';
import { acknowledgeLatches } from './latches.ts';
import { storableInstant, storableJson } from './storable.ts';
import type { DeliveredReply, DeliveryOutcome, OutboxItem } from './store.ts';
import { markTallies } from './tallies.ts';
import { TRACKED_MAIL_COLUMNS, trackedMailOf, type TrackedMailRow } from './tracked-mails.ts';

interface Row {
  readonly id: string;
  readonly key: string;
  readonly attempts: number;
  readonly created_at: Date;
}
/** A reply as JSON keeps it: its instants are texts. */
type StoredReply = Omit<Reply, 'receivedAt' | 'resumeAt'> & { readonly receivedAt: string; readonly resumeAt?: string };
export type ReplyRow = Row & { readonly payload: StoredReply };

/** Longer than any wait between two tries: what is to wait for longer got its time from a clock that was set back since. */
const LONGEST_WAIT = "interval '2 hours'";
const IS_DUE = `(not_before is null or not_before <= $1 or not_before > $1::timestamptz + ${LONGEST_WAIT})`;

/** Due items, oldest first, tracked emails before tasks: a Task names its TrackedEmail__c. */
export async function readDue(database: Database, at: Date, limit: number): Promise<OutboxItem[]> {
  const mails = await dueMails(database, at, limit);
  const replies = mails.length < limit ? await dueReplies(database, at, limit - mails.length) : [];
  return [...mails, ...replies];
}

async function dueMails(sql: Sql, at: Date, limit: number): Promise<OutboxItem[]> {
  const rows = await sql.query<Row & TrackedMailRow>(
    `select o.id::text, o.key, o.attempts, o.created_at, ${TRACKED_MAIL_COLUMNS}
     from outbox o join tracked_mail m on m.message_key = o.key
     where o.state = 'pending' and (o.type = 'Task') = false and ${IS_DUE}
     order by o.id limit $2`,
    [storableInstant(at), limit],
  );
  return rows.map((row) => ({ ...itemOf(row), type: 'TrackedEmail', mail: trackedMailOf(row) }));
}

async function dueReplies(sql: Sql, at: Date, limit: number): Promise<OutboxItem[]> {
  const rows = await sql.query<ReplyRow>(
    `select id::text, key, attempts, created_at, payload from outbox
     where state = 'pending' and (type = 'Task') = true and ${IS_DUE}
     order by outbox.id limit $2`,
    [storableInstant(at), limit],
  );
  return rows.map((row) => ({ ...itemOf(row), type: 'Task', reply: replyOf(row) }));
}

export function itemOf(row: Row): Pick<OutboxItem, 'id' | 'key' | 'attempts' | 'createdAt'> {
  return { id: row.id, key: row.key, attempts: row.attempts, createdAt: row.created_at };
}

export function replyOf({ payload: { receivedAt, resumeAt, ...reply } }: ReplyRow): Reply {
  return {
    ...reply,
    receivedAt: new Date(receivedAt),
    ...(resumeAt !== undefined && { resumeAt: new Date(resumeAt) }),
  };
}

/** Records outcomes in one transaction. What was delivered stays delivered, whatever a slower worker reports. */
export async function recordDeliveries(
  database: Database,
  outcomes: readonly DeliveryOutcome[],
  at: Date,
): Promise<DeliveredReply[]> {
  if (outcomes.length === 0) return [];
  return database.transaction(async (tx) => {
    const delivered = await settleItems(tx, outcomes, at);
    await nameTrackedMails(tx, delivered);
    await acknowledgeLatches(tx, taskKeys(delivered), at);
    await markTallies(
      tx,
      delivered.flatMap(({ mail_key }) => mail_key ?? []),
      at,
    );
    return recordDetections(
      tx,
      delivered.map(({ id }) => id),
      at,
    );
  });
}

function taskKeys(delivered: readonly Delivered[]): string[] {
  return delivered.filter(({ type }) => type === 'Task').map(({ key }) => key);
}

interface Delivered {
  readonly id: string;
  readonly type: OutboxItem['type'];
  readonly key: string;
  readonly record_id: string | null;
  readonly mail_key: string | null;
}

async function settleItems(tx: Sql, outcomes: readonly DeliveryOutcome[], at: Date): Promise<Delivered[]> {
  const rows = await tx.query<Delivered & { state: string }>(
    `with outcome as (
       select distinct on (id) * from jsonb_to_recordset($1::jsonb)
         as r (id bigint, outcome text, "recordId" text, reason text, "notBefore" timestamptz, "isTry" boolean)
       order by id
     ), locked as (
       select o.id from outbox o join outcome using (id) where o.state <> 'delivered' order by o.id for update of o
     )
     update outbox o set
       state = case r.outcome when 'retry' then 'pending' else r.outcome end,
       attempts = o.attempts + case when r."isTry" is false then 0 else 1 end,
       payload = case when r.outcome = 'delivered' then null else o.payload end,
       record_id = coalesce(r."recordId", o.record_id),
       reason = r.reason,
       not_before = r."notBefore",
       settled_at = case when r.outcome = 'retry' then null else $2::timestamptz end
     from outcome r join locked l using (id) where o.id = r.id
     returning o.id::text, o.type, o.key, o.record_id, o.mail_key, o.state`,
    [storableJson(outcomes.map(outcomeRow)), storableInstant(at)],
  );
  return rows.filter(({ state }) => state === 'delivered');
}

function outcomeRow(outcome: DeliveryOutcome): object {
  return outcome.outcome === 'retry' ? { ...outcome, notBefore: storableInstant(outcome.notBefore) } : outcome;
}

async function nameTrackedMails(tx: Sql, delivered: readonly Delivered[]): Promise<void> {
  const named = delivered.filter(({ type, record_id }) => type === 'TrackedEmail' && record_id !== null);
  if (named.length === 0) return;
  await tx.query(
    `update tracked_mail m set tracked_email_id = r.record_id
     from jsonb_to_recordset($1::jsonb) as r (key text, record_id text) where m.message_key = r.key`,
    [storableJson(named)],
  );
}

/** When the next item that waits for a retry becomes due. */
export async function nextDue(sql: Sql): Promise<Date | undefined> {
  const rows = await sql.query<{ due: Date | null }>(
    `select min(not_before) as due from outbox where state = 'pending'`,
  );
  return rows[0]?.due ?? undefined;
}
