import type { Sql } from './database.ts';
import { mailboxNumber } from './mailbox-number.ts';
import type { NewMatches } from './matched-messages.ts';
import { storableInstant } from './storable.ts';
import type { Digest, PageCommit } from './store.ts';
import type { Removed } from './waiting-messages.ts';

/** What the statements of a commit found of the messages that it names. */
export interface CommitFindings {
  readonly matches: NewMatches;
  /** How many of the page's waiting messages were not waiting before. */
  readonly waitingAdded: number;
  /** The messages that stopped waiting. */
  readonly removed: ReadonlySet<Digest>;
}

interface Changes {
  readonly seen: number;
  readonly matched: number;
  readonly repeated: number;
  readonly notReply: number;
  readonly excluded: number;
}

/**
 * Counts what became of the messages of a commit; what the cursor's move counts already is left out. At the mailbox, or
 * apart from all when it has been disconnected meanwhile.
 */
export async function countMessages(tx: Sql, page: PageCommit, findings: CommitFindings): Promise<void> {
  const changes = changesOf(page, findings);
  const { seen, matched, repeated, notReply, excluded } = changes;
  if (Object.values(changes).every((change) => change === 0)) return;
  const { lastReplyAt } = findings.matches;
  await tx.query(
    `with counted as (
       update mailbox set seen_count = seen_count + $2, matched_count = matched_count + $3,
         repeated_count = repeated_count + $4, not_reply_count = not_reply_count + $5,
         excluded_count = excluded_count + $6, last_reply_at = greatest(last_reply_at, $7::timestamptz)
       where id = $1 returning id
     )
     update message_count set seen_count = seen_count + $2, matched_count = matched_count + $3,
       repeated_count = repeated_count + $4, not_reply_count = not_reply_count + $5,
       excluded_count = excluded_count + $6 where not exists (select 1 from counted)`,
    [
      ...[mailboxNumber(page.mailboxId), seen, matched, repeated, notReply, excluded],
      lastReplyAt === undefined ? null : storableInstant(lastReplyAt),
    ],
  );
}

/** What the move of a cursor has counted already is left out. */
function changesOf(page: PageCommit, findings: CommitFindings): Changes {
  const { seen, notReplies, excluded } = page.cursor === undefined ? page : { seen: 0, notReplies: 0, excluded: 0 };
  const { matched, repeated, notReply } = page.seen > 0 ? ofReadings(page, findings) : ofWaiting(page, findings);
  return { seen, matched, repeated, notReply: notReply + notReplies, excluded };
}

type Decided = Pick<Changes, 'matched' | 'repeated' | 'notReply'>;

/** Each of the messages is a reading of its own; one that waited until now was another. */
function ofReadings(page: PageCommit, { matches: { fresh }, waitingAdded, removed }: CommitFindings): Decided {
  const answers = answersOf(page);
  const settled = answeredAmong(removed, answers);
  const known = answers.length - fresh.size + page.waiting.length - waitingAdded;
  return { matched: fresh.size, repeated: known + settled.length, notReply: removed.size - settled.length };
}

/**
 * They were counted when they were read. Who finds one gone from the waiting, finds it counted as no reply. One that goes
 * on waiting, for something else, was removed and added.
 */
function ofWaiting(page: PageCommit, { matches: { fresh }, waitingAdded, removed }: CommitFindings): Decided {
  const settled = answeredAmong(removed, answersOf(page));
  const taken = [...fresh].filter((digest) => !removed.has(digest)).length;
  const repeated = settled.filter((digest) => !fresh.has(digest)).length;
  return { matched: fresh.size, repeated, notReply: removed.size - settled.length - taken - waitingAdded };
}

function answersOf({ matched }: PageCommit): Digest[] {
  return matched.filter(({ replies }) => replies.length > 0).map(({ digest }) => digest);
}

function answeredAmong(removed: ReadonlySet<Digest>, answers: readonly Digest[]): Digest[] {
  const answering = new Set(answers);
  return [...removed].filter((digest) => answering.has(digest));
}

/** Counts messages that stopped waiting without an answer, and have no mailbox to be counted at. */
export async function countRemoved(tx: Sql, { decided, undecided }: Removed): Promise<void> {
  if (decided + undecided === 0) return;
  await tx.query('update message_count set not_reply_count = not_reply_count + $1, dead_count = dead_count + $2', [
    decided,
    undecided,
  ]);
}
