import type { Database, Sql } from './database.ts';
import { saveCredential } from './credentials.ts';
import type { MailboxRow, MailboxToConnect, PageCommit } from './store.ts';
import { countRemoved } from './message-counts.ts';
import { mailboxNumber } from './mailbox-number.ts';
import { removeWaiting } from './waiting-messages.ts';
import { storableInstant, storableJson } from './storable.ts';

interface Row {
  readonly id: string;
  readonly provider: string;
  readonly address: string;
  readonly owner_id: string;
  readonly cursor: unknown;
  readonly cursor_version: number;
  readonly read_since: Date;
  readonly caught_up_at: Date | null;
  readonly state: MailboxRow['state'];
  readonly last_error: string | null;
  readonly settings: unknown;
  readonly revision: number;
  readonly expected_messages: number | null;
  readonly messages_read: number;
  readonly last_reply_at: Date | null;
}

const COLUMNS = `id::text, provider, address, owner_id, cursor, cursor_version, read_since, caught_up_at, state, last_error,
  settings, revision, expected_messages, seen_count::float8 as messages_read, last_reply_at`;

export async function connectMailbox(database: Database, mailbox: MailboxToConnect): Promise<MailboxRow> {
  const renewed = mailbox.settings !== undefined || mailbox.credential !== undefined;
  return database.transaction(async (tx) => {
    if (mailbox.movedFrom !== undefined) await moveMailbox(tx, mailbox.movedFrom, mailbox);
    const [row] = await tx.query<Row>(
      `insert into mailbox as m (provider, address, owner_id, read_since, settings, expected_messages)
       values ($1, $2, $3, $4, coalesce($5::jsonb, '{}'), $6)
       on conflict (provider, lower(address)) do update set owner_id = excluded.owner_id,
         settings = coalesce($5::jsonb, m.settings),
         revision = m.revision + $7::boolean::integer,
         state = case when $7 then 'active' else m.state end,
         last_error = case when $7 then null else m.last_error end
       returning ${COLUMNS}`,
      [
        mailbox.provider,
        mailbox.address,
        mailbox.ownerId,
        storableInstant(mailbox.readSince),
        mailbox.settings === undefined ? null : storableJson(mailbox.settings),
        mailbox.expectedMessages ?? null,
        renewed,
      ],
    );
    if (mailbox.credential !== undefined) await saveCredential(tx, row!.id, mailbox.credential);
    await tx.query('delete from disconnected_mailbox where provider = $1 and lower(address) = lower($2)', [
      ...[mailbox.provider, mailbox.address],
    ]);
    return mailboxOf(row!);
  });
}

/** Salesforce is told that the mailbox at the provider that is left is no longer connected, and of the other anew. */
async function moveMailbox(tx: Sql, id: string, { provider, address, readSince }: MailboxToConnect): Promise<void> {
  await tx.query(
    `insert into disconnected_mailbox (provider, address, owner_id, caught_up_at, last_reply_at)
     select provider, address, owner_id, caught_up_at, last_reply_at from mailbox where id = $1 and reported_at is not null
     on conflict (provider, address) do nothing`,
    [mailboxNumber(id)],
  );
  await tx.query(
    `update mailbox set provider = $2, address = $3, read_since = $4, cursor = null, cursor_version = cursor_version + 1,
       caught_up_at = null, reported_at = null where id = $1`,
    [mailboxNumber(id), provider, address, storableInstant(readSince)],
  );
  await tx.query('delete from mailbox_sweep where mailbox_id = $1', [mailboxNumber(id)]);
}

/** The credential goes with the row. What has been found and counted stays: the Task of a reply is not taken back. */
export async function disconnectMailbox(database: Database, id: string): Promise<number> {
  return database.transaction(async (tx) => {
    await tx.query(
      `with gone as (delete from mailbox where id = $1 returning *), told as (
         insert into disconnected_mailbox (provider, address, owner_id, caught_up_at, last_reply_at)
         select provider, address, owner_id, caught_up_at, last_reply_at from gone where reported_at is not null
         on conflict (provider, address) do nothing
       )
       update message_count c set seen_count = c.seen_count + gone.seen_count,
         matched_count = c.matched_count + gone.matched_count, repeated_count = c.repeated_count + gone.repeated_count,
         not_reply_count = c.not_reply_count + gone.not_reply_count,
         excluded_count = c.excluded_count + gone.excluded_count
       from gone`,
      [mailboxNumber(id)],
    );
    await tx.query('delete from detection where mailbox_id = $1', [mailboxNumber(id)]);
    const removed = await removeWaiting(tx, 'mailbox_id = $1', mailboxNumber(id));
    await countRemoved(tx, removed);
    return removed.decided + removed.undecided;
  });
}

export async function readMailboxes(sql: Sql): Promise<MailboxRow[]> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from mailbox order by mailbox.id`);
  return rows.map(mailboxOf);
}

export async function readMailbox(sql: Sql, id: string): Promise<MailboxRow | undefined> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from mailbox where id = $1`, [mailboxNumber(id)]);
  return rows.map(mailboxOf)[0];
}

export async function setMailboxState(
  sql: Sql,
  id: string,
  state: MailboxRow['state'],
  lastError: string | undefined,
): Promise<void> {
  await sql.query('update mailbox set state = $2, last_error = $3 where id = $1', [
    mailboxNumber(id),
    state,
    lastError ?? null,
  ]);
}

/**
 * The fence: moves the cursor if nobody else has, and counts what was read. First statement of a page's transaction, so
 * the row is locked until its end and a second worker waits here, then finds the version gone.
 */
export async function moveCursor(tx: Sql, page: PageCommit): Promise<boolean> {
  const { mailboxId, cursor, seen, notReplies, excluded, at } = page;
  if (cursor === undefined) return true;
  const moved = await tx.query(
    `update mailbox set cursor = $3::jsonb, cursor_version = cursor_version + 1, seen_count = seen_count + $6,
       not_reply_count = not_reply_count + $7, excluded_count = excluded_count + $8,
       caught_up_at = case when $4::boolean then $5::timestamptz else caught_up_at end,
       live_since = coalesce(live_since, case when $4::boolean then $5::timestamptz end)
     where id = $1 and cursor_version = $2 returning id`,
    [
      mailboxNumber(mailboxId),
      cursor.expectedVersion,
      storableJson(cursor.next),
      cursor.caughtUp,
      storableInstant(at),
      ...[seen, notReplies, excluded],
    ],
  );
  return moved.length === 1;
}

function mailboxOf(row: Row): MailboxRow {
  return {
    id: row.id,
    provider: row.provider,
    address: row.address,
    ownerId: row.owner_id,
    cursor: row.cursor ?? undefined,
    cursorVersion: row.cursor_version,
    readSince: row.read_since,
    caughtUpAt: row.caught_up_at ?? undefined,
    state: row.state,
    lastError: row.last_error ?? undefined,
    settings: row.settings,
    revision: row.revision,
    expectedMessages: row.expected_messages ?? undefined,
    messagesRead: row.messages_read,
    lastReplyAt: row.last_reply_at ?? undefined,
  };
}
