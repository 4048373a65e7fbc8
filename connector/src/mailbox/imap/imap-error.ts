import type { ActionableError } from '../../errors.ts';
import { boundedWait } from '../../http/retry-after.ts';
import { mayLeaveAdapter, MailboxError } from '../mailbox-error.ts';
import { connectionFault, type ConnectionFault } from './connection-fault.ts';

/** The parts of an IMAP client's error that decide what the caller has to do. */
interface ClientError {
  readonly code?: unknown;
  readonly authenticationFailed?: unknown;
  /** NO or BAD. */
  readonly responseStatus?: unknown;
  /** The response code of a refusal, for example AUTHENTICATIONFAILED (RFC 5530). */
  readonly serverResponseCode?: unknown;
  readonly response?: unknown;
  /** The words of a refusal. */
  readonly responseText?: unknown;
  readonly throttleReset?: unknown;
  /** What the server said when it ended the connection (BYE). */
  readonly reason?: unknown;
}

/** Response codes of a refused login (RFC 5530): those that pass by themselves, and those that are about the credential. */
const PASSING_REFUSALS = ['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG'];
const LASTING_REFUSALS = ['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED'];
/** Servers that give no such code say it in words. */
const PASSING_WORDS = /too many|temporar|try again|later|unavailable|internal/i;

/** Words of servers that have as many connections as they allow, when they refuse a login or end a connection. */
const TOO_MANY_WORDS = /too many|maximum number|connection limit|limit exceeded|too much/i;

/**
 * A limit of one account, not of the server: Dovecot counts connections by user and address, Gmail by account (whose
 * refusals all end in these letters).
 */
const OF_ACCOUNT_WORDS = /user\+ip|\(failure\)/i;

