import { parseGivenFields } from '../given-fields.ts';
import type { MailboxMessage } from '../mailbox.ts';
import type { GmailMessage } from './gmail-answer.ts';

/** Labels of what is not mail: a draft gets another id when it is sent, and a chat has no header fields. */
export const NOT_MAIL = ['DRAFT', 'CHAT'];

/** Whether labels are those of a mail that was sent or received. */
export function isMail(labelIds: readonly string[]): boolean {
  return !labelIds.some((label) => NOT_MAIL.includes(label));
}

/**
 * A message as the port shows it. TRASH is `other`, because a person whose answer the rep threw away has answered
 * nevertheless; a mail to oneself, which is sent and received at once, is `sent`. Gmail names a thread by the id of the
 * message that began it.
 */
export function toMailboxMessage({ id, threadId, labelIds, internalDate, fields }: GmailMessage): MailboxMessage {
  const folder = labelIds.includes('SENT') ? 'sent' : labelIds.includes('SPAM') ? 'junk' : 'other';
  return {
    ...{ reference: id, folder, receivedAt: new Date(internalDate), fields: parseGivenFields(fields) },
    ...(threadId !== undefined && { thread: threadId, startsThread: threadId === id }),
  };
}
