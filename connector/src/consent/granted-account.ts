import { ActionableError } from '../errors.ts';
import { askJson, type JsonAnswer } from './ask-json.ts';

/** The one scope that is asked for: labels, history and header fields, no body. */
export const GMAIL_SCOPE = 'https://www.googleapis.com/auth/gmail.metadata';

/** What was granted, and for whom it was meant. */
export interface GrantToCheck {
  readonly address: string;
  /** Where the Gmail API is; ends with a slash. */
  readonly rootUrl: string;
  readonly accessToken: string;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Checks that a grant is the one asked for: the scope, which a person can untick, and the account, for whoever is
 * signed in with several may choose another one. Resolves to the address as Gmail spells it.
 *
 * @throws ActionableError that names what was asked for and what was granted
 */
export async function checkGrantedAccount(grant: GrantToCheck): Promise<string> {
  const { address, rootUrl, accessToken, scopes, signal } = grant;
  if (!scopes.includes(GMAIL_SCOPE)) throw missingScope(address, scopes);
  const url = `${rootUrl}gmail/v1/users/me/profile?fields=emailAddress`;
  const answer = await askJson(url, { headers: { authorization: `Bearer ${accessToken}` }, signal });
  const { emailAddress } = answer.fields;
  if (answer.status !== 200 || typeof emailAddress !== 'string') throw noProfile(answer, address);
  if (emailAddress.toLowerCase() !== address.toLowerCase()) throw otherAccount(address, emailAddress);
  return emailAddress;
}

function missingScope(address: string, scopes: readonly string[]): ActionableError {
  const given = scopes.length === 0 ? 'nothing' : `only ${scopes.join(', ').slice(0, 300)}`;
  return new ActionableError(`${address} granted ${given}; the scope ${GMAIL_SCOPE} is missing.`, [
    'Connect the mailbox again, and leave the box ticked that lets the app see the headers of messages.',
  ]);
}

function otherAccount(asked: string, granted: string): ActionableError {
  const shown = granted.slice(0, 254).replace(/[^\x20-\x7e]/g, '?');
  return new ActionableError(`The consent was given for ${shown}, but the mailbox to connect is ${asked}.`, [
    `Connect again, and choose the account ${asked} on the page of Google.`,
    `To connect the other mailbox instead, name it: ${shown}.`,
  ]);
}

const API_OFF = ['accessNotConfigured', 'SERVICE_DISABLED'];

function noProfile({ status, fields }: JsonAnswer, address: string): ActionableError {
  const reasons = reasonsOf(fields['error']);
  if (reasons.some((reason) => API_OFF.includes(reason))) {
    return new ActionableError(`${address} cannot be read: the Gmail API is off in the project of the OAuth client.`, [
      'Enable gmail.googleapis.com in the Google Cloud console, under APIs & Services > Library.',
      'Wait a few minutes, then connect the mailbox again.',
    ]);
  }
  if (reasons.includes('failedPrecondition')) {
    return new ActionableError(`The account that gave its consent has no Gmail mailbox; asked for was ${address}.`, [
      'Check the address, and that the Google Workspace admin has turned Gmail on for the user.',
    ]);
  }
  return new ActionableError(`Gmail did not say whose consent was given (HTTP ${status}); asked for was ${address}.`, [
    'Connect the mailbox again.',
  ]);
}

/** `reason` of every entry in `errors` and `details` (Gmail API guide "Resolve errors"). */
function reasonsOf(error: unknown): string[] {
  const reasons = [...entries(error, 'errors'), ...entries(error, 'details')].map((entry) => member(entry, 'reason'));
  return reasons.filter((reason) => typeof reason === 'string');
}

function entries(value: unknown, name: string): unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
