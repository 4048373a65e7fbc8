import { retryAfterMs } from '../../http/retry-after.ts';
import { MailboxError, type MailboxErrorCode } from '../mailbox-error.ts';

/** The least permission that lets the adapter work: `.All` as an application's, without it as a user's. */
export const GRAPH_PERMISSION = 'Mail.ReadBasic';

/** An answer that is not 2xx, as far as it decides. */
export interface GraphFailure {
  readonly status: number;
  /** Graph's own code in lower case, since its case varies; empty for an answer that is not Graph's JSON. */
  readonly code: string;
  /** Graph's own sentence; empty when there is none. */
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

const SENTENCE_LENGTH = 200;

export function readFailure(
  status: number,
  headers: { get(name: string): string | null },
  body: unknown,
  now: Date,
): GraphFailure {
  const error = member(body, 'error');
  return {
    status,
    code: text(member(error, 'code')).toLowerCase(),
    message: text(member(error, 'message'))
      .slice(0, SENTENCE_LENGTH)
      .replace(/[^\x20-\x7e]/g, ' '),
    retryAfterMs: retryAfterMs(headers, now),
  };
}

const GONE = ['erroritemnotfound', 'errorfoldernotfound', 'errorinvalidfolderid', 'resourcenotfound'];

/** Whether Graph itself says that a message, folder or subscription does not exist; a proxy's 404 says nothing about the mailbox. */
export function isGone({ status, code }: GraphFailure): boolean {
  return status === 404 && GONE.includes(code);
}

/**
 * Whether a limit is that of this mailbox alone, by the words of Exchange; any other concerns the tenant ("Microsoft
 * Graph service-specific throttling limits").
 */
export function isLimitOfMailbox({ status, message }: GraphFailure): boolean {
  return status === 429 && message.includes('Mailbox');
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Which call failed: `place` says that it named a place to go on from, by a state token. */
export interface FailedCall {
  readonly address: string;
  readonly place: boolean;
  /** Where an admin consents to the permission; named when it is missing. */
  readonly consentUrl?: string | undefined;
}

const NO_MAILBOX = ['mailboxnotenabledforrestapi', 'mailboxnotsupportedforrestapi'];
const NO_USER = ['errorinvaliduser', 'request_resourcenotfound', 'errornonexistentmailbox'];

/**
 * What a failed call means for the caller ("Microsoft Graph error responses and resource types"). A refusal that has to
 * do with time is retried, and so is every code that nobody has seen; one that has to do with the grant holds the
 * mailbox; a state token that is out of date (410, or 400 for one that is not understood) ends the place.
 */
export function mailboxErrorOf(failure: GraphFailure, call: FailedCall): MailboxError {
  const { status, code } = failure;
  if (status === 401) return error('reconnect', call, failure, 'refuses the access token. Connect the mailbox again.');
  if (status === 403 && code !== '') {
    const what =
      `may not be read: the permission ${GRAPH_PERMISSION} is not granted, or not for this mailbox (Exchange RBAC for ` +
      `Applications). ${askAdmin(call)}, then connect the mailbox again.`;
    return error('reconnect', call, failure, what);
  }
  if (status === 404 && NO_USER.includes(code)) {
    return error(
      'reconnect',
      call,
      failure,
      'is no user of the tenant. Check address and tenant, then connect it again.',
    );
  }
  if (status === 404 && NO_MAILBOX.includes(code)) {
    const what =
      'has no mailbox in Exchange Online: it is on a server of your own, without a licence, or deleted. Connect it to ' +
      'where it is.';
    return error('reconnect', call, failure, what);
  }
  if (status === 410 || (call.place && status === 400 && code !== '')) {
    return error('cursor_expired', call, failure, 'no longer knows the place reached. Read it again from a date.');
  }
  if (code === 'validationerror') return error('retry', call, failure, UNREACHED);
  if (status === 429) return error('retry', call, failure, 'is over its rate limit.');
  return error('retry', call, failure, `cannot be read now (HTTP ${status}).`);
}

const UNREACHED =
  'is swept, and nobody tells of its changes: Microsoft did not reach the address of the notifications, or got another ' +
  'answer than ours. Check REPLY_TRACKING_NOTIFICATION_URL and the proxy in front of it.';

function askAdmin({ consentUrl }: FailedCall): string {
  return consentUrl === undefined
    ? 'Ask the Microsoft 365 admin'
    : `Ask the Microsoft 365 admin to consent at ${consentUrl}`;
}

function error(code: MailboxErrorCode, { address }: FailedCall, failure: GraphFailure, what: string): MailboxError {
  const said = failure.message === '' ? '' : ` Microsoft Graph said: ${failure.message}`;
  const { retryAfterMs } = failure;
  return new MailboxError(code, `${address} ${what}${said}`, retryAfterMs === undefined ? {} : { retryAfterMs });
}
