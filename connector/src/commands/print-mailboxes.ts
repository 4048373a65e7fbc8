import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { MailboxStatus } from '../facade.ts';
import { durationInWords, instantInColumn } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');

/** What can be shown of a mailbox. */
export type MailboxColumn = 'address' | 'provider' | 'state' | 'lag' | 'lastReply';

/** Prints a table of mailboxes. */
export function printMailboxes(
  command: SfCommand<unknown>,
  mailboxes: readonly MailboxStatus[],
  columns: readonly MailboxColumn[],
): void {
  command.table({
    data: mailboxes.map((mailbox) => ({
      address: mailbox.address,
      provider: messages.getMessage(`provider.${mailbox.provider}`),
      state: stateInWords(mailbox),
      lag: mailbox.lagSeconds === null ? '-' : durationInWords(mailbox.lagSeconds),
      lastReply: mailbox.lastReplyAt === null ? '-' : instantInColumn(mailbox.lastReplyAt),
    })),
    columns: columns.map((key) => ({ key, name: messages.getMessage(`column.${key}`) })),
    overflow: 'wrap',
  });
}

/** During the first read, how far it has got. */
function stateInWords({ state, messagesRead, messagesExpected }: MailboxStatus): string {
  const words = messages.getMessage(`state.${state}`);
  if (state !== 'reading' || messagesExpected === null || messagesExpected === 0) return words;
  const percent = Math.min(99, Math.floor((100 * messagesRead) / messagesExpected));
  return messages.getMessage('state.percent', [words, percent]);
}
