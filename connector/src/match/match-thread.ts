import type { MessageId } from '../mail/message-id.ts';
import type { CitedId } from './cited-ids.ts';
import type { KnownMail } from './known-mail.ts';
import { matchReply, type MatchedMessage, type ReplyMatch } from './match-reply.ts';

/** A message that names no tracked mail, but stands in a thread with some at its provider. */
export interface ThreadMessage extends MatchedMessage {
  /** Who answered, in lower case; for a delivery report the recipient that it is about. */
  readonly answering: string;
  /** The message's own ids: it is no answer to itself. */
  readonly ownIds: () => readonly MessageId[];
}

/**
 * The tracked mail that a message answers by standing in its thread: the last one that went to whoever answers, else the
 * last one of the thread. No others are named: providers gather mail of equal subject, so that the mails of one thread
 * may have gone to different people, whose answers must not be taken for one another's.
 */
export function matchThread(
  thread: CitedId,
  mails: readonly KnownMail[],
  { answering, ownIds, ...message }: ThreadMessage,
): ReplyMatch | undefined {
  const theirs = mails.filter(({ mail }) => mail.recipients.some(({ address }) => address === answering));
  const match =
    matchReply([thread], () => theirs, ownIds, message) ?? matchReply([thread], () => mails, ownIds, message);
  return match && { nearest: match.nearest, others: [] };
}
