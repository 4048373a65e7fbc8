import { ActionableError } from '../errors.ts';
import { MailboxError, type MailboxErrorCode } from '../mailbox/mailbox-error.ts';

const ACTIONS: Readonly<Record<MailboxErrorCode, readonly string[]>> = {
  retry: ['Correct what is named, or try again in a moment if it is a passing fault.'],
  reconnect: ['Check the user name and the credential, and that the provider lets this kind of access in.'],
  cursor_expired: ['Try again.'],
};

/** What a mailbox said, as an error that a person can act on. Anything but a `MailboxError` stays what it is. */
export function mailboxFailure(error: unknown): unknown {
  if (!(error instanceof MailboxError)) return error;
  return new ActionableError(error.message, ACTIONS[error.code], { cause: error });
}
