import { conversationOf } from '../mail/conversation.ts';
import { fieldValue, type HeaderBlock } from '../mail/header-field.ts';
import type { MessageId } from '../mail/message-id.ts';
import type { CitedId } from './cited-ids.ts';
import { confidenceOf, type Confidence } from './confidence.ts';
import type { KnownMail } from './known-mail.ts';
import type { MatchedBy } from './reply.ts';
import type { TrackedMail } from './tracked-mail.ts';

export type { KnownMail } from './known-mail.ts';

/** One tracked mail that a message answers, with the evidence: which id, in which field, and what that id is. */
export interface MailMatch {
  readonly mail: TrackedMail;
  readonly citedId: MessageId;
  readonly field: MatchedBy;
  readonly role: KnownMail['role'] | 'recipient';
  readonly confidence: Confidence;
}

/** Every tracked mail that a message answers. */
export interface ReplyMatch {
  /** The mail it answers directly, as far as its header fields tell. */
  readonly nearest: MailMatch;
  /** The other mails of the thread, nearest first. */
  readonly others: readonly MailMatch[];
}

/** What a message says besides the ids it names: it decides between mails and how sure a match is, never on a match. */
export interface MatchedMessage {
  /** Its Subject and Thread-Index are looked at. */
  readonly block: HeaderBlock;
  /** Without it nothing is matched by the provider's thread, which holds mail from before the tracked one as well. */
  readonly receivedAt?: Date;
}

/**
 * The tracked mails that a message answers, nearest first, or undefined when it answers none. Nearness is the order of
 * `cited`; where one id leads to several mails, a mail of which it is itself an id comes before those it answered, of
 * these one of the same Thread-Index, and then the one sent last. `ownIds` keeps a mail from answering itself through
 * an answer to it; it is asked only for a message that names something known, as few do.
 */
export function matchReply(
  cited: readonly CitedId[],
  known: (id: MessageId) => readonly KnownMail[],
  ownIds: () => readonly MessageId[] = () => [],
  message: MatchedMessage = { block: [] },
): ReplyMatch | undefined {
  const matches = new Map<MessageId, MailMatch>();
  let own: readonly MessageId[] | undefined;
  for (const { id, field } of cited) {
    for (const found of nearestFirst(known(id), message)) {
      const { mail, role } = found;
      own ??= ownIds();
      if (matches.has(mail.messageId) || own.includes(mail.messageId) || isLater(found, message)) continue;
      const confidence = confidenceOf(found, fieldValue(message.block, 'Subject'));
      matches.set(mail.messageId, { mail, citedId: id, field, role, confidence });
    }
  }
  const [nearest, ...others] = matches.values();
  return nearest === undefined ? undefined : { nearest, others };
}

function nearestFirst(mails: readonly KnownMail[], { block }: MatchedMessage): readonly KnownMail[] {
  if (mails.length < 2) return mails;
  const conversation = conversationOf(fieldValue(block, 'Thread-Index') ?? '');
  return mails.toSorted((a, b) => {
    const aliases = Number(a.role === 'alias') - Number(b.role === 'alias');
    const conversations = Number(isOf(conversation, b)) - Number(isOf(conversation, a));
    return aliases || conversations || b.mail.sentAt.getTime() - a.mail.sentAt.getTime();
  });
}

function isOf(conversation: string | undefined, { mail }: KnownMail): boolean {
  return conversation !== undefined && mail.conversation === conversation;
}

/** A thread holds what the tracked mail itself answered; that is no answer to it. */
function isLater({ role, mail }: KnownMail, { receivedAt }: MatchedMessage): boolean {
  return role === 'thread' && (receivedAt === undefined || receivedAt < mail.sentAt);
}
