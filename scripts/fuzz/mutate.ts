import { READ_FIELDS } from '../../connector/src/mail/read-fields.ts';

/** One change to a text, which is Latin-1 as all inputs are. */
export type Change = (text: string, random: Random, material: Material) => string;

/** What the inputs of a target are changed with. */
export interface Dialect {
  /** What such inputs are made of, and what readers of them stumble over. */
  readonly pieces: readonly string[];
  readonly changes: readonly Change[];
  /** Bytes of an input; now and then one is far longer. */
  readonly maxLength: number;
}

export interface Material extends Pick<Dialect, 'pieces'> {
  readonly corpus: readonly string[];
}

export type Random = (below: number) => number;

/** Where an input is to be long, a piece is repeated so many times, or up to fifty times as often. */
const LONG = 100;

/** Numbers from 0 up to a limit, always the same for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** A few changes to one of the inputs, all of which are Latin-1 texts. */
export function mutate(corpus: readonly string[], random: Random, dialect: Dialect): string {
  const { pieces, changes, maxLength } = dialect;
  let text = pick(corpus, random);
  const count = 1 + random(5);
  for (let done = 0; done < count; done++) text = pick(changes, random)(text, random, { corpus, pieces });
  if (random(5000) === 0) return pick(pieces, random).repeat(LONG * (1 + random(50))) + text;
  return text.length > maxLength ? cut(text, random, maxLength) : text;
}

const insertPiece: Change = (text, random, { pieces }) =>
  splice(text, random(text.length + 1), 0, pick(pieces, random));
const dropSlice: Change = (text, random) => splice(text, random(text.length + 1), 1 + random(20), '');
const changeByte: Change = (text, random) => splice(text, random(text.length + 1), 1, String.fromCharCode(random(256)));
const repeatSlice: Change = (text, random) => {
  const start = random(text.length + 1);
  return splice(text, start, 0, text.slice(start, start + 1 + random(60)));
};
const crossOver: Change = (text, random, { corpus }) => {
  const other = pick(corpus, random);
  return text.slice(0, random(text.length + 1)) + other.slice(random(other.length + 1));
};
const changeCase: Change = (text, random) => {
  const start = random(text.length + 1);
  const end = start + 1 + random(20);
  const slice = text.slice(start, end);
  // Letters beyond ASCII have capitals that are no Latin-1.
  return text.slice(0, start) + slice.replace(/[a-z]/g, (letter) => letter.toUpperCase()) + text.slice(end);
};

/** Changes that take a text for a row of bytes. */
export const CHANGES: readonly Change[] = [
  insertPiece,
  insertPiece,
  dropSlice,
  changeByte,
  repeatSlice,
  crossOver,
  changeCase,
];

/** What header fields are made of, and what readers of them stumble over. */
export const HEADER_TEXT: Dialect = {
  changes: CHANGES,
  maxLength: 400,
  pieces: [
    ...READ_FIELDS.map((name) => `\r\n${name}: `),
    ...['\r\n', '\n', '\r', '\r\n\r\n', '\r\n ', '\n\t', ' ', '\t'],
    ...['\0', '\x7f', '\x80', '\xff', '\xc3\xa4', '\xe2\x80\xa8'],
    ...['<', '>', '<>', '"', '\\', '(', ')', '@', ',', ';', ':', '=', '[', ']'],
    ...['<a@b>', '<"a<b>"@c>', '<a@[1.2.3.4]>'],
    ...['=?utf-8?Q?', '=?utf-8?B?', '=?iso-2022-jp?B?', '?=', '=3C', '=?utf-8?Q?=3Ca=40b=3E?=', 'Group: a@b, c@d;'],
    ...['Re: ', 'Fwd: ', 'Automatic reply: ', 'Undeliverable: ', 'Accepted: ', '[list] '],
    ...['until 3 Dec', '03/04', '14.03.'],
    ...['auto-replied', 'multipart/report; report-type=delivery-status', 'text/calendar', 'bulk'],
    'Action: failed\r\n',
  ],
};

function splice(text: string, start: number, length: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(start + length);
}

function cut(text: string, random: Random, maxLength: number): string {
  const start = random(text.length - maxLength);
  return text.slice(start, start + maxLength);
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random(items.length)]!;
}
