import { ActionableError } from '../errors.ts';

/**
 * What the caller has to do:
 * - `retry`: a passing fault; the same call again after `retryAfterMs`, or after a back-off.
 * - `cursor_expired`: the place is gone; read again from a date, deduplication absorbs the overlap.
 * - `reconnect`: the grant is dead (password, consent, licence); hold the mailbox and tell its owner.
 */
export type MailboxErrorCode = 'retry' | 'cursor_expired' | 'reconnect';

/**
 * The error that leaves a mailbox adapter. The message names the host or account and what to do, never a secret. Beside
 * it only an `ActionableError` leaves one, handed on as it is: of a stored credential that does not open, or opens
 * somebody else's mailbox.
 */
export class MailboxError extends Error {
  override readonly name = 'MailboxError';
  readonly code: MailboxErrorCode;
  /** How long the provider asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: MailboxErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether an error is one that may leave an adapter as it is; any other has to be told in words of ours first. */
export function mayLeaveAdapter(error: unknown): error is MailboxError | ActionableError {
  return error instanceof MailboxError || error instanceof ActionableError;
}
