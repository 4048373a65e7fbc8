import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { MailboxStatus } from '../facade.ts';
import { instantInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');

/** A promise to tell of changes is renewed every day, so that one with less than this left was not. */
const TOLD_MS = 24 * 3_600_000;
const CREDENTIAL_MS = 30 * 24 * 3_600_000;

/** What ends soon and is not renewed by itself, each with what to do. */
export function expiryWarnings(mailboxes: readonly MailboxStatus[], now: Date): SfCommand.Warning[] {
  const ends = (instant: string | null, within: number): instant is string =>
    instant !== null && Date.parse(instant) - now.getTime() < within;
  return mailboxes.flatMap(({ address, toldUntil, credentialEndsAt }) => [
    ...(ends(toldUntil, TOLD_MS)
      ? [messages.createWarning('warning.toldUntil', [address, instantInWords(toldUntil)])]
      : []),
    ...(ends(credentialEndsAt, CREDENTIAL_MS)
      ? [messages.createWarning('warning.credentialEnds', [address, instantInWords(credentialEndsAt)])]
      : []),
  ]);
}
