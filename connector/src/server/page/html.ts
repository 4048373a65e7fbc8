const MARKUP = Symbol('markup');

/** Text that a browser may take as HTML. No value that was parsed from JSON can be one. */
export interface Html {
  readonly [MARKUP]: string;
}

export type HtmlValue = string | number | Html | undefined | readonly HtmlValue[];

/**
 * Control characters but tab and line feed, and those that turn the direction of text around (UAX #9): what they hide
 * or reverse is shown as it is, with a mark in their place.
 */
const CONTROL = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;
const SPECIAL = /[&<>"']/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * HTML from a template. Every value is text, wherever in an element or in a quoted attribute it stands, unless it was
 * made by this function itself; lists are joined and undefined is nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { [MARKUP]: parts.map((part, index) => part + render(values[index])).join('') };
}

/** A constant of this program as it stands, for the contents of style and script. */
export function verbatim(text: string): Html {
  return { [MARKUP]: text };
}

export function toText(page: Html): string {
  return page[MARKUP];
}

function render(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escape(value);
  return MARKUP in value ? value[MARKUP] : value.map(render).join('');
}

function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(CONTROL, '\u{fffd}')
    .replaceAll(SPECIAL, (character) => ENTITIES[character] ?? '');
}
