import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { SyncResult } from '../facade.ts';
import { countInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';
import { printReplies } from './print-replies.ts';

const messages = loadMessages('reply.sync');
/** More would push the summary off the screen; `--json` holds them. */
const MOST_REPLIES = 50;

/** Prints what a sync found: the replies as a table, then how many of which kind, and what was written. */
export function printSyncResult(command: SfCommand<unknown>, result: SyncResult): void {
  const { dryRun, replies } = result;
  const found = newReplies(result);
  if (replies.length > 0) printReplies(command, replies.slice(0, MOST_REPLIES));
  if (found > MOST_REPLIES) command.log(messages.getMessage('more', [countInWords(found - MOST_REPLIES)]));
  const fields = [...readFields(result, found), ...writtenFields(result)];
  command.styledObject(Object.fromEntries(fields.map(([key, words]) => [messages.getMessage(`field.${key}`), words])));
  if (dryRun) command.log(`\n${messages.getMessage('dryRun')}`);
}

type Field = readonly [key: string, words: string];

function newReplies({ byKind }: SyncResult): number {
  return Object.values(byKind).reduce((sum, count) => sum + count, 0);
}

function readFields({ byKind, mailboxes, pulled }: SyncResult, found: number): Field[] {
  const kinds = Object.entries(byKind)
    .sort(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${countInWords(count)} ${kind}`);
  const read = mailboxes.reduce((sum, mailbox) => sum + mailbox.messages, 0);
  return [
    ['newReplies', kinds.length === 0 ? '0' : `${countInWords(found)} (${kinds.join(', ')})`],
    ['read', messages.getMessage('read', [read, mailboxes.length].map(countInWords))],
    ['pulled', messages.getMessage('pulled', [pulled.trackedMails, pulled.enrolments].map(countInWords))],
  ];
}

function writtenFields({ delivery }: SyncResult): Field[] {
  if (delivery === null) return [];
  const { delivered, retried, dead } = delivery;
  return [
    ['delivered', countInWords(delivered)],
    ...(retried > 0 ? [['retried', messages.getMessage('retried', [countInWords(retried)])] as const] : []),
    ...(dead > 0 ? [['dead', countInWords(dead)] as const] : []),
  ];
}
