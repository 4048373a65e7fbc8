import { haltsPerson } from '../match/compose-replies.ts';
import type { Reply } from '../match/reply.ts';
import { addAliases } from './known-ids.ts';
import type { Sql } from './database.ts';
import { mailboxNumber } from './mailbox-number.ts';
import { storableInstant, storableJson } from './storable.ts';
import type { Digest, MatchedMessage, PageCommit } from './store.ts';

/** Which messages were matched for the first time, and which replies went to the outbox for it. */
export interface NewMatches {
  readonly fresh: ReadonlySet<Digest>;
  /** Their reply keys. */
  readonly replies: readonly string[];
  /** When the newest of the messages that were matched for the first time was received. */
  readonly lastReplyAt: Date | undefined;
}

const NO_MATCHES: NewMatches = { fresh: new Set(), replies: [], lastReplyAt: undefined };

/**
 * Stores what a page's matched messages lead to: aliases of all of them; replies and latches of those that no page of
 * any mailbox has matched before. Our own side's copy in Sent claims nothing: the copy that was received is the answer.
 */
export async function saveMatches(
  tx: Sql,
  matched: readonly MatchedMessage[],
  { at, trace }: Pick<PageCommit, 'at' | 'trace'>,
): Promise<NewMatches> {
  if (matched.length === 0) return NO_MATCHES;
  await addAliases(tx, matched);
  const answers = matched.filter(({ replies }) => replies.length > 0);
  const firstTime = new Set(await claimMessages(tx, answers, at));
  const fresh = answers.filter(({ digest }) => firstTime.delete(digest));
  const queued = new Set(await queueReplies(tx, fresh, { at, trace }));
  await setLatches(tx, fresh, queued, at);
  const received = fresh.flatMap(({ replies }) => replies.map(({ receivedAt }) => receivedAt.getTime()));
  return {
    fresh: new Set(fresh.map(({ digest }) => digest)),
    replies: [...queued],
    lastReplyAt: received.length === 0 ? undefined : new Date(received.reduce((a, b) => Math.max(a, b))),
  };
}

async function claimMessages(tx: Sql, matched: readonly MatchedMessage[], at: Date): Promise<Digest[]> {
  const rows = await tx.query<{ digest: Digest }>(
    `insert into matched_message (digest, at, mailbox_id, reference)
     select distinct on (digest) digest, $2::timestamptz, mailbox, reference
     from jsonb_to_recordset($1::jsonb) as m (digest uuid, mailbox integer, reference text)
     order by digest on conflict do nothing returning digest::text`,
    [storableJson(matched.map(placedRow)), storableInstant(at)],
  );
  return rows.map(({ digest }) => digest);
}

function placedRow({ digest, place }: MatchedMessage): object {
  if (place === undefined) return { digest };
  return { digest, mailbox: mailboxNumber(place.mailboxId), reference: place.reference };
}

/** Returns the reply keys that are new to the outbox. */
async function queueReplies(
  tx: Sql,
  answers: readonly MatchedMessage[],
  { at, trace }: { readonly at: Date; readonly trace: string | undefined },
): Promise<string[]> {
  const replies = answers.flatMap(({ digest, replies: all }) => all.map((reply) => outboxRow(digest, reply)));
  if (replies.length === 0) return [];
  const rows = await tx.query<{ key: string }>(
    `insert into outbox (type, key, payload, mail_key, answer, kind, by_person, received_at, created_at,
       person_id, trace)
     select 'Task', r.payload ->> 'replyKey', r.payload, r.payload ->> 'messageKey', r.answer, r.payload ->> 'kind',
       r.person, r.received, $2::timestamptz, r.payload ->> 'personId', $3
     from rows from (jsonb_to_recordset($1::jsonb) as (payload jsonb, answer uuid, person boolean, received timestamptz))
       with ordinality as r (payload, answer, person, received, position) order by r.position
     on conflict do nothing returning key`,
    [storableJson(replies), storableInstant(at), trace ?? null],
  );
  return rows.map(({ key }) => key);
}

function outboxRow(answer: Digest, reply: Reply): object {
  return { payload: reply, answer, person: haltsPerson(reply), received: storableInstant(reply.receivedAt) };
}

/**
 * A latch hangs on the reply of its person, else on the message's first: the delivery of that reply releases it. One
 * whose reply is not new to the outbox has been released before and is not set again.
 */
async function setLatches(
  tx: Sql,
  matched: readonly MatchedMessage[],
  queued: ReadonlySet<string>,
  at: Date,
): Promise<void> {
  const latches = matched
    .flatMap(({ latches: people, replies }) =>
      people.map((person) => ({
        person,
        reply: (replies.find(({ personId }) => personId === person) ?? replies[0])?.replyKey,
      })),
    )
    .filter(({ reply }) => reply !== undefined && queued.has(reply));
  if (latches.length === 0) return;
  await tx.query(
    `insert into halt_latch (person_id, reply_key, at)
     select person, reply, $2::timestamptz from jsonb_to_recordset($1::jsonb) as l (person text, reply text)
     order by person, reply on conflict do nothing`,
    [storableJson(latches), storableInstant(at)],
  );
}
