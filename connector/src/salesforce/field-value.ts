/** Any value of a field in a request: what JSON can carry, and one level of a parent named by its external id. */
export type FieldValue = string | number | boolean | null | Readonly<Record<string, string>>;

/** One record of a request. A field that is absent is left alone by the platform. */
export type SalesforceRecord = Readonly<Record<string, FieldValue>>;

/** The first and last years that a Date or DateTime field can hold (Salesforce, "Date field type"). */
const FIRST_YEAR = 1700;
const LAST_YEAR = 4000;

/** Line ends, tabs, NUL and everything else that a one-line field or an XML export of it cannot hold. */
const CONTROLS = /[\p{Cc}\u2028\u2029\uFFFE\uFFFF]+/gu;

/** Characters that reorder what stands around them: a subject could rewrite the line it is shown in. */
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/g;

/** The start of a reference to another answer, which Composite replaces wherever it stands in a subrequest. */
const REFERENCE = '@{';

/** True when some value of the record would be taken for a reference inside a Composite. */
export function holdsReference(record: SalesforceRecord): boolean {
  return JSON.stringify(record).includes(REFERENCE);
}

/** Only this many times the field's length is looked at, however long the text of a stranger is. */
const READ_AHEAD = 8;

/**
 * Text as a one-line field of `length` characters takes it: no control characters, no lone surrogates, nothing that
 * Composite takes for a reference (a stranger's subject could refuse all its neighbours), cut at a code point. It is
 * never longer than `length` in UTF-16 units either, so both ways to count are satisfied.
 */
export function fieldText(text: string, length: number): string {
  const line = text
    .slice(0, length * READ_AHEAD)
    .toWellFormed()
    .replace(CONTROLS, ' ')
    .replace(REORDERING, '')
    .replaceAll(REFERENCE, '@ {')
    .trim();
  return cut(line, length).trimEnd();
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length);
  return head.isWellFormed() ? head : head.slice(0, -1);
}

/** An instant as a DateTime field takes it, or undefined when the field could not hold it. */
export function fieldInstant(instant: Date): string | undefined {
  const year = instant.getUTCFullYear();
  return year >= FIRST_YEAR && year < LAST_YEAR ? instant.toISOString() : undefined;
}

/** The UTC day of an instant as a Date field takes it, or undefined when the field could not hold it. */
export function fieldDay(instant: Date): string | undefined {
  return fieldInstant(instant)?.slice(0, 'YYYY-MM-DD'.length);
}

/** The fields that have a value. */
export function presentFields(fields: Readonly<Record<string, FieldValue | undefined>>): SalesforceRecord {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, FieldValue] => entry[1] !== undefined && entry[1] !== ''),
  );
}
