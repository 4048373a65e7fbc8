import { monthOf } from './month-names.ts';
import { plainText } from './plain-text.ts';

/** A number, a word or a mark of a text. */
export interface Token {
  readonly text: string;
  /** True when no white space stands before it. */
  readonly isGlued: boolean;
}

/** One way to read a date; the year is left out where the text does. */
export interface DateReading {
  readonly day: number;
  readonly month: number;
  readonly year?: number;
}

/** A date in a text: the ways to read it, two where day and month could be either, and its place among the tokens. */
export interface WrittenDate {
  readonly readings: readonly DateReading[];
  readonly start: number;
  readonly end: number;
  /** True when it is the last day of several that are written as one date: `March 3 - 14`. */
  readonly isRange: boolean;
}

/** What stands between the day and the month, or between the month and the year. */
const INSIDE = new Set(['.', ',', 'st', 'nd', 'rd', 'th', 'er', 'º', 'ª', '°', 'of', 'de', 'del', 'o', 'a', 'den']);
/** Year, month and day in Chinese and Japanese, and in Korean. */
const UNITS = [
  ['年', '月', '日'],
  ['년', '월', '일'],
].map((units) => units.map(plainText));

/** The tokens of a text that is `plainText`. */
export function tokensOf(plain: string): Token[] {
  return [...plain.matchAll(/\d+|\p{L}+|\S/gu)].map(({ 0: text, index }) => ({
    text,
    isGlued: index > 0 && /\S/.test(plain.charAt(index - 1)),
  }));
}

/** Every date that is written out, in order. Digits that go on before or behind it make it none. */
export function writtenDates(tokens: readonly Token[]): WrittenDate[] {
  const dates: WrittenDate[] = [];
  let start = 0;
  while (start < tokens.length) {
    const date = isGluedToNumber(tokens, start) ? undefined : dateAt(tokens, start);
    if (date !== undefined) dates.push(date);
    start = date?.end ?? start + 1;
  }
  return dates;
}

