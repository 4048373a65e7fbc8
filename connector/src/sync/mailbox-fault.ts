import type { ActionableError } from '../errors.ts';
import { mayLeaveAdapter, type MailboxError } from '../mailbox/mailbox-error.ts';
import { StoreError } from '../store/store-error.ts';

/** Whether an error is one of the mailbox: of its provider, or of its credential that does not open. */
export function isMailboxFault(error: unknown): error is MailboxError | ActionableError {
  return mayLeaveAdapter(error) && !(error instanceof StoreError);
}
