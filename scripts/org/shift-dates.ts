/** The moment in the middle of which the sample data was written; it becomes the moment of the import. */
export const WRITTEN_AT = new Date('2026-06-01T12:00:00.000Z');

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** A JSON value with every day and every moment in it moved, so that what happened an hour before `from` happens an hour before `to`. */
export function shiftDates(value: unknown, from: Date, to: Date): unknown {
  const move = (text: string): string => new Date(Date.parse(text) + to.getTime() - from.getTime()).toISOString();
  if (typeof value === 'string') {
    if (DATE_TIME.test(value)) return move(value);
    // A day has no hour: it keeps its distance in days to the one that it was written on.
    return DATE.test(value) ? move(`${value}${from.toISOString().slice(10)}`).slice(0, 10) : value;
  }
  if (Array.isArray(value)) return value.map((each) => shiftDates(each, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shiftDates(each, from, to)]));
}
