import { html, type Html } from './html.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [1, 'second'],
] as const;

/** A length of time in its largest whole unit: `3 hours`. Less than a second, or less than nothing, is `a moment`. */
export function durationWords(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds >= length);
  return unit === undefined ? 'a moment' : counted(Math.floor(seconds / unit[0]), unit[1]);
}

/** `1 mailbox`, `3 mailboxes`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count.toLocaleString('en')} ${noun}${noun.endsWith('x') ? 'es' : 's'}`;
}

/** Seconds between two instants of ISO 8601. */
export function secondsBetween(earlier: string, later: Date): number {
  return (later.getTime() - Date.parse(earlier)) / 1000;
}

/** A number, which the script of the page puts into the viewer's notation. */
export function figure(value: number): Html {
  return html`<data value="${value}">${value.toLocaleString('en')}</data>`;
}

/** An instant as a date and a time of day, which the script of the page puts into the viewer's zone and notation. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}" title="${iso}" data-local>${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

/** An instant as other words, such as `3 minutes ago`. */
export function worded(iso: string, words: string): Html {
  return html`<time datetime="${iso}" title="${iso}">${words}</time>`;
}

/** Text of a stranger: shown in its own direction, so that it cannot turn around what stands beside it. */
export function foreign(text: string, maxCharacters = 1_000): Html {
  const shown = text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
  return html`<bdi>${shown}</bdi>`;
}
