import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { MailboxStatus } from '../facade.ts';
import { instantInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');

const HOUR_MS = 3_600_000;
/** A promise to tell of changes is renewed every day, so that one with less than this left was not. */
const TOLD_MS = 24 * HOUR_MS;
/** Gmail promises a week, so that several renewals have failed by then, and two days are left to mend it. */
const TOLD_BY_GMAIL_MS = 48 * HOUR_MS;
const CREDENTIAL_MS = 30 * 24 * HOUR_MS;

/** What ends soon and is not renewed by itself, and what a provider does not promise, each with what to do. */
export function expiryWarnings(mailboxes: readonly MailboxStatus[], now: Date): SfCommand.Warning[] {
  const ends = (instant: string | null, within: number): instant is string =>
    instant !== null && Date.parse(instant) - now.getTime() < within;
  return mailboxes.flatMap(({ address, provider, toldUntil, pushError, credentialEndsAt }) => [
    ...(pushError === null ? [] : [messages.createWarning('warning.pushError', [address, pushError])]),
    ...(ends(toldUntil, provider === 'gmail' ? TOLD_BY_GMAIL_MS : TOLD_MS)
      ? [messages.createWarning('warning.toldUntil', [address, instantInWords(toldUntil)])]
      : []),
    ...(ends(credentialEndsAt, CREDENTIAL_MS)
      ? [messages.createWarning('warning.credentialEnds', [address, instantInWords(credentialEndsAt)])]
      : []),
  ]);
}
