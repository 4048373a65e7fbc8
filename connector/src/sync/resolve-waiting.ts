import { MailboxError } from '../mailbox/mailbox-error.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { matchReply } from '../match/match-reply.ts';
import type { Digest, MatchedMessage, ResolvedMessage } from '../store/store.ts';
import { decidePage } from './decide-page.ts';
import { gatherFacts } from './gather-facts.ts';
import { goneMessage } from './gone-message.ts';
import { newRepliesOf } from './new-replies.ts';
import { readMessages, type ReadMessage } from './read-message.ts';
import { traceOf, type SyncOptions } from './sync-options.ts';

/** Waiting messages that are settled in one transaction. */
const BATCH = 500;

/**
 * Settles waiting messages that have become answerable, until none is left: what one of them leads to may be what
 * another waits for. Messages of a mailbox that cannot be read now go on waiting. Returns the number of new replies.
 */
export async function resolveWaiting(options: SyncOptions): Promise<number> {
  const unreadable: string[] = [];
  const kept = new Set<Digest>();
  let newReplies = 0;
  while (options.signal?.aborted !== true) {
    const resolved = await options.store.resolvedMessages(BATCH, unreadable);
    if (resolved.length === 0) break;
    for (const [mailboxId, messages] of Map.groupBy(resolved, (message) => message.mailboxId)) {
      const settled = await settle(mailboxId, messages, { ...options, kept });
      if (settled === undefined) unreadable.push(mailboxId);
      newReplies += settled ?? 0;
    }
  }
  return newReplies;
}

interface SettleOptions extends SyncOptions {
  /** Messages that were left waiting in this run: the same one is not left twice, so that the run comes to its end. */
  readonly kept: Set<Digest>;
}

/** Returns the number of new replies, or undefined when the mailbox cannot be read now. */
async function settle(
  mailboxId: string,
  resolved: readonly ResolvedMessage[],
  options: SettleOptions,
): Promise<number | undefined> {
  const { store, mailboxOf, ownSide, now, kept } = options;
  const mailbox = mailboxOf(mailboxId);
  const row = await store.mailbox(mailboxId);
  const messages = mailbox && (await readAgain(mailbox, resolved, options));
  if (messages === undefined || row === undefined) return undefined;
  const at = now();
  const facts = await gatherFacts(messages, row, { ...options, store, ownSide, at });
  const { registrations, matched, waiting } = decidePage(messages, facts);
  const answers = new Set(matched.map(({ digest }) => digest));
  // A mail of ours whose thread has become known goes on waiting for the enrolment of its recipient.
  const staying = waiting.filter(({ digest }) => answers.has(digest) && !kept.has(digest));
  for (const { digest } of staying) kept.add(digest);
  const gone = resolved.filter(({ digest }) => !answers.has(digest));
  const answering = [...matched, ...(await answersOfGone(gone, options))];
  const outcome = await store.commitPage({
    mailboxId,
    ...{ seen: 0, notReplies: 0, excluded: 0 },
    registrations,
    matched: answering,
    waiting: staying,
    settled: resolved.map(({ digest }) => digest),
    at,
    ...traceOf(options),
  });
  if (!outcome.committed) return 0;
  options.onReplies?.(newRepliesOf(answering, outcome));
  return outcome.newReplies;
}

/** Undefined when the mailbox cannot be read now: its messages must not be taken for gone. */
async function readAgain(
  mailbox: Mailbox,
  resolved: readonly ResolvedMessage[],
  { store }: SyncOptions,
): Promise<ReadMessage[] | undefined> {
  const wanted = new Set(resolved.map(({ digest }) => digest));
  try {
    const messages = await readMessages(await mailbox.read(resolved.map(({ reference }) => reference)), mailbox);
    return messages.filter(({ messageId }) => wanted.has(store.digest(messageId)));
  } catch (error) {
    if (error instanceof MailboxError) return undefined;
    throw error;
  }
}

/** Matches by the kept digests what could not be read again, or not as completely as the first time. */
async function answersOfGone(gone: readonly ResolvedMessage[], { store }: SyncOptions): Promise<MatchedMessage[]> {
  const known = await store.knownIds(gone.flatMap(({ cites }) => cites));
  return gone.flatMap((message) => {
    const match = matchReply(
      message.cites.map((id) => ({ id, field: 'References' })),
      (cite) => (known.get(cite) ?? []).filter(({ mail }) => store.digest(mail.messageId) !== message.digest),
      () => [],
      { block: [], receivedAt: message.receivedAt },
    );
    return match === undefined ? [] : [goneMessage(message, match)];
  });
}
