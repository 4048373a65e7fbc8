import type { SfError } from '@salesforce/core';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');
const EXIT_USAGE = 2;
const DAY_MS = 86_400_000;
/** A date, which is midnight UTC, or an instant with its offset. */
const FORM = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * The instant from which mail is read, from `--since` or `--days`; undefined when neither is given.
 *
 * @throws SfError when `--since` is no date that exists, or lies in the future
 */
export function readSince(
  flags: { readonly since?: string | undefined; readonly days?: number | undefined },
  now: Date,
): string | undefined {
  if (flags.days !== undefined) return new Date(now.getTime() - flags.days * DAY_MS).toISOString();
  if (flags.since === undefined) return undefined;
  const instant = new Date(FORM.test(flags.since) ? flags.since : Number.NaN);
  if (Number.isNaN(instant.getTime()) || !isSameDay(instant, flags.since))
    throw refused('error.invalidDate', flags.since);
  if (instant > now) throw refused('error.futureDate', flags.since);
  return instant.toISOString();
}

/** `new Date` takes February 30 for March 1. */
function isSameDay(instant: Date, written: string): boolean {
  return written.includes('T') || instant.toISOString().startsWith(written);
}

function refused(key: string, value: string): SfError {
  return messages.createError(key, [value], [], EXIT_USAGE);
}
