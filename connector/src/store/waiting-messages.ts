import type { Database, Sql, SqlValue } from './database.ts';
import { MAY_HAVE_BEEN_SENT_TO, SENT_UNTIL } from './enrolments.ts';
import { addFresh, insertFresh, uuidArray } from './fresh-digests.ts';
import { mailboxNumber } from './mailbox-number.ts';
import type { HashSeal } from './sealed-hash.ts';
import { storableInstant } from './storable.ts';
import type { Digest, ResolvedMessage, WaitingMessage } from './store.ts';

interface Row {
  readonly mailbox_id: string;
  readonly reference: string;
  readonly digest: Digest;
  readonly message_hash: string;
  readonly kind: ResolvedMessage['kind'];
  readonly side: ResolvedMessage['side'];
  readonly received_at: Date;
  readonly cites: readonly Digest[];
}

/**
 * Lets messages wait for the ids they cite. One that waits already is looked for where it was seen last: it may have
 * been moved. What was received is looked for where it was received, not in the Sent folder of a colleague who wrote it.
 * Returns how many of them were not waiting before.
 */
export async function addWaiting(tx: Sql, all: readonly WaitingMessage[], { seal }: HashSeal): Promise<number> {
  const waiting = withoutRepeated(all);
  if (waiting.length === 0) return 0;
  const rows = await tx.query<{ added: boolean }>(
    `insert into waiting_message as before (digest, mailbox_id, reference, message_hash, kind, side, received_at,
       expires_at, cites, undecided)
     select digest, mailbox, reference, hash, kind, side, received, expires, cites::uuid[], undecided
     from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
         $8::timestamptz[], $9::text[], $10::boolean[])
       as m (digest, mailbox, reference, hash, kind, side, received, expires, cites, undecided)
     order by digest
     on conflict (digest) do update set mailbox_id = excluded.mailbox_id, reference = excluded.reference, side = excluded.side
     where before.side = 'sent' or excluded.side <> 'sent'
     returning xmax = 0 as added`,
    [
      uuidArray(waiting.map(({ digest }) => digest)),
      waiting.map(({ mailboxId }) => String(mailboxNumber(mailboxId))),
      waiting.map(({ reference }) => reference),
      waiting.map(({ messageHash }) => seal(messageHash)),
      waiting.map(({ kind }) => kind),
      waiting.map(({ side }) => side),
      waiting.map(({ receivedAt }) => storableInstant(receivedAt).toISOString()),
      waiting.map(({ expiresAt }) => storableInstant(expiresAt).toISOString()),
      // Postgres has no arrays of arrays of different lengths: each list goes as its text.
      waiting.map(({ cites }) => uuidArray(cites)),
      waiting.map(({ undecided = false }) => String(undecided)),
    ],
  );
  await addFresh(
    tx,
    waiting.flatMap(({ cites }) => cites),
  );
  return rows.filter(({ added }) => added).length;
}

/** One statement must not touch a row twice. Of the copies of a message one that was received stands for all. */
function withoutRepeated(waiting: readonly WaitingMessage[]): WaitingMessage[] {
  const messages = new Map<Digest, WaitingMessage>();
  for (const message of waiting) {
    const before = messages.get(message.digest);
    if (before === undefined || before.side === 'sent') messages.set(message.digest, message);
  }
  return [...messages.values()];
}

/** Returns those that waited until now: another worker may have settled the rest. */
export async function settleWaiting(tx: Sql, settled: readonly Digest[]): Promise<Set<Digest>> {
  if (settled.length === 0) return new Set();
  const rows = await tx.query<{ digest: Digest }>(
    'delete from waiting_message where digest = any($1::uuid[]) returning digest::text',
    [settled],
  );
  return new Set(rows.map(({ digest }) => digest));
}

/** Forgets messages that nothing arrived for in their time, as far as they lie in these pages of the table. */
export function expireWaiting(tx: Sql, at: Date, pages: { first: number; end: number }): Promise<Removed> {
  const [first, end] = [Math.trunc(pages.first), Math.trunc(pages.end)];
  const within = `ctid >= '(${first},0)'::tid and ctid < '(${end},0)'::tid`;
  return removeWaiting(tx, `${within} and expires_at <= $1::timestamptz`, storableInstant(at));
}

