import { Buffer } from 'node:buffer';

import type { HeaderBlock } from '../../mail/header-field.ts';
import { parseReadFields } from '../../mail/header-block.ts';
import type { MailboxMessage } from '../mailbox.ts';
import type { GmailMessage } from './gmail-answer.ts';

/** Labels of what is not mail: a draft gets another id when it is sent, and a chat has no header fields. */
const NOT_MAIL = ['DRAFT', 'CHAT'];

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
    ...{ reference: id, folder, receivedAt: new Date(internalDate), fields: headerBlock(fields) },
    ...(threadId !== undefined && { thread: threadId, startsThread: threadId === id }),
  };
}

/** Sent first, then in the order of receipt: what was sent has to be known before its answers are read. */
export function inOrderOfCommit(messages: readonly MailboxMessage[]): MailboxMessage[] {
  const rank = ({ folder }: MailboxMessage): number => (folder === 'sent' ? 0 : 1);
  return messages.toSorted((a, b) => rank(a) - rank(b) || a.receivedAt.getTime() - b.receivedAt.getTime());
}

/**
 * The fields asked for, written out and parsed like the header of any other provider, so that the same caps hold. A
 * line break inside a value that is no fold would begin another field: it becomes a space.
 */
function headerBlock(fields: HeaderBlock): HeaderBlock {
  const text = fields.map(([name, value]) => `${name}: ${value.replace(/\r?\n(?![ \t])|\r(?!\n)/g, ' ')}\r\n`).join('');
  return parseReadFields(Buffer.from(text));
}
