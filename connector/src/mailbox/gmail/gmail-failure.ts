import { retryAfterMs, waitUntil } from '../../http/retry-after.ts';
import { MailboxError, type MailboxErrorCode } from '../mailbox-error.ts';

/** The least scope that lets the adapter work. */
export const GMAIL_SCOPE = 'https://www.googleapis.com/auth/gmail.metadata';

/** An answer that is not 2xx, as far as it decides. */
export interface GmailFailure {
  readonly status: number;
  /** `reason` of every entry in `error.errors` and `error.details`; empty for an answer that is not Google's JSON. */
  readonly reasons: readonly string[];
  /** Google's own sentence; empty when there is none. */
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

const SENTENCE_LENGTH = 200;

/** Reads what the official client throws for an answer that is not 2xx; undefined for everything else it throws. */
export function readFailure(error: unknown, now: Date): GmailFailure | undefined {
  const response = member(error, 'response');
  const status = member(response, 'status');
  const headers = member(response, 'headers');
  if (typeof status !== 'number' || !(headers instanceof Headers)) return undefined;
  const body = member(member(response, 'data'), 'error');
  const message = text(member(body, 'message'));
  const reasons = [...items(body, 'errors'), ...items(body, 'details')].map((item) => text(member(item, 'reason')));
  return {
    status,
    reasons,
    message: message.slice(0, SENTENCE_LENGTH).replace(/[^\x20-\x7e]/g, ' '),
    retryAfterMs: retryAfterMs(headers, now) ?? announcedWait(message, now),
  };
}

/** Whether Google itself says that a thing does not exist; a proxy's 404 says nothing about the mailbox. */
export function isGone({ status, reasons }: GmailFailure): boolean {
  return status === 404 && reasons.includes('notFound');
}

/** Gmail's own limit says in its sentence when to come back: `User-rate limit exceeded.  Retry after 2026-...Z`. */
function announcedWait(message: string, now: Date): number | undefined {
  const mark = 'Retry after ';
  const place = message.indexOf(mark);
  return place === -1 ? undefined : waitUntil(message.slice(place + mark.length).split(' ', 1)[0] ?? '', now);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function items(value: unknown, name: string): unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Which call failed: `place` says that it named a place to go on from, a history id or a page token. */
export interface FailedCall {
  readonly address: string;
  readonly place: boolean;
}

const LIMITS = [
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'dailyLimitExceeded',
  'quotaExceeded',
  'RATE_LIMIT_EXCEEDED',
];
/** Whether a refusal has to do with time alone: a limit, or a fault of Google's. */
export function isPassing({ status, reasons }: GmailFailure): boolean {
  const isLimit = (status === 403 || status === 429) && reasons.some((reason) => LIMITS.includes(reason));
  return isLimit || status === 429 || status >= 500;
}

const SCOPE = ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'];
const API_OFF = ['accessNotConfigured', 'SERVICE_DISABLED'];
const NOT_ALLOWED = ['forbidden', 'domainPolicy', ...API_OFF, 'failedPrecondition'];

/**
 * What a failed call means for the caller (Gmail API guide "Resolve errors"). A refusal that has to do with time is
 * retried, and so is every code that nobody has seen; one that has to do with the grant holds the mailbox.
 */
export function mailboxErrorOf(failure: GmailFailure, call: FailedCall): MailboxError {
  const { status, reasons } = failure;
  const has = (known: readonly string[]): boolean => reasons.some((reason) => known.includes(reason));
  if (status === 401) return error('reconnect', call, failure, 'refuses the access token. Connect the mailbox again.');
  if ((status === 403 || status === 429) && has(LIMITS))
    return error('retry', call, failure, 'is over its rate limit.');
  if (status === 403 && has(SCOPE)) {
    return error(
      'reconnect',
      call,
      failure,
      `was connected without the scope ${GMAIL_SCOPE}. Connect it again with it.`,
    );
  }
  if ((status === 400 || status === 403) && has(NOT_ALLOWED)) {
    return error('reconnect', call, failure, remedyFor(failure));
  }
  if (call.place && ((status === 400 && reasons.length > 0) || isGone(failure))) {
    return error('cursor_expired', call, failure, 'no longer knows the place reached. Read it again from a date.');
  }
  return error('retry', call, failure, `cannot be read now (HTTP ${status}).`);
}

/** Who publishes into a topic on behalf of Gmail (guide "Push notifications"). */
const PUBLISHER = 'gmail-api-push@system.gserviceaccount.com';

/**
 * What a refusal of users.watch says of the topic; undefined when it speaks of something else. The mailbox can be read
 * all the same, so it is tried again and never holds the mailbox.
 */
export function topicErrorOf(failure: GmailFailure, address: string, topic: string): MailboxError | undefined {
  const { status, message } = failure;
  const call = { address, place: false };
  if (message.startsWith('Invalid topicName')) {
    const what = `is not told of changes: the topic ${topic} has to be in the Google Cloud project of the credential.`;
    return error('retry', call, failure, what);
  }
  if (!message.startsWith('Error sending test message to Cloud PubSub')) return undefined;
  const what =
    status === 403
      ? `is not told of changes: Gmail may not publish into ${topic}. Grant ${PUBLISHER} the role Pub/Sub Publisher on it.`
      : `is not told of changes: Gmail cannot publish into ${topic}. Check that the topic exists.`;
  return error('retry', call, failure, what);
}

/** What a person does about a refusal that will not pass by itself. */
function remedyFor({ reasons, message }: GmailFailure): string {
  if (reasons.some((reason) => API_OFF.includes(reason))) {
    return (
      'cannot be read: the Gmail API is off in the Google Cloud project of the credential. Enable gmail.googleapis.com ' +
      'there, under APIs & Services > Library, wait a few minutes, then connect the mailbox again.'
    );
  }
  if (reasons.includes('failedPrecondition')) {
    return (
      'has no Gmail mailbox. Check the address, and that the Google Workspace admin has turned Gmail on for the user, ' +
      'then connect it again.'
    );
  }
  if (message.startsWith('Delegation denied')) {
    return 'is not the account of the access token. Connect the mailbox again, signed in as its own account.';
  }
  return 'may not be read. Ask the Google Workspace admin to allow the access, then connect it again.';
}

function error(code: MailboxErrorCode, { address }: FailedCall, failure: GmailFailure, what: string): MailboxError {
  const said = failure.message === '' ? '' : ` Gmail said: ${failure.message}`;
  const { retryAfterMs } = failure;
  return new MailboxError(code, `${address} ${what}${said}`, retryAfterMs === undefined ? {} : { retryAfterMs });
}
