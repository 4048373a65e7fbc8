import { MailboxError } from '../mailbox-error.ts';

/** The parts of an IMAP client's error that decide what the caller has to do. */
interface ClientError {
  readonly code?: unknown;
  readonly authenticationFailed?: unknown;
  /** The response code of a refusal, for example AUTHENTICATIONFAILED (RFC 5530). */
  readonly serverResponseCode?: unknown;
  readonly response?: unknown;
  readonly throttleReset?: unknown;
}

/** Response codes of a refused login (RFC 5530): those that pass by themselves, and those that are about the credential. */
const PASSING_REFUSALS = ['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG'];
const LASTING_REFUSALS = ['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED'];
/** Servers that give no such code say it in words. */
const PASSING_WORDS = /too many|temporar|try again|later|unavailable|internal/i;

const TOO_LARGE = ['LiteralTooLarge', 'LineTooLarge', 'ResponseTooLarge', 'TooManyTokens', 'TooManyResponses'];

/** Where an error happened, in words for a person. */
export interface ImapPlace {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** Whether the server sent, or announced, more than the connector is willing to hold. */
export function isTooLarge(error: unknown): boolean {
  return TOO_LARGE.includes(String((error as ClientError | undefined)?.code));
}

/** The one error that leaves the adapter, made from whatever the client or the network threw. Shows no secret. */
export function mailboxError(error: unknown, place: ImapPlace): MailboxError {
  if (error instanceof MailboxError) return error;
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
  const retryAfterMs = typeof failure.throttleReset === 'number' ? { retryAfterMs: failure.throttleReset } : {};
  return new MailboxError(
    'retry',
    `The IMAP server ${server} could not be read for ${place.address}: ${reasonOf(error)}. ` +
      'Reading goes on where it stopped once the server answers; check host, port and network if this lasts.',
    { cause: error, ...retryAfterMs },
  );
}

/** The cause is left out: the client's error may carry what was sent. */
function refusedLogin(failure: ClientError, place: ImapPlace, server: string): MailboxError {
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

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was reset',
  CONNECT_TIMEOUT: 'no connection in time',
  GREETING_TIMEOUT: 'no greeting in time',
  ETIMEOUT: 'no answer in time',
  ETIMEDOUT: 'no answer in time',
  NoConnection: 'the connection was lost',
  EConnectionClosed: 'the connection was lost',
};

function reasonOf(error: unknown): string {
  const code = (error as ClientError | undefined)?.code;
  const known = typeof code === 'string' && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return known ?? (typeof code === 'string' ? `the client reports ${code}` : 'the server refused a command');
}
