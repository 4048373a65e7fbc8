const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time in its two largest units, for example `2 h 5 min`. */
export function durationInWords(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, size]) => rest >= size);
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ') || '0 s';
}

/** An instant to the minute, for example `2026-11-24 09:30 UTC`. */
export function instantInWords(instant: string): string {
  return `${instantInColumn(instant)} UTC`;
}

/** An instant to the minute in UTC, for a column that says so, for example `2026-11-24 09:30`. */
export function instantInColumn(instant: string): string {
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
}

/** A count with its thousands apart, for example `12,345`. */
export function countInWords(count: number): string {
  return count.toLocaleString('en-US');
}