/** How many messages stopped waiting: those that were decided about, and those that never could be. */
export interface Removed {
  readonly decided: number;
  readonly undecided: number;
}

/** Forgets the waiting messages that a condition on `$1` names. */
export async function removeWaiting(tx: Sql, condition: string, value: SqlValue): Promise<Removed> {
  const rows = await tx.query<Removed>(
    `with gone as (delete from waiting_message where ${condition} returning undecided)
     select count(*) filter (where not undecided)::integer as decided,
       count(*) filter (where undecided)::integer as undecided from gone`,
    [value],
  );
  return rows[0]!;
}

/**
 * The join of what waiting messages cite and what is known, oldest message first.
 *
 * A page that sees no known id and a registration that sees no waiting message can both commit; neither notices the
 * other. So each writes its ids to `fresh_digests` as well, and the join starts from there: of two transactions one
 * leaves the list of running ones last, and whoever sees its fresh ids sees the rows of both. The statement that has
 * seen that a fresh id joins nothing forgets it; what joins stays until the message is settled. All of it is one
 * statement, and so one view of the database. The cost follows what is new, not what is stored.
 */
export async function readResolved(
  database: Database,
  limit: number,
  except: readonly string[],
  seal: HashSeal,
): Promise<ResolvedMessage[]> {
  const rows = await database.transaction(async (tx) => {
    // The planner takes a short table for cheap to read, and compares each of its rows with every id.
    await tx.execute('set local enable_seqscan = off');
    return tx.query<Row>(JOIN, [limit, except]);
  });
  return rows.map((row) => resolvedOf(row, seal));
}

/**
 * SQL: until when the messages were received that a digest can settle, null for none. An id that leads to a tracked mail
 * settles whatever cites it, and the address of a person in a sequence whatever went there; that of a person who was
 * halted, what was sent before that.
 */
function knownUntil(digest: string): string {
  return `coalesce((select 'infinity'::timestamptz from known_id k where k.digest = ${digest} limit 1),
    (select max(${SENT_UNTIL}) from enrolment where address_digest = ${digest} and ${MAY_HAVE_BEEN_SENT_TO}))`;
}

const COLUMNS = `w.mailbox_id::text, w.reference, w.digest::text, w.message_hash, w.kind, w.side, w.received_at,
  w.cites::text[] as cites`;

const JOIN = `
  with taken as (delete from fresh_digests returning digests),
    known as (
      select digest, ${knownUntil('f.digest')} as until
      from (select distinct digest from taken cross join unnest(digests) as digest) f
    ),
    met as (
      select w.*, k.digest as met from (select array_agg(digest) as digests from known where until is not null) reached
        cross join lateral (select * from waiting_message where cites && reached.digests offset 0) w
        cross join unnest(w.cites) as cited join known k on k.digest = cited and k.until > w.received_at
    ),
    joined as (select distinct on (received_at, digest) * from met),
    kept as (${insertFresh('select met as digest from met')})
  select ${COLUMNS} from joined w where w.mailbox_id::text <> all ($2::text[])
  order by w.received_at, w.digest limit $1`;

export async function waitingByDigest(sql: Sql, digest: Digest, seal: HashSeal): Promise<ResolvedMessage | undefined> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from waiting_message w where w.digest = $1::uuid`, [digest]);
  return rows.map((row) => resolvedOf(row, seal))[0];
}

/** Waiting messages that cite any of these ids. */
export async function waitingFor(sql: Sql, digests: readonly Digest[], seal: HashSeal): Promise<ResolvedMessage[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from waiting_message w
     where w.cites && $1::uuid[] order by w.received_at, w.digest`,
    [uuidArray(digests)],
  );
  return rows.map((row) => resolvedOf(row, seal));
}

function resolvedOf(row: Row, { open }: HashSeal): ResolvedMessage {
  return {
    mailboxId: row.mailbox_id,
    reference: row.reference,
    digest: row.digest,
    messageHash: open(row.message_hash),
    kind: row.kind,
    side: row.side,
    receivedAt: row.received_at,
    cites: row.cites,
  };
}
