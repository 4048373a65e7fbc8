import type { Sql } from './database.ts';
import type { HashSeal } from './sealed-hash.ts';
import type { Digest, MessageFate, OutboxState } from './store.ts';
import { waitingByDigest } from './waiting-messages.ts';

interface MatchedRow {
  readonly at: Date;
  readonly mailbox_id: string | null;
  readonly reference: string | null;
}

/** What is remembered of a message: that it was matched and where it was, or that it waits. */
export async function readMessageFate(sql: Sql, digest: Digest, seal: HashSeal): Promise<MessageFate> {
  const [matched] = await sql.query<MatchedRow>(
    'select at, mailbox_id::text, reference from matched_message where digest = $1::uuid',
    [digest],
  );
  const { mailbox_id: mailboxId = null, reference = null } = matched ?? {};
  return {
    matchedAt: matched?.at,
    place: mailboxId === null || reference === null ? undefined : { mailboxId, reference },
    waiting: await waitingByDigest(sql, digest, seal),
  };
}

export async function readTaskStates(sql: Sql, replyKeys: readonly string[]): Promise<OutboxState[]> {
  const rows = await sql.query<{
    readonly key: string;
    readonly state: OutboxState['state'];
    readonly record_id: string | null;
    readonly reason: string | null;
  }>(`select key, state, record_id, reason from outbox where type = 'Task' and key = any($1::text[])`, [replyKeys]);
  return rows.map(({ key, state, record_id, reason }) => ({
    ...{ key, state, recordId: record_id ?? undefined, reason: reason ?? undefined },
  }));
}

export async function readMatchedBefore(sql: Sql, digests: readonly Digest[]): Promise<Set<Digest>> {
  const rows = await sql.query<{ digest: Digest }>(
    'select digest::text from matched_message where digest = any($1::uuid[])',
    [digests],
  );
  return new Set(rows.map(({ digest }) => digest));
}
