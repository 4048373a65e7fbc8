import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { FoundReply } from '../facade.ts';
import { instantInColumn } from './in-words.ts';
import { loadMessages } from './load-messages.ts';
import { printable } from './printable.ts';

const messages = loadMessages('reply');

/** Prints a table of replies: when, what, from whom, about what. */
export function printReplies(command: SfCommand<unknown>, replies: readonly FoundReply[]): void {
  command.table({
    data: replies.map(({ receivedAt, kind, from, subject, halts }) => ({
      receivedAt: instantInColumn(receivedAt),
      kind,
      from: printable(from, 60),
      subject: printable(subject, 80),
      halts: messages.getMessage(halts ? 'yes' : 'no'),
    })),
    columns: (['receivedAt', 'kind', 'from', 'subject', 'halts'] as const).map((key) => ({
      key,
      name: messages.getMessage(`column.${key}`),
    })),
    overflow: 'wrap',
  });
}
