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
  const { dryRun, replies, mailboxes } = result;
  const found = mailboxes.reduce((sum, { newReplies }) => sum + newReplies, 0);
  if (replies.length > 0) printReplies(command, replies.slice(0, MOST_REPLIES));
  if (found > MOST_REPLIES) command.log(messages.getMessage('more', [countInWords(found - MOST_REPLIES)]));
  command.log(foundInWords(result, found));
  const read = mailboxes.reduce((sum, mailbox) => sum + mailbox.messages, 0);
  command.log(messages.getMessage('read', [countInWords(read), countInWords(mailboxes.length)]));
  printPulled(command, result);
  printDelivery(command, result);
  if (dryRun) command.log(messages.getMessage('dryRun'));
}

function foundInWords({ byKind }: SyncResult, found: number): string {
  const kinds = Object.entries(byKind)
    .sort(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${countInWords(count)} ${kind}`);
  if (kinds.length === 0) return messages.getMessage('foundNone');
  return messages.getMessage('found', [countInWords(found), kinds.join(', ')]);
}

function printPulled(command: SfCommand<unknown>, { pulled: { trackedMails, enrolments, failure } }: SyncResult): void {
  if (failure !== null) return;
  command.log(messages.getMessage('pulled', [trackedMails, enrolments].map(countInWords)));
}

function printDelivery(command: SfCommand<unknown>, { delivery }: SyncResult): void {
  if (delivery === null) return;
  const { delivered, retried, dead } = delivery;
  if (delivered > 0) command.logSuccess(messages.getMessage('delivered', [countInWords(delivered)]));
  if (retried > 0) command.log(messages.getMessage('retried', [countInWords(retried)]));
  if (delivered + retried + dead === 0) command.log(messages.getMessage('nothingToWrite'));
}
