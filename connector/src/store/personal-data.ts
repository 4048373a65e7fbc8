import type { Database, Sql } from './database.ts';
import { addressDigestOf, installationKey } from './digest.ts';
import { lockForErasure, personDigests, type AddressDigest } from './erased.ts';
import { uuidArray } from './fresh-digests.ts';
import { storableInstant, storableText } from './storable.ts';

/** Who somebody is in this database: addresses in lower case, ids of Contacts and Leads. */
export interface Person {
  readonly addresses: readonly string[];
  readonly ids: readonly string[];
}

/** A row by its columns; instants are ISO 8601 text. */
export type PersonalRow = Readonly<Record<string, string | null>>;

/** All rows that concern a person, as they are kept, instants as ISO 8601 text. */
export interface PersonalRows {
  readonly person: Person;
  /** When the person was erased; null when that has not happened. */
  readonly erasedAt: string | null;
  readonly enrolments: readonly PersonalRow[];
  readonly mails: readonly PersonalRow[];
  readonly replies: readonly PersonalRow[];
  readonly halts: readonly PersonalRow[];
  /** Messages to, or about, the person that wait for a tracked mail: where they lie in a mailbox. */
  readonly waiting: readonly PersonalRow[];
}

/** How many rows an erasure has removed or emptied. */
export interface ErasedRows {
  readonly person: Person;
  readonly enrolments: number;
  readonly mails: number;
  readonly recipients: number;
  readonly replies: number;
  /** Those of the replies that Salesforce did not have yet. */
  readonly undelivered: number;
  readonly halts: number;
  readonly waiting: number;
}

/** What the database holds of people. Beside the store, for whoever has to answer a person who asks. */
export interface PersonalData {
  /** Everything that is kept of somebody, named by an address or by the 18 characters of a Salesforce id. */
  export(named: string): Promise<PersonalRows>;
  /** Removes it, and keeps hashes by which it will not be written again. */
  erase(named: string, at: Date): Promise<ErasedRows>;
}

export async function openPersonalData(database: Database): Promise<PersonalData> {
  const key = await installationKey(database);
  const digest: AddressDigest = (address) => addressDigestOf(key, address);
  return {
    export: (named) => database.transaction((tx) => exportRows(tx, named, digest)),
    erase: async (named, at) => {
      const erased = await database.transaction((tx) => eraseRows(tx, named, digest, at));
      await forgetSpace(database);
      return erased;
    },
  };
}

/** An address leads to the people who have it, an id to its addresses; both lead no further. */
async function personOf(tx: Sql, named: string): Promise<Person> {
  const name = storableText(named);
  const address = name.includes('@') ? name.toLowerCase() : '';
  const rows = await tx.query<{ address: string; person_id: string | null }>(
    `with row as (
       select address, person_id from tracked_recipient union select address, person_id from enrolment
     ), person as (
       select person_id from row where person_id = $2 or ($1 <> '' and address = $1 and person_id is not null)
     )
     select distinct address, person_id from row where person_id in (select person_id from person)`,
    [address, address === '' ? name : ''],
  );
  const distinct = (all: readonly string[]): string[] => [...new Set(all.filter((one) => one !== ''))].sort();
  return {
    addresses: distinct([address, ...rows.map((row) => row.address)]),
    ids: distinct([address === '' ? name : '', ...rows.flatMap((row) => row.person_id ?? [])]),
  };
}

/** SQL: Tasks of the person `$2`, or written from one of the addresses `$1` and not delivered yet. */
const THEIR_TASKS = `type = 'Task' and (person_id = any($2::text[]) or payload ->> 'from' = any($1::text[]))`;
/** SQL: recipients that are the person. */
const THEIR_RECIPIENTS = 'address = any($1::text[]) or person_id = any($2::text[])';

async function exportRows(tx: Sql, named: string, digest: AddressDigest): Promise<PersonalRows> {
  const person = await personOf(tx, named);
  const values = [person.addresses, person.ids];
  const objects = async (statement: string): Promise<PersonalRow[]> =>
    (await tx.query<{ row: PersonalRow }>(`select to_jsonb(r) as row from (${statement}) r`, values)).map(
      ({ row }) => row,
    );
  const [erased] = await tx.query<{ at: Date | null }>(
    'select min(at) as at from erased_person where digest = any($1::uuid[])',
    [uuidArray(personDigests(person, digest))],
  );
  return {
    person,
    erasedAt: erased?.at?.toISOString() ?? null,
    enrolments: await objects(
      `select campaign_status_id as "campaignStatusId", person_id as "personId", address, owner_id as "ownerId", status,
         halted_at as "haltedAt", enrolled_at as "enrolledAt", undone_reply_key as "undoneReplyKey"
       from enrolment where ${THEIR_RECIPIENTS} order by 1`,
    ),
    mails: await objects(
      `select m.message_id as "messageId", m.subject, m.sent_at as "sentAt", m.owner_id as "ownerId",
         m.sender_address as "senderAddress", m.source, m.tracked_email_id as "trackedEmailId", r.address, r.role,
         r.person_id as "personId", r.campaign_status_id as "campaignStatusId", m.expires_at as "expiresAt"
       from tracked_recipient r join tracked_mail m on m.id = r.mail_id
       where r.address = any($1::text[]) or r.person_id = any($2::text[]) order by m.sent_at, m.id`,
    ),
    replies: await objects(
      `select key as "replyKey", mail_key as "messageKey", kind, received_at as "receivedAt", person_id as "personId",
         state, record_id as "taskId", reason, payload ->> 'from' as "from", payload ->> 'subject' as subject
       from outbox where ${THEIR_TASKS} order by id`,
    ),
    halts: await objects(
      `select person_id as "personId", reply_key as "replyKey", at, acknowledged_at as "acknowledgedAt"
       from halt_latch where $1::text[] is not null and person_id = any($2::text[]) order by at`,
    ),
    waiting: await waitingRows(tx, person, digest),
  };
}

