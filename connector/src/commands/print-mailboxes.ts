import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { MailboxStatus } from '../facade.ts';
import { durationInWords, instantInColumn, instantInWords } from './in-words.ts';
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
  return messages.getMessage(toldUntil === null ? 'changes.sweep' : 'changes.push');
}

/** Mailboxes whose ends are printed one by one. */
const MOST_ENDS = 20;

/** Prints until when providers tell of changes, and when certificates end. */
export function printExpiries(command: SfCommand<unknown>, mailboxes: readonly MailboxStatus[]): void {
  const lines = mailboxes.flatMap(({ address, toldUntil, credentialEndsAt }) => [
    ...(toldUntil === null ? [] : [messages.getMessage('expiry.told', [address, instantInWords(toldUntil)])]),
    ...(credentialEndsAt === null
      ? []
      : [messages.getMessage('expiry.credential', [address, instantInWords(credentialEndsAt)])]),
  ]);
  for (const line of lines.slice(0, MOST_ENDS)) command.log(line);
  if (lines.length > MOST_ENDS) command.log(messages.getMessage('expiry.more'));
}

/** During the first read, how far it has got. */
function stateInWords({ state, messagesRead, messagesExpected }: MailboxStatus): string {
  const words = messages.getMessage(`state.${state}`);
  if (state !== 'reading' || messagesExpected === null || messagesExpected === 0) return words;
  const percent = Math.min(99, Math.floor((100 * messagesRead) / messagesExpected));
  return messages.getMessage('state.percent', [words, percent]);
}
