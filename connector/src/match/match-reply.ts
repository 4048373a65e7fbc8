import type { MessageId } from '../mail/message-id.ts';
import type { CitedId } from './cited-ids.ts';
import type { MatchedBy } from './reply.ts';
import type { TrackedMail } from './tracked-mail.ts';

/** A tracked mail that an id leads to, and how: its own id, another id of it, or the id of an answer to it. */
export interface KnownMail {
  readonly role: 'own' | 'rewritten' | 'planted' | 'alias';
  readonly mail: TrackedMail;
}

/** One tracked mail that a message answers, with the evidence: which id, in which field, and what that id is. */
export interface MailMatch {
  readonly mail: TrackedMail;
  readonly citedId: MessageId;
  readonly field: MatchedBy;
  readonly role: KnownMail['role'];
}

/** Every tracked mail that a message answers. */
export interface ReplyMatch {
  /** The mail it answers directly, as far as its header fields tell. */
  readonly nearest: MailMatch;
  /** The other mails of the thread, nearest first. */
  readonly others: readonly MailMatch[];
}

/**
 * The tracked mails that a message answers, nearest first, or undefined when it answers none. Nearness is the order of
 * `cited`; where one id leads to several mails, a mail of which it is itself an id comes before those it answered, and
 * of these the one sent last. `ownIds` keeps a mail from answering itself through an answer to it.
 */
export function matchReply(
  cited: readonly CitedId[],
  known: (id: MessageId) => readonly KnownMail[],
  ownIds: readonly MessageId[] = [],
): ReplyMatch | undefined {
  const matches = new Map<MessageId, MailMatch>();
  for (const { id, field } of cited) {
    const mails = known(id);
    for (const { mail, role } of mails.length > 1 ? mails.toSorted(byNearness) : mails) {
      if (matches.has(mail.messageId) || ownIds.includes(mail.messageId)) continue;
      matches.set(mail.messageId, { mail, citedId: id, field, role });
    }
  }
  const [nearest, ...others] = matches.values();
  return nearest === undefined ? undefined : { nearest, others };
}

function byNearness(a: KnownMail, b: KnownMail): number {
  const aliases = Number(a.role === 'alias') - Number(b.role === 'alias');
  return aliases || b.mail.sentAt.getTime() - a.mail.sentAt.getTime();
}
