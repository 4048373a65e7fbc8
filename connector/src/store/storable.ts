/** What stands for a character that Postgres cannot hold: U+FFFD REPLACEMENT CHARACTER. */
const REPLACEMENT = '\uFFFD';

/** Years of four digits, no sign and no leading zero: the range that JavaScript and Postgres read alike. */
const FIRST_INSTANT = Date.parse('1000-01-01T00:00:00.000Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** Text as Postgres can hold it. Lone surrogates need no care here: encoding to UTF-8 replaces them. */
export function storableText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', REPLACEMENT) : text;
}

/** What `JSON.stringify` writes for a NUL or a lone surrogate begins like one of these; hardly any page has them. */
const ESCAPES = ['\\u0000', '\\ud'];

/**
 * JSON as jsonb can hold it: a stranger's NUL or lone surrogate in a subject would refuse the whole page otherwise.
 * `JSON.stringify` writes exactly these as `\u0000` and `\udXXX`, in keys and values alike; all other escapes stay.
 */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!ESCAPES.some((escape) => json.includes(escape))) return json;
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|[^])/g, (whole, escaped: string) =>
    escaped === 'u0000' || escaped.startsWith('ud') ? REPLACEMENT : whole,
  );
}

/** An instant as Postgres can hold it: a date that claims an impossible year is moved to the nearest possible one. */
export function storableInstant(instant: Date): Date {
  const time = instant.getTime();
  return new Date(Number.isNaN(time) ? FIRST_INSTANT : Math.min(Math.max(time, FIRST_INSTANT), LAST_INSTANT));
}
