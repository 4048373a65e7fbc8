import {
  DATE,
  DATE_OR_TIME,
  define,
  NUMBER,
  checkCount,
  checkType,
  type FormulaFunction,
} from './formula-signature.ts';
import {
  FormulaError,
  MILLISECONDS_A_DAY,
  parseDate,
  parseDateTime,
  type DateValue,
  type Scalar,
} from './formula-value.ts';

function dayOf(milliseconds: number): DateValue {
  return { kind: 'date', days: Math.floor(milliseconds / MILLISECONDS_A_DAY) };
}

function partOf(date: Scalar | undefined, part: (date: Date) => number): Scalar {
  if (date === null || typeof date !== 'object') return null;
  return part(new Date(date.kind === 'date' ? date.days * MILLISECONDS_A_DAY : date.milliseconds));
}

function calendarDay(values: readonly Scalar[]): Scalar {
  if (values.includes(null)) return null;
  const [year, month, day] = values.map((value) => String(Math.trunc(Number(value)))) as [string, string, string];
  const date = parseDate(`${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  if (date === undefined) throw new FormulaError('DATE() was given a day that is not in the calendar');
  return date;
}

/** The day of a datetime is its day in GMT. */
function toDate(value: Scalar): Scalar {
  if (value === null || value === '') return null;
  if (typeof value === 'object') return value.kind === 'date' ? value : dayOf(value.milliseconds);
  const date = parseDate(String(value));
  if (date === undefined) throw new FormulaError('DATEVALUE() was given a text that is not YYYY-MM-DD');
  return date;
}

function toDateTime(value: Scalar): Scalar {
  if (value === null || value === '') return null;
  if (typeof value === 'object')
    return value.kind === 'datetime' ? value : { kind: 'datetime', milliseconds: value.days * MILLISECONDS_A_DAY };
  const instant = parseDateTime(`${String(value).replace(' ', 'T').replace(/Z$/, '')}Z`);
  if (instant === undefined) throw new FormulaError('DATETIMEVALUE() was given a text that is not YYYY-MM-DD HH:MM:SS');
  return instant;
}

/** The last day of a month stays the last day, and a day that the target month lacks becomes its last. */
function addMonths(value: Scalar, count: Scalar): Scalar {
  if (value === null || typeof value !== 'object' || count === null) return null;
  const moment = value.kind === 'date' ? value.days * MILLISECONDS_A_DAY : value.milliseconds;
  const date = new Date(moment);
  const lastOf = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = date.getUTCDate();
  const isLast = day === lastOf(date.getUTCFullYear(), date.getUTCMonth());
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + Math.trunc(Number(count)), 1));
  const last = lastOf(target.getUTCFullYear(), target.getUTCMonth());
  target.setUTCDate(isLast ? last : Math.min(day, last));
  return value.kind === 'date'
    ? dayOf(target.getTime())
    : {
        kind: 'datetime',
        milliseconds: target.getTime() + (moment - Math.floor(moment / MILLISECONDS_A_DAY) * MILLISECONDS_A_DAY),
      };
}

const addMonthsFunction: FormulaFunction = {
  check(name, types) {
    checkCount(name, types.length, 2);
    checkType(name, types[0]!, DATE_OR_TIME);
    checkType(name, types[1]!, NUMBER);
    return types[0]!;
  },
  run: ([value, count]) => addMonths(value!(), count!()),
};

/** Days and instants. The users of the local org live in GMT, so TODAY() is the day in GMT. */
export const dateFunctions: Readonly<Record<string, FormulaFunction>> = {
  NOW: define([], 'Datetime', (_values, { now }) => ({ kind: 'datetime', milliseconds: now.getTime() })),
  TODAY: define([], 'Date', (_values, { now }) => dayOf(now.getTime())),
  DATE: define([NUMBER, NUMBER, NUMBER], 'Date', calendarDay),
  DATEVALUE: define([['Text', 'Date', 'Datetime']], 'Date', ([value]) => toDate(value!)),
  DATETIMEVALUE: define([['Text', 'Date', 'Datetime']], 'Datetime', ([value]) => toDateTime(value!)),
  YEAR: define([DATE], 'Number', ([date]) => partOf(date, (each) => each.getUTCFullYear())),
  MONTH: define([DATE], 'Number', ([date]) => partOf(date, (each) => each.getUTCMonth() + 1)),
  DAY: define([DATE], 'Number', ([date]) => partOf(date, (each) => each.getUTCDate())),
  ADDMONTHS: addMonthsFunction,
};