async function waitingRows(tx: Sql, { addresses }: Person, digest: AddressDigest): Promise<PersonalRow[]> {
  const rows = await tx.query<{ row: PersonalRow }>(
    `select to_jsonb(r) as row from (
       select b.provider, b.address as mailbox, w.reference, w.kind, w.received_at as "receivedAt"
       from waiting_message w left join mailbox b on b.id = w.mailbox_id
       where w.cites && $1::uuid[] order by w.received_at) r`,
    [uuidArray(addresses.map(digest))],
  );
  return rows.map(({ row }) => row);
}

async function eraseRows(tx: Sql, named: string, digest: AddressDigest, at: Date): Promise<ErasedRows> {
  await lockForErasure(tx);
  const person = await personOf(tx, named);
  const values = [person.addresses, person.ids];
  const digests = uuidArray(personDigests(person, digest));
  await tx.query(
    `insert into erased_person (digest, at) select d, $2::timestamptz from unnest($1::uuid[]) as d
     on conflict do nothing`,
    [digests, storableInstant(at)],
  );
  const mails = await tx.query<{ mail_id: string }>(
    `delete from tracked_recipient where ${THEIR_RECIPIENTS} returning mail_id::text`,
    values,
  );
  const ids = [...new Set(mails.map(({ mail_id }) => mail_id))];
  const gone = await forgetMails(tx, ids);
  const halts = await count(
    tx,
    'delete from halt_latch where $1::text[] is not null and person_id = any($2::text[])',
    values,
  );
  const replies = await forgetReplies(tx, values, gone);
  return {
    person,
    mails: gone.length,
    recipients: mails.length,
    ...replies,
    enrolments: await count(tx, `delete from enrolment where ${THEIR_RECIPIENTS}`, values),
    halts,
    waiting: await forgetWaiting(tx, uuidArray(person.addresses.map(digest))),
  };
}

/** Mails that went to nobody else are forgotten with every id that leads to them; of the others the subject is. */
async function forgetMails(tx: Sql, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  await tx.query('update tracked_mail set subject = null where id = any($1::bigint[])', [ids]);
  const rows = await tx.query<{ message_key: string }>(
    `delete from tracked_mail m where id = any($1::bigint[])
       and not exists (select 1 from tracked_recipient r where r.mail_id = m.id) returning message_key`,
    [ids],
  );
  return rows.map(({ message_key }) => message_key);
}

/** What is kept of an answer is a keyed hash by which it is known to have been found; where it lies is forgotten. */
async function forgetReplies(
  tx: Sql,
  [addresses = [], ids = []]: readonly (readonly string[])[],
  mails: readonly string[],
): Promise<Pick<ErasedRows, 'replies' | 'undelivered'>> {
  const rows = await tx.query<{ key: string; type: string; state: string; answer: string | null }>(
    `delete from outbox where (${THEIR_TASKS}) or mail_key = any($3::text[])
       or (type = 'TrackedEmail' and key = any($3::text[]))
     returning key, type, state, answer::text`,
    [addresses, ids, mails],
  );
  const tasks = rows.filter(({ type }) => type === 'Task');
  await tx.query('update matched_message set mailbox_id = null, reference = null where digest = any($1::uuid[])', [
    uuidArray(tasks.flatMap(({ answer }) => answer ?? [])),
  ]);
  await tx.query('delete from halt_latch where reply_key = any($1::text[])', [tasks.map(({ key }) => key)]);
  // The platform may have named somebody in what it said of another record.
  await tx.query(
    `update outbox set reason = '(erased)' where reason is not null
       and exists (select 1 from unnest($1::text[]) as a where position(a in lower(reason)) > 0)`,
    [addresses],
  );
  return { replies: tasks.length, undelivered: tasks.filter(({ state }) => state !== 'delivered').length };
}

async function forgetWaiting(tx: Sql, digests: string): Promise<number> {
  const waiting = await count(tx, 'delete from waiting_message where cites && $1::uuid[]', [digests]);
  await tx.query('update message_count set excluded_count = excluded_count + $1', [waiting]);
  return waiting;
}

async function count(tx: Sql, statement: string, values: readonly (string | readonly string[])[]): Promise<number> {
  return (await tx.query(`${statement} returning 1`, values)).length;
}

/** Tables that held what an erasure removed. */
const TABLES = [
  ...['tracked_mail', 'tracked_recipient', 'known_id', 'stale_tally', 'outbox', 'enrolment', 'halt_latch'],
  ...['waiting_message', 'matched_message', 'fresh_digests'],
];

/**
 * Takes removed rows off the disk. PGlite has no other user, so tables are written anew and the log of changes (WAL) is
 * cut to what lies behind the last checkpoint. A server reuses the space of removed rows and keeps its log and its
 * backups as it is told to; there a VACUUM that locks nothing is all that may be done unasked.
 */
async function forgetSpace(database: Database): Promise<void> {
  if (database.engine !== 'pglite') return database.execute(`vacuum ${TABLES.join(', ')}`);
  await database.execute(`vacuum full ${TABLES.join(', ')}`);
  for (const statement of ['set wal_recycle = off', 'checkpoint', 'select pg_switch_wal()', 'checkpoint']) {
    await database.execute(statement);
  }
}
