import { ActionableError } from '../errors.ts';
import { MailboxError } from '../mailbox/mailbox-error.ts';
import { StoreError } from '../store/store-error.ts';

/** Whether an error is one of the mailbox: of its provider, or of its credential that does not open. */
export function isMailboxFault(error: unknown): error is MailboxError | ActionableError {
  return error instanceof MailboxError || (error instanceof ActionableError && !(error instanceof StoreError));
}
