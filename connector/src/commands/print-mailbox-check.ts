import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { MailboxCheck, SurveyedFolder } from '../facade.ts';
import { countInWords, instantInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';
import { printable } from './printable.ts';

const messages = loadMessages('reply.mailbox.connect');
/** A mailbox may have thousands of folders, or those of a stranger's making. */
const MOST_FOLDERS = 40;

/** Says whose mailbox it is, what of it will be read and what will not. */
export function printMailboxCheck(command: SfCommand<unknown>, check: MailboxCheck): void {
  const { owner, address, since, folders, messages: total } = check;
  command.log();
  command.log(messages.getMessage('check.owner', [address, ownerInWords(owner)]));
  command.log(messages.getMessage(check.headerRead ? 'check.headerRead' : 'check.nothingToRead'));
  command.log();
  printFolders(command, folders);
  command.log(
    total === null
      ? messages.getMessage('check.uncounted', [instantInWords(since)])
      : messages.getMessage('check.counted', [countInWords(total), instantInWords(since)]),
  );
  printScopes(command, check);
  command.log(messages.getMessage('check.headersOnly'));
  command.log();
}

function printScopes(command: SfCommand<unknown>, { scopes }: MailboxCheck): void {
  if (scopes === null || scopes.granted.length === 0) return;
  command.log(messages.getMessage('check.scopes', [scopes.granted.map((scope) => printable(scope)).join(', ')]));
  if (scopes.wider.length === 0) return;
  const wider = scopes.wider.map((scope) => printable(scope)).join(', ');
  command.warn(messages.createWarning('warning.widerScopes', [wider]));
}

function ownerInWords({ id, name }: MailboxCheck['owner']): string {
  return name === null ? id : `${printable(name)} (${id})`;
}

function printFolders(command: SfCommand<unknown>, folders: readonly SurveyedFolder[]): void {
  if (folders.length === 0) return;
  const fullest = [...folders].sort((one, other) => (other.messages ?? 0) - (one.messages ?? 0));
  command.table({
    data: fullest.slice(0, MOST_FOLDERS).map(({ name, kind, messages: count }) => ({
      name: printable(name, 60),
      kind: messages.getMessage(`folder.${kind}`),
      count: count === null ? '?' : countInWords(count),
    })),
    columns: [
      { key: 'name', name: messages.getMessage('column.folder') },
      { key: 'kind', name: messages.getMessage('column.kind') },
      { key: 'count', name: messages.getMessage('column.messages'), horizontalAlignment: 'right' },
    ],
    overflow: 'wrap',
  });
  if (fullest.length > MOST_FOLDERS) {
    command.log(messages.getMessage('check.moreFolders', [countInWords(fullest.length - MOST_FOLDERS)]));
  }
}
