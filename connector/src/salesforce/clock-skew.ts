const MINUTE_MS = 60_000;
const MINUTES_PER_HOUR = 60;

/** The instant of a Date field (RFC 9110, 6.6.1), or undefined when it is absent or no date. */
export function dateField(headers: Headers): Date | undefined {
  const time = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** How far the own clock is off, in milliseconds; positive when it is ahead. The field counts whole seconds. */
export function clockSkew(serverTime: Date | undefined, now: Date): number | undefined {
  return serverTime === undefined ? undefined : now.getTime() - serverTime.getTime();
}

/** A skew in words, for example `2 h 3 min ahead of` or `12 min behind`. */
export function clockSkewWords(skewMs: number): string {
  const minutes = Math.round(Math.abs(skewMs) / MINUTE_MS);
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const words = `${hours > 0 ? `${hours} h ` : ''}${minutes % MINUTES_PER_HOUR} min`;
  return `${words} ${skewMs > 0 ? 'ahead of' : 'behind'}`;
}
