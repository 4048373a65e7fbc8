import { baseSubject } from './base-subject.ts';
import { decodeText } from './encoded-word.ts';
import { plainText } from './plain-text.ts';
import { BEFORE_DATE, BEHIND_DATE, BETWEEN_DATES, FILLERS } from './resume-words.ts';
import { tokensOf, writtenDates, type DateReading, type Token, type WrittenDate } from './written-date.ts';

/** Characters of a subject that are read. */
const MAX_LENGTH = 500;
const DAY_MS = 86_400_000;
/** Days ahead that a date with its year may lie, and one without. */
const MAX_DAYS = 400;
const MAX_DAYS_WITHOUT_YEAR = 180;
/** Days ahead by which one of two ways to read a date is told from the other. */
const TELLING_DAYS = 90;
/** Characters of a subject that is recognised in another; a shorter one could be a word of the absence. */
const MIN_ORIGINAL = 4;
/** Words between `back` and the date: `back in the office on Monday, the 3rd`. */
const MAX_FILLERS = 8;

/**
 * When the writer of an out-of-office subject is back: the end of the named day in UTC, or undefined. Only a date that
 * the subject calls an end counts ("until", "back on", "bis", "jusqu'au", the second of a range), and never one that may
 * mean two days: `03/04` counts when only one of its readings lies in the 90 days ahead. What has passed when the
 * message was received, and what lies more than 400 days ahead, does not count. `original` is the subject of the mail
 * that was answered: a date in that is no absence. Pure; linear.
 */
export function resumeDate(subject: string, receivedAt: Date, original = ''): Date | undefined {
  const tokens = tokensOf(
    unabbreviated(withoutOriginal(plainText(decodeText(subject).slice(0, MAX_LENGTH)), original)),
  );
  const dates = writtenDates(tokens);
  const ends = dates
    .filter((date, index) => isEnd(date, tokens, dates[index - 1]))
    .map(({ readings }) => resolve(readings, receivedAt))
    .filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}

/** Without the subject of the mail that was answered, which programs put behind their own words. */
function withoutOriginal(text: string, original: string): string {
  const answered = baseSubject(original);
  const start = answered.length < MIN_ORIGINAL ? -1 : text.lastIndexOf(answered);
  return start === -1 ? text : text.slice(0, start);
}

/** Dutch and Swedish write "up to and including" with marks that would be read as others. */
function unabbreviated(text: string): string {
  return text
    .replaceAll('t/m', ' tot ')
    .replace(/\bt\.o\.m\b\.?/g, ' till ')
    .replace(/\bjusqu['’]/g, 'jusqu ');
}

function isEnd(
  { start, end, isRange }: WrittenDate,
  tokens: readonly Token[],
  before: WrittenDate | undefined,
): boolean {
  const behind = tokens[end]?.text ?? '';
  if (BEHIND_DATE.some((word) => behind.startsWith(word)) || BEHIND_DATE.includes(tokens[end + 1]?.text ?? ''))
    return true;
  return isRange || isRangeEnd(tokens, start - 1, before) || followsEndWord(tokens, start - 1);
}

function followsEndWord(tokens: readonly Token[], last: number): boolean {
  for (let place = last; place >= last - MAX_FILLERS; place--) {
    const word = tokens[place]?.text ?? '';
    if (BEFORE_DATE.has(word) || /[至到]$/.test(word)) return true;
    if (!FILLERS.has(word)) return false;
  }
  return false;
}

/** `3 - 14 March`, `du 3 au 14 mars`, `1.12.-14.12.`: a day or a date, a word or mark in between, and the end. */
function isRangeEnd(tokens: readonly Token[], connector: number, before: WrittenDate | undefined): boolean {
  if (!BETWEEN_DATES.has(tokens[connector]?.text ?? '')) return false;
  if (before?.end === connector) return true;
  const first = tokens[connector - 1]?.text === '.' ? connector - 2 : connector - 1;
  return /^(?:[12]?\d|3[01])$/.test(tokens[first]?.text ?? '') && !/^[#./]$/.test(tokens[first - 1]?.text ?? '');
}

/** The end of the day in milliseconds since the epoch. */
function resolve(readings: readonly DateReading[], receivedAt: Date): number | undefined {
  const ends = readings.map((reading) => endOf(reading, receivedAt)).filter((end) => end !== undefined);
  if (ends.length < 2) return ends[0];
  const near = ends.filter((end) => end <= receivedAt.getTime() + TELLING_DAYS * DAY_MS);
  return near.length === 1 ? near[0] : undefined;
}

function endOf({ day, month, year }: DateReading, receivedAt: Date): number | undefined {
  const thisYear = receivedAt.getUTCFullYear();
  const days = year === undefined ? MAX_DAYS_WITHOUT_YEAR : MAX_DAYS;
  return (year === undefined ? [thisYear, thisYear + 1] : [year])
    .map((candidate) => endOfDay(candidate, month, day))
    .find((end) => end !== undefined && end >= receivedAt.getTime() && end <= receivedAt.getTime() + days * DAY_MS);
}

/** Undefined for a day that the month has not. */
function endOfDay(year: number, month: number, day: number): number | undefined {
  const start = new Date(Date.UTC(year, month - 1, day));
  return start.getUTCMonth() === month - 1 && start.getUTCDate() === day ? start.getTime() + DAY_MS - 1 : undefined;
}