/** `3.1` in `v2.3.1` is the end of something else. */
function isGluedToNumber(tokens: readonly Token[], start: number): boolean {
  const before = tokens[start - 1];
  if (tokens[start]?.isGlued !== true || before === undefined) return false;
  return /^[./]$/.test(before.text)
    ? isNumber(tokens[start - 2])
    : /^[\p{Script=Latin}\p{Script=Cyrillic}\d#_]/u.test(before.text);
}

function dateAt(tokens: readonly Token[], start: number): WrittenDate | undefined {
  return (
    unitDate(tokens, start) ?? numericDate(tokens, start) ?? dayMonthDate(tokens, start) ?? monthDayDate(tokens, start)
  );
}

/** `2026年12月1日`, `12월 1일`. */
function unitDate(tokens: readonly Token[], start: number): WrittenDate | undefined {
  for (const [yearUnit = '', monthUnit = '', dayUnit = ''] of UNITS) {
    const hasYear = tokens[start + 1]?.text === yearUnit;
    const place = hasYear ? start + 2 : start;
    const [month, monthWord, day, dayWord] = tokens.slice(place, place + 4);
    if (monthWord?.text !== monthUnit || !isNumber(month) || !isNumber(day) || !dayWord?.text.startsWith(dayUnit))
      continue;
    const year = hasYear ? { year: Number(tokens[start]?.text) } : {};
    // What is left of the last word, such as `まで`, is looked at again.
    const isWhole = dayWord.text === dayUnit;
    return {
      readings: [{ day: Number(day?.text), month: Number(month?.text), ...year }],
      start,
      end: place + (isWhole ? 4 : 3),
      isRange: false,
    };
  }
  return undefined;
}

/** `2026-12-01`, `14.03.2026`, `14.03.`, `3/14/26`, `14/3`. */
function numericDate(tokens: readonly Token[], start: number): WrittenDate | undefined {
  const mark = tokens[start + 1];
  if (mark === undefined || !/^[-./]$/.test(mark.text) || !isGluedRun(tokens, start, 3)) return undefined;
  const parts = [tokens[start], tokens[start + 2]];
  const hasThree = tokens[start + 3]?.text === mark.text && isGluedRun(tokens, start, 5) && isNumber(tokens[start + 4]);
  if (hasThree) parts.push(tokens[start + 4]);
  const isDotted = mark.text === '.' && !hasThree && tokens[start + 3]?.text === '.' && tokens[start + 3]!.isGlued;
  const end = start + (hasThree ? 5 : isDotted ? 4 : 3);
  if (!parts.every(isNumber) || goesOn(tokens, end, mark.text)) return undefined;
  // `3.12` may as well be a version, unless nothing comes behind it.
  if (mark.text === '.' && end === start + 3 && /^[\p{L}\d]/u.test(tokens[end]?.text ?? '')) return undefined;
  const readings = numericReadings(
    parts.map((part) => part?.text ?? ''),
    mark.text,
  );
  return readings.length === 0 || (!hasThree && mark.text === '-')
    ? undefined
    : { readings, start, end, isRange: false };
}

function numericReadings([first = '', second = '', third]: readonly string[], mark: string): DateReading[] {
  if (first.length === 4) return third === undefined ? [] : [reading(third, second, first)];
  if (first.length > 2 || second.length > 2 || (third !== undefined && third.length !== 4 && third.length !== 2))
    return [];
  const dayFirst = reading(first, second, third);
  return mark === '.' || first === second ? [dayFirst] : [dayFirst, reading(second, first, third)];
}

function reading(day: string, month: string, year: string | undefined): DateReading {
  const full = year?.length === 2 ? `20${year}` : year;
  return { day: Number(day), month: Number(month), ...(full !== undefined && { year: Number(full) }) };
}

/** `3 Dec 2026`, `3rd of December`, `14. März`, `3 de marzo de 2026`. */
function dayMonthDate(tokens: readonly Token[], start: number): WrittenDate | undefined {
  if (!isDay(tokens[start])) return undefined;
  const place = passInside(tokens, start + 1);
  const month = monthOf(tokens[place]?.text ?? '');
  if (month === undefined) return undefined;
  return withYear({ day: Number(tokens[start]?.text), month }, tokens, { start, end: place + 1, isRange: false });
}

/** `Dec 3rd, 2026`, `March 3 - 14`. */
function monthDayDate(tokens: readonly Token[], start: number): WrittenDate | undefined {
  const month = monthOf(tokens[start]?.text ?? '');
  if (month === undefined) return undefined;
  const place = passInside(tokens, start + 1);
  if (!isDay(tokens[place])) return undefined;
  const isRange =
    /^[-–—]$/.test(tokens[place + 1]?.text ?? '') && isDay(tokens[place + 2]) && !namesMonth(tokens, place + 3);
  const last = isRange ? place + 2 : place;
  return withYear({ day: Number(tokens[last]?.text), month }, tokens, { start, end: last + 1, isRange });
}

/** Whether a month of its own follows a day: `Dec 3 - 14 Jan`, `Dec 3 - 14.1.` */
function namesMonth(tokens: readonly Token[], start: number): boolean {
  const [next, behind] = [tokens[start], tokens[passInside(tokens, start)]];
  return (next?.isGlued === true && /^[./]$/.test(next.text)) || monthOf(behind?.text ?? '') !== undefined;
}

function withYear(
  date: DateReading,
  tokens: readonly Token[],
  { start, end, isRange }: Omit<WrittenDate, 'readings'>,
): WrittenDate {
  const place = passInside(tokens, end);
  const year = tokens[place]?.text ?? '';
  return /^20\d\d$/.test(year)
    ? { readings: [{ ...date, year: Number(year) }], start, end: place + 1, isRange }
    : { readings: [date], start, end, isRange };
}

/** The place behind at most two words or marks that stand inside a date. */
function passInside(tokens: readonly Token[], start: number): number {
  let place = start;
  while (place < start + 2 && INSIDE.has(tokens[place]?.text ?? '')) place++;
  return place;
}

function goesOn(tokens: readonly Token[], end: number, mark: string): boolean {
  const [next, behind] = [tokens[end], tokens[end + 1]];
  if (next?.isGlued !== true) return false;
  return isNumber(next) || (next.text === mark && behind?.isGlued === true && isNumber(behind));
}

function isGluedRun(tokens: readonly Token[], start: number, length: number): boolean {
  const rest = tokens.slice(start + 1, start + length);
  return rest.length === length - 1 && rest.every(({ isGlued }) => isGlued);
}

function isNumber(token: Token | undefined): boolean {
  return token !== undefined && /^\d/.test(token.text);
}

function isDay(token: Token | undefined): boolean {
  return token !== undefined && /^\d\d?$/.test(token.text);
}
