/** Nobody may make us wait longer than a day with one answer. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * How long a server asks us to wait, in milliseconds and at most a day, or undefined when it does not say. Reads the
 * Retry-After field (RFC 9110 section 10.2.3): seconds, or a date, which lies in the past as 0.
 */
export function retryAfterMs(headers: { get(name: string): string | null }, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,15}$/.test(value)) return boundedWait(Number(value) * 1000);
  return /^[A-Z]/i.test(value) ? waitUntil(value, now) : undefined;
}

/** The wait from `now` to an instant in text, in milliseconds and at most a day; undefined when it is no date. */
export function waitUntil(instant: string, now: Date): number | undefined {
  const time = instant.length <= 64 ? Date.parse(instant) : NaN;
  return Number.isNaN(time) ? undefined : boundedWait(time - now.getTime());
}

/** A wait that a server asks for, in milliseconds: at least none and at most a day. */
export function boundedWait(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_MS);
}
