import { headerBlock } from '../connector/sync/header-text.ts';
import { memoryMailbox, type MemoryMailbox } from '../connector/sync/memory-mailbox.ts';

/** The tracked mail that the answers are to. */
export const SENT = 'sent-1@seller.example';

/** A mailbox with the same three answers in whichever process it is made. */
export function mailboxWithAnswers(): MemoryMailbox {
  const mailbox = memoryMailbox();
  for (const number of [1, 2, 3]) {
    mailbox.deliver({ fields: headerBlock({ id: `answer-${number}@buyer.example`, inReplyTo: SENT }) });
  }
  return mailbox;
}
