import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { MailboxStatus } from '../facade.ts';
import { durationInWords, instantInColumn } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');

/** What can be shown of a mailbox. */
export type MailboxColumn = 'address' | 'provider' | 'state' | 'changes' | 'lag' | 'lastReply';

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
      changes: changesInWords(mailbox),
      lag: mailbox.lagSeconds === null ? '-' : durationInWords(mailbox.lagSeconds),
      lastReply: mailbox.lastReplyAt === null ? '-' : instantInColumn(mailbox.lastReplyAt),
    })),
    columns: columns.map((key) => ({ key, name: messages.getMessage(`column.${key}`) })),
    overflow: 'wrap',
  });
}

/** How it is noticed that something has come. */
function changesInWords({ provider, toldUntil }: MailboxStatus): string {
  if (provider === 'imap' || provider === 'ews') return messages.getMessage('changes.connection');
  return toldUntil === null
    ? messages.getMessage('changes.sweep')
    : messages.getMessage('changes.push', [instantInColumn(toldUntil).slice(0, 10)]);
}

/** During the first read, how far it has got. */
function stateInWords({ state, messagesRead, messagesExpected }: MailboxStatus): string {
  const words = messages.getMessage(`state.${state}`);
  if (state !== 'reading' || messagesExpected === null || messagesExpected === 0) return words;
  const percent = Math.min(99, Math.floor((100 * messagesRead) / messagesExpected));
  return messages.getMessage('state.percent', [words, percent]);
}
