import { retryAfterMs } from '../../http/retry-after.ts';
import { MailboxError } from '../mailbox-error.ts';
import { GMAIL_SCOPE } from './gmail-failure.ts';
import type { ConsentedClient, ServiceAccount } from './google-access-token.ts';

/** An answer of a token endpoint that is not 2xx (RFC 6749 section 5.2). */
export interface TokenRefusal {
  readonly status: number;
  /** The error code, for example `invalid_grant`; empty for an answer that is not the endpoint's JSON. */
  readonly error: string;
  /** Google's own sentence; empty when there is none. */
  readonly description: string;
  /** The server's clock, from its Date field. */
  readonly serverTime: Date | undefined;
  readonly retryAfterMs: number | undefined;
}

const SENTENCE_LENGTH = 200;

/** Reads what the official client throws for an answer that is not 2xx; undefined for everything else it throws. */
export function readTokenRefusal(error: unknown, now: Date): TokenRefusal | undefined {
  const response = member(error, 'response');
  const status = member(response, 'status');
  const headers = member(response, 'headers');
  if (typeof status !== 'number' || !(headers instanceof Headers)) return undefined;
  const data = member(response, 'data');
  const serverTime = new Date(headers.get('date') ?? '');
  return {
    status,
    error: text(member(data, 'error')),
    description: text(member(data, 'error_description')),
    serverTime: Number.isNaN(serverTime.getTime()) ? undefined : serverTime,
    retryAfterMs: retryAfterMs(headers, now),
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Printable, and without words as long as a token or an assertion, should an answer repeat what it was sent. */
function text(value: unknown): string {
  if (typeof value !== 'string') return '';
  const sentence = value.slice(0, SENTENCE_LENGTH).replace(/[^\x20-\x7e]/g, ' ');
  const words = sentence.split(' ').map((word) => (word.split('/').some((part) => part.length > 32) ? '...' : word));
  return words.join(' ');
}

export interface RefusedRequest {
  readonly address: string;
  readonly credential: ServiceAccount | ConsentedClient;
  /** The clock of this machine when the answer came. */
  readonly now: Date;
}

/**
 * What a refused token means for the caller (guide "Using OAuth 2.0 for Server to Server Applications", error codes).
 * What a person has to repair holds the mailbox; a wrong clock, trouble at Google and a code that nobody has seen are
 * tried again.
 */
export function tokenErrorOf(refusal: TokenRefusal, request: RefusedRequest): MailboxError {
  const { address, credential, now } = request;
  if (refusal.error === 'invalid_grant' && isAboutTime(refusal)) {
    return new MailboxError('retry', `${address} cannot be read: ${wrongClock(refusal.serverTime, now)}`);
  }
  const remedy =
    credential.kind === 'serviceAccount'
      ? accountRemedy(refusal, credential, address)
      : clientRemedy(refusal, credential, address);
  const said = refusal.description === '' ? refusal.error : `${refusal.error}: ${refusal.description}`;
  const quoted = said === '' ? '' : ` Google said: ${said}`;
  if (remedy !== undefined) return new MailboxError('reconnect', `${remedy}${quoted}`);
  const message = `${address} cannot be read now: no access token (HTTP ${refusal.status}).${quoted}`;
  return new MailboxError('retry', message, { ...(refusal.retryAfterMs && { retryAfterMs: refusal.retryAfterMs }) });
}

function isAboutTime({ description }: TokenRefusal): boolean {
  return description.includes('short-lived token') || description.includes('iat and exp');
}

/** Differences below this one are no explanation. */
const TELLING_DIFFERENCE_MS = 60_000;

function wrongClock(serverTime: Date | undefined, now: Date): string {
  const remedy = 'Set the clock, best by turning time synchronisation (NTP) on.';
  const offMs = serverTime === undefined ? 0 : now.getTime() - serverTime.getTime();
  if (Math.abs(offMs) < TELLING_DIFFERENCE_MS) return `the clock of this machine is wrong. ${remedy}`;
  const off = `${Math.round(Math.abs(offMs) / 60_000)} minutes ${offMs > 0 ? 'fast' : 'slow'}`;
  return `the clock of this machine is ${off}. ${remedy}`;
}

function accountRemedy(refusal: TokenRefusal, account: ServiceAccount, address: string): string | undefined {
  const { error, description } = refusal;
  const who = account.clientEmail;
  if (['unauthorized_client', 'access_denied', 'invalid_scope'].includes(error)) {
    return (
      `${who} may not read ${address}: the scope is not delegated to it. In the Google Workspace Admin console, under ` +
      `Security > API controls > Domain-wide delegation, add the client id ${account.clientId ?? `of ${who}`} with the ` +
      `scope ${GMAIL_SCOPE}; it may take up to 24 hours to work.`
    );
  }
  if (error === 'invalid_grant') return deadGrantRemedy(description, account, address);
  if (isAboutClient(error)) return `Google does not know the service account ${who}. Create a key of one that exists.`;
  return policyRemedy(error, address);
}

function deadGrantRemedy(description: string, account: ServiceAccount, address: string): string {
  const who = account.clientEmail;
  const about = description.toLowerCase();
  if (about.includes('signature')) {
    const key = account.privateKeyId === undefined ? 'The key' : `The key ${account.privateKeyId}`;
    return `${key} of ${who} is not accepted: it was deleted, disabled or changed. Create a new key and connect again.`;
  }
  if (about.includes('email') || about.includes('user id')) {
    return `Google Workspace knows no user ${address}. Check the address, and that the account is not suspended.`;
  }
  if (about.includes('account not found')) {
    return `The service account ${who} does not exist any more. Create another one and connect again.`;
  }
  return `${who} is no longer granted access to ${address}. Check the service account, then connect again.`;
}

function clientRemedy({ error }: TokenRefusal, client: ConsentedClient, address: string): string | undefined {
  if (error === 'invalid_grant') {
    return (
      `${address} no longer grants access: consent was withdrawn, the password changed, or the grant lay idle for half ` +
      `a year (for 7 days while the app is in testing). Connect the mailbox again.`
    );
  }
  if (isAboutClient(error) || error === 'unauthorized_client' || error === 'invalid_request') {
    return (
      `Google does not accept the OAuth client ${client.clientId} for ${address}. Check client id and client secret ` +
      'in the Google Cloud console, then connect the mailbox again.'
    );
  }
  return policyRemedy(error, address);
}

function isAboutClient(error: string): boolean {
  return ['invalid_client', 'deleted_client', 'disabled_client'].includes(error);
}

function policyRemedy(error: string, address: string): string | undefined {
  if (!['admin_policy_enforced', 'org_internal', 'access_denied'].includes(error)) return undefined;
  return `The organisation of ${address} blocks this app. Ask the Google Workspace admin to trust it, then connect again.`;
}
