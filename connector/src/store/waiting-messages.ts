import type { Database, Sql, SqlValue } from './database.ts';
import { mailboxNumber } from './mailboxes.ts';
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
 */
export async function addWaiting(tx: Sql, waiting: readonly WaitingMessage[]): Promise<void> {
  if (waiting.length === 0) return;
  await tx.query(
    `with message as (
       select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
         $8::timestamptz[], $9::text[])
         as m (digest, mailbox, reference, hash, kind, side, received, expires, cites)
     ), added as (
       insert into waiting_message as before (digest, mailbox_id, reference, message_hash, kind, side, received_at,
         expires_at, cites)
       select distinct on (digest) digest, mailbox, reference, hash, kind, side, received, expires, cites::uuid[]
       from message order by digest, side = 'sent'
       on conflict (digest) do update set mailbox_id = excluded.mailbox_id, reference = excluded.reference, side = excluded.side
       where before.side = 'sent' or excluded.side <> 'sent'
       returning digest, cites
     ), citation as (
       insert into waiting_reference (cited, waiting)
       select distinct cited, digest from added cross join unnest(cites) as cited order by cited
       on conflict do nothing returning cited
     )
     insert into fresh_digest (digest) select distinct cited from citation`,
    [
      waiting.map(({ digest }) => digest),
      waiting.map(({ mailboxId }) => String(mailboxNumber(mailboxId))),
      waiting.map(({ reference }) => reference),
      waiting.map(({ messageHash }) => messageHash),
      waiting.map(({ kind }) => kind),
      waiting.map(({ side }) => side),
      waiting.map(({ receivedAt }) => storableInstant(receivedAt).toISOString()),
      waiting.map(({ expiresAt }) => storableInstant(expiresAt).toISOString()),
      // Postgres has no arrays of arrays of different lengths: each list goes as its text.
      waiting.map(({ cites }) => `{${cites.join(',')}}`),
    ],
  );
}

export async function settleWaiting(tx: Sql, settled: readonly Digest[]): Promise<void> {
  if (settled.length === 0) return;
  await removeWaiting(tx, 'digest = any($1::uuid[])', settled);
}

/** Forgets messages that nothing arrived for in their time. */
export function expireWaiting(tx: Sql, at: Date): Promise<number> {
  return removeWaiting(tx, 'expires_at <= $1::timestamptz', storableInstant(at));
}

/** Forgets the waiting messages that a condition on `$1` names, with what they cite; returns their number. */
export async function removeWaiting(tx: Sql, condition: string, value: SqlValue): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    `with gone as (delete from waiting_message where ${condition} returning digest, cites),
       citation as (select digest, unnest(cites) as cited from gone),
       citations as (delete from waiting_reference r using citation c where r.cited = c.cited and r.waiting = c.digest)
     select count(*)::integer as count from gone`,
    [value],
  );
  return rows[0]?.count ?? 0;
}

/**
 * The join of waiting references and known ids, oldest message first.
 *
 * A page that sees no known id and a registration that sees no waiting message can both commit; neither notices the
 * other. So each writes its ids to `fresh_digest` as well, and the join starts from there: of two transactions one
 * leaves the list of running ones last, and whoever sees its fresh ids sees the rows of both. A fresh id is deleted by
 * the statement that has seen that it joins nothing; what joins stays until the message is settled. The cost follows
 * what is new, not what is stored: `limit` and `offset 0` keep the planner, which knows no statistics of new tables,
 * from reading whole ones.
 */
export async function readResolved(
  database: Database,
  limit: number,
  except: readonly string[],
): Promise<ResolvedMessage[]> {
  const rows = await database.transaction(async (tx) => {
    await tx.query(
      `delete from fresh_digest f where (
         select 1 from waiting_reference r where r.cited = f.digest and ${isKnown('r.cited')} limit 1) is null`,
    );
    return tx.query<Row>(
      `select ${COLUMNS}
       from (select distinct r.waiting from fresh_digest f
               cross join lateral (select waiting from waiting_reference where cited = f.digest offset 0) r
               where ${isKnown('f.digest')}) j
       cross join lateral (select * from waiting_message where digest = j.waiting offset 0) w
       where w.mailbox_id::text <> all ($2::text[])
       order by w.received_at, w.digest limit $1`,
      [limit, except],
    );
  });
  return rows.map(resolvedOf);
}

/** SQL: whether a digest is that of an id that leads to a tracked mail, or of the address of a person in a sequence. */
function isKnown(digest: string): string {
  return `coalesce((select 1 from known_id k where k.digest = ${digest} limit 1),
    (select 1 from enrolment e where e.address_digest = ${digest} and e.status in ('Active', 'Paused') limit 1)
  ) is not null`;
}

const COLUMNS = `w.mailbox_id::text, w.reference, w.digest::text, w.message_hash, w.kind, w.side, w.received_at,
  w.cites::text[] as cites`;

export async function waitingByDigest(sql: Sql, digest: Digest): Promise<ResolvedMessage | undefined> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from waiting_message w where w.digest = $1::uuid`, [digest]);
  return rows.map(resolvedOf)[0];
}

/** Waiting messages that cite any of these ids. */
export async function waitingFor(sql: Sql, digests: readonly Digest[]): Promise<ResolvedMessage[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from waiting_message w
     where w.digest in (select waiting from waiting_reference where cited = any($1::uuid[]))
     order by w.received_at, w.digest`,
    [digests],
  );
  return rows.map(resolvedOf);
}

function resolvedOf(row: Row): ResolvedMessage {
  return {
    mailboxId: row.mailbox_id,
    reference: row.reference,
    digest: row.digest,
    messageHash: row.message_hash,
    kind: row.kind,
    side: row.side,
    receivedAt: row.received_at,
    cites: row.cites,
  };
}
