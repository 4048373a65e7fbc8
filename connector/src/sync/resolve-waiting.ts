import { MailboxError } from '../mailbox/mailbox-error.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { KnownId, MatchedMessage, ResolvedMessage } from '../store/store.ts';
import { decidePage } from './decide-page.ts';
import { gatherFacts } from './gather-facts.ts';
import { goneMessage } from './gone-message.ts';
import { readMessages } from './read-message.ts';
import type { SyncOptions } from './sync-mailbox.ts';

/** Waiting messages that are settled in one transaction. */
const BATCH = 500;

/**
 * Settles waiting messages that have become answerable, until none is left: what one of them leads to may be what
 * another waits for. Messages of a mailbox that cannot be read now go on waiting. Returns the number of new replies.
 */
export async function resolveWaiting(options: SyncOptions): Promise<number> {
  let newReplies = 0;
  for (let settled = 1; settled > 0;) {
    settled = 0;
    const byMailbox = Map.groupBy(await options.store.resolvedMessages(BATCH), ({ mailboxId }) => mailboxId);
    for (const [mailboxId, resolved] of byMailbox) {
      const outcome = await settle(mailboxId, resolved, options);
      settled += outcome.settled;
      newReplies += outcome.newReplies;
    }
  }
  return newReplies;
}

async function settle(
  mailboxId: string,
  resolved: readonly ResolvedMessage[],
  options: SyncOptions,
): Promise<{ settled: number; newReplies: number }> {
  const { store, mailboxOf, ownSide, now } = options;
  const mailbox = mailboxOf(mailboxId);
  const row = await store.mailbox(mailboxId);
  const messages = mailbox && (await readAgain(mailbox, resolved));
  if (messages === undefined || row === undefined) return { settled: 0, newReplies: 0 };
  const at = now();
  const facts = await gatherFacts(messages, row, { store, ownSide, at });
  const decision = decidePage(messages, facts);
  const present = new Set(messages.map(({ messageId }) => store.digest(messageId)));
  const gone = resolved.filter(({ digest }) => !present.has(digest));
  const outcome = await store.commitPage({
    mailboxId,
    seen: [],
    registrations: decision.registrations,
    matched: [...decision.matched, ...(await answersOfGone(gone, options))],
    waiting: [],
    settled: resolved.map(({ digest }) => digest),
    at,
  });
  return { settled: resolved.length, newReplies: outcome.committed ? outcome.newReplies : 0 };
}

/** Undefined when the mailbox cannot be read now: its messages must not be taken for gone. */
async function readAgain(mailbox: Mailbox, resolved: readonly ResolvedMessage[]) {
  try {
    return await readMessages(await mailbox.read(resolved.map(({ reference }) => reference)), mailbox);
  } catch (error) {
    if (error instanceof MailboxError) return undefined;
    throw error;
  }
}

async function answersOfGone(gone: readonly ResolvedMessage[], { store }: SyncOptions): Promise<MatchedMessage[]> {
  const known = await store.knownIds(gone.flatMap(({ cites }) => cites));
  return gone.flatMap((message) => {
    const found = message.cites.flatMap((cite): readonly KnownId[] => known.get(cite) ?? [])[0];
    return found === undefined ? [] : [goneMessage(message, found.mail)];
  });
}
