import type { ActionableError } from '../../errors.ts';
import { HttpError } from '../../http/http-error.ts';
import { mayLeaveAdapter, MailboxError, type MailboxErrorCode } from '../mailbox-error.ts';

/**
 * Why a call did not end with what it asked for:
 * - `status`: the answer has another status than 200 and is no SOAP fault;
 * - `code`: the server says so by a response code ([MS-OXWSCDATA] section 2.2.5.24);
 * - `unreadable`: the answer is not one of EWS (an HTML page, half a document, a document type).
 */
export class EwsFailure extends Error {
  override readonly name = 'EwsFailure';
  readonly kind: 'status' | 'code' | 'unreadable';
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: EwsFailure['kind'],
    message: string,
    details: { readonly status?: number; readonly code?: string; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.kind = kind;
    this.status = details.status;
    this.code = details.code;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Codes after which a folder, or all of them, have to be read again from a date. */
const LOST_PLACE: ReadonlySet<string> = new Set(['ErrorInvalidSyncStateData', 'ErrorSyncFolderNotFound']);

/** Codes that only a person can repair, each with what has to be done. */
const LASTING: ReadonlyMap<string, string> = new Map([
  ['ErrorAccessDenied', 'Give the account full access to the mailbox, or let it impersonate its owner.'],
  [
    'ErrorImpersonateUserDenied',
    'Give the account the role ApplicationImpersonation with a management scope that holds this mailbox.',
  ],
  ['ErrorImpersonationDenied', 'Give the account the role ApplicationImpersonation for this mailbox.'],
  ['ErrorImpersonationFailed', 'See that the account may log on and has the role ApplicationImpersonation.'],
  ['ErrorNonExistentMailbox', 'Check the address; a mailbox that moved to Microsoft 365 is connected with Graph.'],
  ['ErrorMissingEmailAddress', 'The account has no mailbox of its own: connect the mailbox with "--impersonate".'],
  ['ErrorNonPrimarySmtpAddress', 'Connect the mailbox by its primary SMTP address.'],
  ['ErrorAccountDisabled', 'Enable the account, or connect the mailbox with another one.'],
  ['ErrorPasswordExpired', 'Change the password of the account and connect the mailbox again.'],
  ['ErrorPasswordChangeRequired', 'Change the password of the account and connect the mailbox again.'],
  ['ErrorInvalidServerVersion', 'The server is older than Exchange 2010 SP1, which is the oldest that can be read.'],
]);

export function losesPlace(error: unknown): boolean {
  return error instanceof EwsFailure && error.code !== undefined && LOST_PLACE.has(error.code);
}

/** Whether more was sent than the connector holds, so that a smaller question may be answered. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof HttpError && error.code === 'too_large';
}

/** The error that leaves the adapter: of the server, or why the stored credential does not open. Shows no secret. */
export function mailboxError(
  error: unknown,
  { address, url }: { address: string; url: string },
): MailboxError | ActionableError {
  if (mayLeaveAdapter(error)) return error;
  const server = URL.parse(url)?.host ?? 'its server';
  const make = (code: MailboxErrorCode, why: string, retryAfterMs?: number): MailboxError =>
    new MailboxError(code, `${address} cannot be read now from ${server}. ${why}`, {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  if (error instanceof HttpError) return make(error.code === 'host_refused' ? 'reconnect' : 'retry', error.message);
  if (!(error instanceof EwsFailure)) return make('retry', 'The call was broken off.');
  if (losesPlace(error)) {
    return make('cursor_expired', `The server no longer knows the place that was reached (${error.code}).`);
  }
  if (error.kind === 'status') return statusError(error, make);
  const fix = LASTING.get(error.code ?? '');
  if (fix) return make('reconnect', `${error.message} ${fix}`);
  return make('retry', error.message, error.retryAfterMs);
}

type Make = (code: MailboxErrorCode, why: string, retryAfterMs?: number) => MailboxError;

function statusError({ status, message, retryAfterMs }: EwsFailure, make: Make): MailboxError {
  if (status === 401) {
    const fix = 'Check the account and its password, and connect the mailbox again.';
    return make('reconnect', `The server refuses the login. ${fix}`);
  }
  if (status === 403)
    return make('reconnect', 'The server refuses the account: EWS is blocked for it, or for this client.');
  if (status === 404) return make('reconnect', 'There is no EWS at this address; check the URL.');
  if (status !== undefined && status >= 300 && status < 400) {
    return make(
      'reconnect',
      'It redirects elsewhere, which is not followed: connect the mailbox again with the new URL.',
    );
  }
  return make('retry', message, retryAfterMs);
}
