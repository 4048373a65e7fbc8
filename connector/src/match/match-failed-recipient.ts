import type { MailMatch, ReplyMatch } from './match-reply.ts';
import type { TrackedMail } from './tracked-mail.ts';

/** Days for which a mail server tries: RFC 5321 section 4.5.4.1 asks for four to five. A day more for clocks and queues. */
export const WINDOW_DAYS = 6;
const DAY_MS = 86_400_000;
/** What a mail server's clock may be behind the one that stamped the mail. */
const CLOCK_MS = 5 * 60_000;

/** What a delivery report says that names no message. */
export interface FailedDelivery {
  /** As `failedRecipient` gives it. */
  readonly address: string;
  /** When the mailbox received the report. */
  readonly receivedAt: Date;
}

/**
 * The tracked mail that a delivery report is about which names nothing but its recipient: the last one that was sent to
 * this address in the six days before. Sure to a medium degree when it is the only one, else to a low one. Only for a
 * report that names no id at all (`citedIds` is empty): one that names an unknown id is about another mail. The mails
 * may be any; those that went elsewhere or at another time are passed over.
 */
export function matchFailedRecipient(
  { address, receivedAt }: FailedDelivery,
  mails: readonly TrackedMail[],
): ReplyMatch | undefined {
  const failed = address.toLowerCase();
  const candidates = mails
    .filter((mail) => isInWindow(mail.sentAt, receivedAt))
    .filter(({ recipients }) => recipients.some((recipient) => recipient.address === failed))
    .toSorted((a, b) => b.sentAt.getTime() - a.sentAt.getTime());
  const confidence = candidates.length === 1 ? 'medium' : 'low';
  const [nearest] = candidates.map((mail): MailMatch => ({
    mail,
    citedId: failed,
    field: 'Delivery Report',
    role: 'recipient',
    confidence,
  }));
  return nearest === undefined ? undefined : { nearest, others: [] };
}

function isInWindow(sentAt: Date, receivedAt: Date): boolean {
  const age = receivedAt.getTime() - sentAt.getTime();
  return age >= -CLOCK_MS && age <= WINDOW_DAYS * DAY_MS;
}
