import { ActionableError } from '../../errors.ts';
import { boundedWait } from '../../http/retry-after.ts';
import { MailboxError } from '../mailbox-error.ts';
import { connectionFault } from './connection-fault.ts';

/** The parts of an IMAP client's error that decide what the caller has to do. */
interface ClientError {
  readonly code?: unknown;
  readonly authenticationFailed?: unknown;
  /** The response code of a refusal, for example AUTHENTICATIONFAILED (RFC 5530). */
  readonly serverResponseCode?: unknown;
  readonly response?: unknown;
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
  const { serverResponseCode, response, reason } = (error ?? {}) as ClientError;
  if (typeof serverResponseCode === 'string' && serverResponseCode.toUpperCase() === 'LIMIT') return true;
  return [response, reason].some((words) => typeof words === 'string' && TOO_MANY_WORDS.test(words));
}

/**
 * The error that leaves the adapter: made from whatever the client or the network threw, or why the stored credential
 * does not open. Shows no secret.
 */
export function mailboxError(error: unknown, place: ImapPlace): MailboxError | ActionableError {
  if (error instanceof MailboxError || error instanceof ActionableError) return error;
  const failure = (typeof error === 'object' && error !== null ? error : {}) as ClientError;
  const server = `${place.host}:${place.port}`;
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
  const retryAfterMs =
    typeof failure.throttleReset === 'number' ? { retryAfterMs: boundedWait(failure.throttleReset) } : {};
  const { code, reason, fix } = connectionFault(error, place.secure);
  return new MailboxError(code, `The IMAP server ${server} could not be read for ${place.address}: ${reason}. ${fix}`, {
    cause: error,
    ...retryAfterMs,
  });
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
  const code = typeof failure.serverResponseCode === 'string' ? failure.serverResponseCode.toUpperCase() : '';
  const words = typeof failure.response === 'string' ? failure.response : '';
  const passing = PASSING_REFUSALS.includes(code) || (!LASTING_REFUSALS.includes(code) && PASSING_WORDS.test(words));
  if (passing) {
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
