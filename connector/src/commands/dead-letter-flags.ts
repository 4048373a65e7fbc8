import { Flags } from '@salesforce/sf-plugins-core';
import type { DeadLetterSelection } from '../facade.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply.deadletter');

const ONE_OF = ['id', 'reason', 'all'];

/** The flags that choose dead letters; exactly one of them is given. */
export const deadLetterFlags = {
  id: Flags.string({
    summary: messages.getMessage('flags.id.summary'),
    char: 'i',
    multiple: true,
    exactlyOne: ONE_OF,
  }),
  reason: Flags.string({ summary: messages.getMessage('flags.reason.summary'), char: 'r', exactlyOne: ONE_OF }),
  all: Flags.boolean({ summary: messages.getMessage('flags.all.summary'), exactlyOne: ONE_OF }),
};

/** What the flags choose. */
export function selectionOf(flags: {
  readonly id?: string[] | undefined;
  readonly reason?: string | undefined;
}): DeadLetterSelection {
  if (flags.id !== undefined) return { ids: flags.id };
  return flags.reason === undefined ? { all: true } : { code: flags.reason };
}
