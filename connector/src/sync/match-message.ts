import { authorOf } from '../mail/author.ts';
import { failedRecipient } from '../mail/failed-recipient.ts';
import { ownMessageIds } from '../mail/own-message-ids.ts';
import { matchFailedRecipient } from '../match/match-failed-recipient.ts';
import { matchReply, type ReplyMatch } from '../match/match-reply.ts';
import { matchThread } from '../match/match-thread.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import type { PageFacts } from './decide-page.ts';
import { answeredThread, type ReadMessage } from './read-message.ts';

/** What matching looks at. */
export type MatchFacts = Pick<PageFacts, 'mailboxId' | 'digest' | 'known' | 'mailsToFailed'>;

/**
 * The tracked mails that a message answers, by the best evidence there is: the ids that it names; else the thread in
 * which the provider keeps it; else, of a delivery report that names no message, the recipient that it is about.
 */
export function matchMessage(read: ReadMessage, facts: MatchFacts): ReplyMatch | undefined {
  const { message, cited } = read;
  const found = (id: string) => facts.known.get(facts.digest(id)) ?? [];
  const ownIds = () => ownMessageIds(message.fields);
  const dated = { block: message.fields, receivedAt: message.receivedAt };
  const named = matchReply(cited, found, ownIds, dated);
  if (named !== undefined) return named;
  const thread = answeredThread(read, facts.mailboxId);
  const inThread = thread && matchThread(thread, found(thread.id), { ...dated, ownIds, answering: answering(read) });
  return inThread ?? matchFailed(read, facts.mailsToFailed);
}

function answering({ message, report }: ReadMessage): string {
  return failedRecipient(message.fields, report) ?? authorOf(message.fields)?.address ?? '';
}

function matchFailed({ message, failed }: ReadMessage, mails: readonly TrackedMail[]): ReplyMatch | undefined {
  if (failed === undefined) return undefined;
  const once = [...new Map(mails.map((mail) => [mail.messageId, mail])).values()];
  return matchFailedRecipient({ address: failed, receivedAt: message.receivedAt }, once);
}
