import { haltsPerson } from '../../../connector/src/match/compose-replies.ts';
import type { Digest, MatchedMessage } from '../../../connector/src/store/store.ts';
import type { Context } from './mailboxes.ts';
import { newItem } from './registrations.ts';
import { storable } from './storable.ts';
import { addFresh, digestsOf } from './waiting-messages.ts';

export interface NewMatches {
  readonly fresh: ReadonlySet<Digest>;
  /** Their reply keys. */
  readonly replies: readonly string[];
  readonly lastReplyAt: Date | undefined;
}

const NO_MATCHES: NewMatches = { fresh: new Set(), replies: [], lastReplyAt: undefined };

/** Stores aliases of all matched messages, replies and latches of those that match for the first time. */
export async function saveMatches(context: Context, given: readonly MatchedMessage[], at: Date): Promise<NewMatches> {
  if (given.length === 0) return NO_MATCHES;
  const matched = storable(given);
  digestsOf(matched.map(({ digest }) => digest));
  await addAliases(context, matched);
  const answers = matched.filter(({ replies }) => replies.length > 0);
  const first = await claimMessages(context, answers, at);
  const claimed = new Set(first);
  const fresh = answers.filter(({ digest }) => claimed.delete(digest));
  const queued = await queueReplies(context, fresh, at);
  await setLatches(context, fresh, new Set(queued));
  const received = fresh.flatMap(({ replies }) => replies.map(({ receivedAt }) => receivedAt.getTime()));
  return {
    fresh: first,
    replies: queued,
    lastReplyAt: received.length === 0 ? undefined : new Date(Math.max(...received)),
  };
}

async function addAliases({ tx, tables, database }: Context, matched: readonly MatchedMessage[]): Promise<void> {
  const aliases = () =>
    matched.flatMap(({ digest, aliasOf }) =>
      aliasOf.flatMap((key) => {
        const mail = tx.get(tables.mails, key)?.number;
        return mail === undefined ? [] : [{ digest, mail, place: `${digest} ${mail}` }];
      }),
    );
  await tx.statement(
    'add aliases',
    () => ({
      shared: aliases().map(({ mail }) => `mail key ${mail}`),
      exclusive: aliases().map(({ place }) => `known ${place}`),
    }),
    () => {
      const added = aliases().filter(({ place }) => tx.get(tables.knownIds, place) === undefined);
      for (const { digest, mail, place } of added) tx.set(tables.knownIds, place, { digest, mail, role: 'alias' });
      addFresh(
        { tx, tables, database },
        added.map(({ digest }) => digest),
      );
    },
  );
}

async function claimMessages(
  { tx, tables }: Context,
  answers: readonly MatchedMessage[],
  at: Date,
): Promise<Set<Digest>> {
  return tx.statement(
    'claim messages',
    () => ({ exclusive: answers.map(({ digest }) => `matched ${digest}`) }),
    () => {
      const claimed = new Set<Digest>();
      for (const { digest, place } of answers) {
        if (tx.get(tables.matched, digest) !== undefined) continue;
        tx.set(tables.matched, digest, { at, place });
        claimed.add(digest);
      }
      return claimed;
    },
  );
}

/** Returns the reply keys that are new to the outbox. */
async function queueReplies(
  { tx, tables, database }: Context,
  answers: readonly MatchedMessage[],
  at: Date,
): Promise<string[]> {
  const replies = answers.flatMap(({ digest, replies: all }) => all.map((reply) => ({ digest, reply })));
  return tx.statement(
    'queue replies',
    () => ({ exclusive: replies.map(({ reply }) => `outbox Task ${reply.replyKey}`) }),
    () => {
      const queued: string[] = [];
      for (const { digest, reply } of replies) {
        const key = reply.replyKey;
        if (tx.get(tables.outbox, `Task ${key}`) !== undefined) continue;
        const { messageKey: mailKey, kind, receivedAt } = reply;
        const counted = { mailKey, answer: digest, kind, byPerson: haltsPerson(reply), receivedAt };
        const item = newItem({ number: database.next('outbox'), type: 'Task', key, createdAt: at });
        tx.set(tables.outbox, `Task ${key}`, { ...item, reply, counted });
        queued.push(key);
      }
      return queued;
    },
  );
}

/** A latch hangs on the reply of its person, else on the message's first, if that is new to the outbox. */
async function setLatches(
  { tx, tables }: Context,
  matched: readonly MatchedMessage[],
  queued: ReadonlySet<string>,
): Promise<void> {
  const latches = matched.flatMap(({ latches: people, replies }) =>
    people.flatMap((person) => {
      const replyKey = (replies.find(({ personId }) => personId === person) ?? replies[0])?.replyKey;
      return replyKey !== undefined && queued.has(replyKey) ? [{ person, replyKey, acknowledged: false }] : [];
    }),
  );
  await tx.statement(
    'set latches',
    () => ({ exclusive: latches.map(({ person, replyKey }) => `latch ${person} ${replyKey}`) }),
    () => {
      for (const latch of latches) {
        const key = `${latch.person} ${latch.replyKey}`;
        if (tx.get(tables.latches, key) === undefined) tx.set(tables.latches, key, latch);
      }
    },
  );
}
