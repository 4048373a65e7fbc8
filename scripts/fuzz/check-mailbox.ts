import { MailboxError } from '../../connector/src/mailbox/mailbox-error.ts';
import type { MailboxMessage } from '../../connector/src/mailbox/mailbox.ts';
import { demand } from './demand.ts';
import { isReadName } from './read-name.ts';

const DAY_MS = 86_400_000;
const CODES = ['retry', 'cursor_expired', 'reconnect'];

/** Holds what every adapter promises of a message that it hands out. */
export function checkMailboxMessage({ reference, receivedAt, fields, thread = 'x' }: MailboxMessage): void {
  demand(reference !== '' && reference.length <= 2048 && reference.isWellFormed(), 'a reference is short text');
  demand(!Number.isNaN(receivedAt.getTime()), 'a message was received at an instant');
  demand(thread !== '' && thread.length <= 255, 'the name of a thread is short');
  demand(
    fields.every(([name, value]) => isReadName(name) && value.length <= 100_000),
    'a message shows the fields that are read, cut',
  );
}

/** Holds what every adapter promises of an error that leaves it. */
export function checkMailboxError(error: Error): asserts error is MailboxError {
  if (!(error instanceof MailboxError)) throw error;
  demand(CODES.includes(error.code), 'an error says what to do');
  demand(error.message !== '' && error.message.length <= 1000, 'the words of an error are short');
  demand(!/[\0-\x1f]/.test(error.message), 'the words of an error are one line'); // eslint-disable-line no-control-regex -- what a line cannot hold
  const { retryAfterMs = 0 } = error;
  demand(retryAfterMs >= 0 && retryAfterMs <= DAY_MS, 'nobody makes us wait longer than a day');
}
