import type { FieldSchema } from './flow-host.ts';
import type { FieldValue } from './record.ts';

/** A calendar day without time, in days since 1970-01-01. */
export interface DateValue {
  readonly kind: 'date';
  readonly days: number;
}

/** A point in time, in milliseconds since 1970-01-01T00:00Z. */
export interface DateTimeValue {
  readonly kind: 'datetime';
  readonly milliseconds: number;
}

/** One value of a formula or a flow. Picklist values and ids are strings. */
export type Scalar = string | number | boolean | null | DateValue | DateTimeValue;

/** The types that formulas tell apart; `Null` is the type of the literal NULL and fits everywhere. */
export type FormulaType = 'Text' | 'Number' | 'Boolean' | 'Date' | 'Datetime' | 'Picklist' | 'Null';

/** What the platform shows as `#Error!`: the formula is sound, but has no value for this record. */
export class FormulaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormulaError';
  }
}

export const MILLISECONDS_A_DAY = 86_400_000;

const TYPES = new Map<string, FormulaType>([
  ...['string', 'textarea', 'email', 'phone', 'url', 'id', 'reference', 'combobox'].map(
    (name) => [name, 'Text'] as const,
  ),
  ...['double', 'int', 'long', 'currency', 'percent'].map((name) => [name, 'Number'] as const),
  ['picklist', 'Picklist'],
  ['boolean', 'Boolean'],
  ['date', 'Date'],
  ['datetime', 'Datetime'],
]);

/** The formula type of a field; undefined for a type that formulas cannot read here (time, address, base64, ...). */
export function formulaTypeOf(field: FieldSchema): FormulaType | undefined {
  return TYPES.get(field.type.toLowerCase());
}

/** The day of `YYYY-MM-DD`, undefined when the text is not a day of the calendar. */
export function parseDate(text: string): DateValue | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  const sameDay = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
  return sameDay ? { kind: 'date', days: milliseconds / MILLISECONDS_A_DAY } : undefined;
}

/** The instant of an ISO 8601 text with a zone (`Z`, `+00:00` or `+0000`), undefined when it is none. */
export function parseDateTime(text: string): DateTimeValue | undefined {
  const found = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})$/.exec(text);
  if (found === null) return undefined;
  const zone = found[2] === 'Z' ? 'Z' : found[2]!.replace(/^(.\d{2}):?/, '$1:');
  const milliseconds = Date.parse(found[1]! + zone);
  return Number.isNaN(milliseconds) ? undefined : { kind: 'datetime', milliseconds };
}

/** A field's stored value as a formula sees it. Throws a FormulaError for a stored value that is not of its type. */
export function fromFieldValue(value: FieldValue, field: FieldSchema): Scalar {
  if (value === null) return formulaTypeOf(field) === 'Boolean' ? false : null;
  const type = formulaTypeOf(field);
  if (type === 'Number' && field.type === 'percent') return Number(value) / 100;
  const converted = type === undefined ? undefined : fromText(value, type);
  if (converted === undefined)
    throw new FormulaError(`${field.name} holds a value that is not of its type ${field.type}`);
  return converted;
}

function fromText(value: string | number | boolean, type: FormulaType): Scalar | undefined {
  switch (type) {
    case 'Date':
      return parseDate(String(value));
    case 'Datetime':
      return parseDateTime(String(value));
    case 'Number':
      return typeof value === 'number' ? value : undefined;
    case 'Boolean':
      return typeof value === 'boolean' ? value : undefined;
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

/** A value as the REST API carries it; an empty text is null, because the database stores none. */
export function toFieldValue(value: Scalar): FieldValue {
  if (value === '') return null;
  if (value === null || typeof value !== 'object') return value;
  const milliseconds = value.kind === 'date' ? value.days * MILLISECONDS_A_DAY : value.milliseconds;
  const text = new Date(milliseconds).toISOString();
  return value.kind === 'date' ? text.slice(0, 10) : text.replace('Z', '+0000');
}

/** The type of a value. */
export function typeOfValue(value: Scalar): FormulaType {
  if (value === null) return 'Null';
  if (typeof value === 'object') return value.kind === 'date' ? 'Date' : 'Datetime';
  return typeof value === 'string' ? 'Text' : typeof value === 'number' ? 'Number' : 'Boolean';
}

/** A number that orders values of one type (texts excepted). */
function magnitude(value: Scalar): number {
  if (value !== null && typeof value === 'object') return value.kind === 'date' ? value.days : value.milliseconds;
  return Number(value);
}

/** Whether two values are the same; an empty text is a blank, and two blanks are the same. Case counts. */
export function sameValue(one: Scalar, other: Scalar): boolean {
  const [left, right] = [one === '' ? null : one, other === '' ? null : other];
  if (left === null || right === null) return left === right;
  if (typeof left === 'string' || typeof right === 'string') return left === right;
  return typeOfValue(left) === typeOfValue(right) && magnitude(left) === magnitude(right);
}

/** Negative, zero or positive as `one` stands before, at or after `other`; undefined when one of them is blank. */
export function compareValues(one: Scalar, other: Scalar): number | undefined {
  if (one === null || other === null || typeOfValue(one) !== typeOfValue(other)) return undefined;
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : one > other ? 1 : 0;
  return magnitude(one) - magnitude(other);
}
