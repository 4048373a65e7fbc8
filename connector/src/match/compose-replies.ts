import { authorOf } from '../mail/author.ts';
import type { DeliveryReport } from '../mail/delivery-report.ts';
import { decodeText } from '../mail/encoded-word.ts';
import { failedRecipient } from '../mail/failed-recipient.ts';
import { fieldValue, type HeaderBlock } from '../mail/header-field.ts';
import type { Kind } from '../mail/kind.ts';
import { messageKey } from '../mail/message-id.ts';
import { derivedMessageId, messageHash, messageIdOf } from '../mail/own-message-ids.ts';
import { resumeDate } from '../mail/resume-date.ts';
import type { ReplyMatch } from './match-reply.ts';
import { peopleAnswered, type KnownPerson } from './people-answered.ts';
import { identifyReplier, type OwnSide } from './replier.ts';
import { replyKey, threadRoot } from './reply-key.ts';
import type { Reply } from './reply.ts';
import type { TrackedMail } from './tracked-mail.ts';

/** Kinds that a mail server wrote about a recipient, so that the sender says nothing about who answered. */
export const DELIVERY_KINDS: readonly Kind[] = ['bounce', 'delay', 'delivery_ok'];

/** A message that answers tracked mail, and what has been found out about it. */
export interface AnsweringMessage {
  readonly block: HeaderBlock;
  readonly match: ReplyMatch;
  readonly kind: Kind;
  /** When the mailbox received it. */
  readonly receivedAt: Date;
  readonly ownSide: OwnSide;
  readonly report?: DeliveryReport;
}

/**
 * The replies that a message is: one for each person it counts for, or a single one without person when it counts for
 * nobody who is known. All of them answer the nearest tracked mail.
 */
export function composeReplies(message: AnsweringMessage): [Reply, ...Reply[]] {
  const { block, kind, receivedAt, match } = message;
  const { mail, field, confidence } = match.nearest;
  const answering = answeringAddress(message);
  const resumeAt = resumeAtOf(message);
  const reply: Omit<Reply, 'replyKey'> = {
    kind,
    from: authorOf(block)?.address ?? '',
    subject: decodeText(fieldValue(block, 'Subject') ?? ''),
    receivedAt,
    matchedBy: field,
    confidence,
    replier: identifyReplier(answering, mail, message.ownSide),
    messageKey: messageKey(mail.messageId),
    ownerId: mail.ownerId,
    ...(resumeAt && { resumeAt }),
  };
  const hash = messageHash(messageIdOf(block) ?? derivedMessageId(block));
  return replyForEach(peopleAnswered(answering, kind, mail), reply, {
    hash,
    root: threadRoot(block, reply.messageKey),
  });
}

/** Programs repeat the subject of the mail, in which a date is no absence: where that is unknown nothing is read. */
function resumeAtOf({ block, kind, receivedAt, match }: AnsweringMessage): Date | undefined {
  const { subject } = match.nearest.mail;
  if (kind !== 'auto_reply' || subject === undefined) return undefined;
  return resumeDate(fieldValue(block, 'Subject') ?? '', receivedAt, subject);
}

/** The reply once for each person, or once without a person under the root of its thread when there is nobody. */
export function replyForEach(
  people: readonly KnownPerson[],
  reply: Omit<Reply, 'replyKey'>,
  { hash, root }: { readonly hash: string; readonly root: string },
): [Reply, ...Reply[]] {
  const [first, ...others] = people.map(({ personId, campaignStatusId }) => ({
    ...reply,
    replyKey: replyKey(hash, personId),
    personId,
    ...(campaignStatusId !== undefined && { campaignStatusId }),
  }));
  return first ? [first, ...others] : [{ ...reply, replyKey: replyKey(hash, root) }];
}

/** The people whose sequences these replies halt at once, by Salesforce id. */
export function peopleHalted(replies: readonly Reply[]): string[] {
  return replies.filter(haltsPerson).flatMap(({ personId }) => personId ?? []);
}

/** True when the reply halts the sequences of its person at once: a person answered, and it was nobody of our side. */
export function haltsPerson(reply: Reply): boolean {
  return (reply.kind === 'human' || reply.kind === 'forward') && reply.replier !== 'Internal';
}

/** The author of an answer; for a delivery report the recipient it is about, or the only one it can be about. */
function answeringAddress({ block, kind, match, report }: AnsweringMessage): string {
  if (!DELIVERY_KINDS.includes(kind)) return authorOf(block)?.address ?? '';
  return failedRecipient(block, report) ?? onlyRecipient(match.nearest.mail);
}

function onlyRecipient(mail: TrackedMail): string {
  return mail.recipients.length === 1 ? mail.recipients[0]!.address : '';
}