interface HostRefusal {
  readonly words: RegExp;
  readonly fault: ConnectionFault;
  /** How long the account is left alone at least, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** What large hosts say whatever was asked, also as an answer to a login, although the credential is not in doubt. */
const HOST_REFUSALS: readonly HostRefusal[] = [
  {
    words: /authenticated but not connected/i,
    fault: {
      code: 'retry',
      reason: 'it let the account in, but gives it no mailbox ("authenticated but not connected")',
      fix:
        'Microsoft says so for a while when an account has asked too much, and for good when it has no mailbox or IMAP is ' +
        'turned off for it, or when somebody else than its owner consented. If this lasts, check these.',
    },
  },
  {
    words: /\bOVERQUOTA\b|bandwidth limit/i,
    fault: {
      code: 'retry',
      reason: 'the account has used up what its host lets it ask or transfer',
      fix:
        'Reading goes on where it stopped when the host lets it, at Gmail within a day. If this comes often, look for other ' +
        'programs that read this account by IMAP.',
    },
    retryAfterMs: 15 * 60_000,
  },
];
const TOO_LARGE = ['LiteralTooLarge', 'LineTooLarge', 'ResponseTooLarge', 'TooManyTokens', 'TooManyResponses'];

/** Where an error happened, in words for a person. */
export interface ImapPlace {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly address: string;
}

/** Whether the server sent, or announced, more than the connector is willing to hold. */
export function isTooLarge(error: unknown): boolean {
  return TOO_LARGE.includes(String((error as ClientError | undefined)?.code));
}

/** Whether the server refused a connection because it has too many; the credential is not in doubt then. */
export function refusesConnections(error: unknown): boolean {
  return responseCodeOf(error) === 'LIMIT' || TOO_MANY_WORDS.test(wordsOf(error));
}

/** Whether that says that the server has no room for other accounts either. */
export function isServerFull(error: unknown): boolean {
  return refusesConnections(error) && !OF_ACCOUNT_WORDS.test(wordsOf(error));
}

/** Whether the server gives what was asked for to nobody, for no reason that passes by itself; it is fine otherwise. */
export function isRefused(error: unknown): boolean {
  const { code, responseStatus } = (error ?? {}) as ClientError;
  const isFinal = code === undefined && responseCodeOf(error) === undefined && !hostRefusal(error);
  return isFinal && (responseStatus === 'NO' || responseStatus === 'BAD');
}

/** Whether the server does not know the credential, or not any more. */
export function refusesCredential(error: unknown): boolean {
  const failure = (error ?? {}) as ClientError;
  if (failure.authenticationFailed !== true || refusesConnections(error) || hostRefusal(error)) return false;
  return !isPassing(failure);
}

function hostRefusal(error: unknown): HostRefusal | undefined {
  return HOST_REFUSALS.find(({ words }) => words.test(wordsOf(error)));
}

/** What the server said, with the code of its refusal. */
function wordsOf(error: unknown): string {
  const { response, responseText, reason } = (error ?? {}) as ClientError;
  return [responseCodeOf(error), response, responseText, reason].filter((words) => typeof words === 'string').join(' ');
}

/** The response code of a refusal; of some commands the client leaves it in the answer as it was parsed. */
function responseCodeOf(error: unknown): string | undefined {
  const { serverResponseCode, response } = (error ?? {}) as ClientError;
  const parsed = response as { attributes?: readonly { section?: readonly { value?: unknown }[] }[] } | undefined;
  const code = serverResponseCode ?? parsed?.attributes?.[0]?.section?.[0]?.value;
  return typeof code === 'string' ? code.toUpperCase() : undefined;
}

/**
 * The error that leaves the adapter: made from whatever the client or the network threw, or why the stored credential
 * does not open. Shows no secret.
 */
export function mailboxError(error: unknown, place: ImapPlace): MailboxError | ActionableError {
  if (mayLeaveAdapter(error)) return error;
  const failure = (typeof error === 'object' && error !== null ? error : {}) as ClientError;
  const server = `${place.host}:${place.port}`;
  const ofHost = hostRefusal(error);
  if (ofHost) return unread(place, server, ofHost.fault, ofHost);
  if (failure.authenticationFailed) return refusedLogin(failure, place, server);
  if (isTooLarge(error)) {
    return new MailboxError(
      'retry',
      `The IMAP server ${server} announced more for ${place.address} than the connector reads in one answer; ` +
        'the connection was closed. Check that this is the right server.',
      { cause: error },
    );
  }
  if (refusesConnections(error)) return tooManyConnections(place, server, error);
  const { throttleReset } = failure;
  const wait = typeof throttleReset === 'number' && { retryAfterMs: boundedWait(throttleReset) };
  return unread(place, server, connectionFault(error, place.secure), { cause: error, ...wait });
}

function unread(
  { address }: ImapPlace,
  server: string,
  { code, reason, fix }: ConnectionFault,
  options: { readonly cause?: unknown; readonly retryAfterMs?: number },
): MailboxError {
  return new MailboxError(
    code,
    `The IMAP server ${server} could not be read for ${address}: ${reason}. ${fix}`,
    options,
  );
}

function tooManyConnections(place: ImapPlace, server: string, cause?: unknown): MailboxError {
  return new MailboxError(
    'retry',
    `The IMAP server ${server} has too many connections to let ${place.address} in at the moment; it is tried again later. ` +
      'If this lasts, close other mail programs of this account or raise the limit of the server.',
    cause === undefined ? {} : { cause },
  );
}

/** The cause is left out: the client's error may carry what was sent. */
function refusedLogin(failure: ClientError, place: ImapPlace, server: string): MailboxError {
  if (refusesConnections(failure)) return tooManyConnections(place, server);
  if (isPassing(failure)) {
    return new MailboxError(
      'retry',
      `The IMAP server ${server} does not let ${place.address} in at the moment; try again later.`,
    );
  }
  return new MailboxError(
    'reconnect',
    `The IMAP server ${server} refused the credential of ${place.address}. Connect the mailbox again with a valid password or consent.`,
  );
}

function isPassing(failure: ClientError): boolean {
  const code = responseCodeOf(failure) ?? '';
  return PASSING_REFUSALS.includes(code) || (!LASTING_REFUSALS.includes(code) && PASSING_WORDS.test(wordsOf(failure)));
}
