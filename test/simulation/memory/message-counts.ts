import type { Digest, PageCommit } from '../../../connector/src/store/store.ts';
import { rows, sumOf, type Context } from './mailboxes.ts';
import type { NewMatches } from './matched-messages.ts';
import type { Transaction } from './memory-database.ts';
import { NOTHING, type Tables, type Tally } from './rows.ts';

/** Adds to what is counted apart from the mailboxes; the row has to be locked. */
export function addCounts(
  tx: Transaction,
  tables: Tables,
  { dead, ...added }: Tally & { readonly dead: number },
): void {
  const before = tx.get(tables.counts, '') ?? { ...NOTHING, dead: 0 };
  tx.set(tables.counts, '', { ...sumOf(before, added), dead: before.dead + dead });
}

export interface Findings {
  readonly matches: NewMatches;
  readonly waitingAdded: number;
  readonly removed: ReadonlySet<Digest>;
}

/** Counts each message of a commit once, under what became of it; what was read with a cursor is counted with that. */
export async function countMessages({ tx, tables }: Context, page: PageCommit, findings: Findings): Promise<void> {
  const tally = tallyOf(page, findings);
  if (Object.values(tally).every((change) => change === 0)) return;
  const { mailboxId } = page;
  await tx.statement('count messages', rows(`mailbox ${mailboxId}`, 'message count'), () => {
    const row = tx.get(tables.mailboxes, mailboxId);
    if (row === undefined) return addCounts(tx, tables, { ...tally, dead: 0 });
    const { lastReplyAt = row.lastReplyAt } = findings.matches;
    const later = row.lastReplyAt !== undefined && lastReplyAt !== undefined && row.lastReplyAt > lastReplyAt;
    tx.set(tables.mailboxes, mailboxId, {
      ...row,
      tally: sumOf(row.tally, tally),
      lastReplyAt: later ? row.lastReplyAt : lastReplyAt,
    });
  });
}

function tallyOf(page: PageCommit, { matches, waitingAdded, removed }: Findings): Tally {
  const answers = page.matched.filter(({ replies }) => replies.length > 0).map(({ digest }) => digest);
  const answered = [...removed].filter((digest) => answers.includes(digest));
  const vain = removed.size - answered.length;
  const matched = matches.fresh.size;
  if (page.seen === 0) {
    const known = answered.filter((digest) => !matches.fresh.has(digest)).length;
    // Whoever settled it before, or let its time pass, counted it as no reply.
    const taken = [...matches.fresh].filter((digest) => !removed.has(digest)).length;
    // What was settled and waits again is no reply yet.
    return { ...NOTHING, matched, repeated: known, notReply: vain - taken - waitingAdded };
  }
  const knownBefore = answers.length - matched + (page.waiting.length - waitingAdded);
  const tally = { ...NOTHING, matched, repeated: knownBefore + answered.length, notReply: vain };
  if (page.cursor !== undefined) return tally;
  return { ...tally, seen: page.seen, notReply: vain + page.notReplies, excluded: page.excluded };
}
