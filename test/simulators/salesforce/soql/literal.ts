import { ApiError, notSimulated } from '../api-error.ts';
import { readDate, readDateTime, writeDate } from '../data/date-time.ts';
import type { FieldValue } from '../record.ts';
import { normalizeId } from '../record-id.ts';
import type { OrgField } from '../schema/org-object.ts';

/** A value of a WHERE clause; a date literal is the span of time from `from` up to, and without, `to`. */
export type Literal = { readonly value: FieldValue } | { readonly from: string; readonly to: string };

const DAY = 86_400_000;
const NUMBERS = ['int', 'double', 'currency', 'percent'];

/** Reads one literal for a field; a literal of another type than the field's is refused. */
export function readLiteral(field: OrgField, raw: string, type: string, now: Date): Literal {
  switch (type) {
    case 'NULL':
      return { value: null };
    case 'STRING':
      if (isTextual(field)) return { value: textValue(field, unescape(raw)) };
      throw wrongType(field, field.type, false);
    case 'BOOLEAN':
      if (field.type === 'boolean') return { value: raw.toUpperCase() === 'TRUE' };
      throw wrongType(field, 'string', isTextual(field));
    case 'INTEGER':
    case 'DECIMAL':
      if (NUMBERS.includes(field.type)) return { value: Number(raw) };
      throw wrongType(field, field.type, isTextual(field));
    case 'DATETIME':
      if (field.type === 'datetime') return { value: readDateTime(raw) ?? malformed(raw) };
      throw wrongType(field, field.type, isTextual(field));
    case 'DATE':
      if (field.type === 'date') return { value: readDate(raw) ?? malformed(raw) };
      throw wrongType(field, field.type, isTextual(field));
    case 'DATE_LITERAL':
    case 'DATE_N_LITERAL':
      if (field.type === 'date' || field.type === 'datetime') return dateSpan(field, raw, now);
      throw wrongType(field, field.type, isTextual(field));
    default:
      throw notSimulated(`the literal ${raw} (${type}) in a query`);
  }
}

function isTextual(field: OrgField): boolean {
  return !NUMBERS.includes(field.type) && !['boolean', 'date', 'datetime'].includes(field.type);
}

function textValue(field: OrgField, text: string): string {
  if (field.type !== 'id' && field.type !== 'reference') return text;
  const id = normalizeId(text);
  if (id === undefined && text !== '')
    throw new ApiError(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
  return id ?? '';
}

function wrongType(field: OrgField, type: string, quotes: boolean): ApiError {
  const rule = quotes
    ? 'must be of type string and should be enclosed in quotes'
    : `must be of type ${type} and should not be enclosed in quotes`;
  return new ApiError(400, 'INVALID_FIELD', `value of filter criterion for field '${field.name}' ${rule}`);
}

function malformed(raw: string): never {
  throw new ApiError(400, 'MALFORMED_QUERY', `line 1: Bind variables or dates like '${raw}' are not valid`);
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['_', '\\_'],
  ['%', '\\%'],
]);

/** The text of a quoted literal (SOQL and SOSL Reference, "Quoted String Escape Sequences"). */
function unescape(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, (whole, character: string) => {
    const meant = ESCAPES.get(character);
    if (meant === undefined) throw new ApiError(400, 'MALFORMED_QUERY', `Illegal character sequence: ${whole}`);
    return meant;
  });
}

/** Date literals of whole days in UTC (SOQL and SOSL Reference, "Date Formats and Date Literals"). */
function dateSpan(field: OrgField, raw: string, now: Date): Literal {
  const [name, count] = raw.toUpperCase().split(':');
  const today = Math.floor(now.getTime() / DAY) * DAY;
  const days = Number(count ?? 0);
  const spans = new Map<string | undefined, readonly [number, number]>([
    ['TODAY', [0, 1]],
    ['YESTERDAY', [-1, 0]],
    ['TOMORROW', [1, 2]],
    ['LAST_N_DAYS', [-days, 1]],
    ['NEXT_N_DAYS', [1, days + 1]],
    ['N_DAYS_AGO', [-days, 1 - days]],
  ]);
  const span = spans.get(name);
  if (span === undefined) throw notSimulated(`the date literal ${raw}`);
  const [from, to] = span.map((offset) => new Date(today + offset * DAY)) as [Date, Date];
  if (field.type === 'date') return { from: writeDate(from), to: writeDate(to) };
  return { from: `${writeDate(from)}T00:00:00.000+0000`, to: `${writeDate(to)}T00:00:00.000+0000` };
}
