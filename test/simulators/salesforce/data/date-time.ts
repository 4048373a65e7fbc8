const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * An instant as the REST API writes it, for example `2026-11-24T09:30:00.000+0000`. Salesforce keeps whole seconds, so
 * a key over changed rows needs the id as well.
 */
export function writeDateTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}.000+0000`;
}

/** A day as the REST API writes it. */
export function writeDate(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** The instant of an ISO 8601 text with an offset, in the form of the REST API; undefined for any other text. */
export function readDateTime(text: string): string | undefined {
  if (!DATE_TIME.test(text)) return undefined;
  const instant = new Date(text);
  const plausible = !Number.isNaN(instant.getTime()) && isDay(text.slice(0, 10));
  return plausible ? writeDateTime(instant) : undefined;
}

/** The day of a text `YYYY-MM-DD`; undefined for any other text and for days that no calendar has. */
export function readDate(text: string): string | undefined {
  return DATE.test(text) && isDay(text) ? text : undefined;
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  const year = Number(text.slice(0, 4));
  return !Number.isNaN(day.getTime()) && writeDate(day) === text && year >= 1700 && year <= 4000;
}
