import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { MailboxStatus } from '../facade.ts';
import { countInWords, durationInWords, instantInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');

/** Prints a table of mailboxes: the state of each, how far behind it is and when an answer came last. */
export function printMailboxes(command: SfCommand<unknown>, mailboxes: readonly MailboxStatus[]): void {
  command.table({
    data: mailboxes.map((mailbox) => ({
      address: mailbox.address,
      provider: messages.getMessage(`provider.${mailbox.provider}`),
      state: messages.getMessage(`state.${mailbox.state}`),
      read: readInWords(mailbox),
      lag: mailbox.lagSeconds === null ? '-' : durationInWords(mailbox.lagSeconds),
      lastReply: mailbox.lastReplyAt === null ? '-' : instantInWords(mailbox.lastReplyAt),
    })),
    columns: (['address', 'provider', 'state', 'read', 'lag', 'lastReply'] as const).map((key) => ({
      key,
      name: messages.getMessage(`column.${key}`),
    })),
    overflow: 'wrap',
  });
}

/** During the first read, how far it has got. */
function readInWords({ state, messagesRead, messagesExpected }: MailboxStatus): string {
  const read = countInWords(messagesRead);
  if (state !== 'reading' || messagesExpected === null || messagesExpected === 0) return read;
  const percent = Math.min(99, Math.floor((100 * messagesRead) / messagesExpected));
  return messages.getMessage('readOf', [read, countInWords(messagesExpected), percent]);
}
