import { READ_FIELDS } from '../../connector/src/mail/read-fields.ts';

/** Bytes of an input; now and then one is a hundred times as long. */
const MAX_LENGTH = 400;
const LONG = 100;

/** What header fields are made of, and what readers of them stumble over. */
const PIECES: readonly string[] = [
  ...READ_FIELDS.map((name) => `\r\n${name}: `),
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\r\n ',
    '\n\t',
    ' ',
    '\t',
    '\0',
    '\x7f',
    '\x80',
    '\xff',
    '\xc3\xa4',
    '\xe2\x80\xa8',
  ],
  ...['<', '>', '<>', '"', '\\', '(', ')', '@', ',', ';', ':', '=', '[', ']', '<a@b>', '<"a<b>"@c>', '<a@[1.2.3.4]>'],
  ...['=?utf-8?Q?', '=?utf-8?B?', '=?iso-2022-jp?B?', '?=', '=3C', '=?utf-8?Q?=3Ca=40b=3E?=', 'Group: a@b, c@d;'],
  ...[
    'Re: ',
    'Fwd: ',
    'Automatic reply: ',
    'Undeliverable: ',
    'Accepted: ',
    '[list] ',
    'until 3 Dec',
    '03/04',
    '14.03.',
  ],
  ...['auto-replied', 'multipart/report; report-type=delivery-status', 'text/calendar', 'bulk', 'Action: failed\r\n'],
];

export type Random = (below: number) => number;

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
export function mutate(corpus: readonly string[], random: Random): string {
  let text = pick(corpus, random);
  const changes = 1 + random(5);
  for (let count = 0; count < changes; count++) text = pick(CHANGES, random)(text, random, corpus);
  if (random(5000) === 0) return pick(PIECES, random).repeat(LONG * (1 + random(50))) + text;
  return text.length > MAX_LENGTH ? cut(text, random) : text;
}

type Change = (text: string, random: Random, corpus: readonly string[]) => string;

const insertPiece: Change = (text, random) => splice(text, random(text.length + 1), 0, pick(PIECES, random));
const dropSlice: Change = (text, random) => splice(text, random(text.length + 1), 1 + random(20), '');
const changeByte: Change = (text, random) => splice(text, random(text.length + 1), 1, String.fromCharCode(random(256)));
const repeatSlice: Change = (text, random) => {
  const start = random(text.length + 1);
  return splice(text, start, 0, text.slice(start, start + 1 + random(60)));
};
const crossOver: Change = (text, random, corpus) => {
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

const CHANGES: readonly Change[] = [
  insertPiece,
  insertPiece,
  dropSlice,
  changeByte,
  repeatSlice,
  crossOver,
  changeCase,
];

function splice(text: string, start: number, length: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(start + length);
}

function cut(text: string, random: Random): string {
  const start = random(text.length - MAX_LENGTH);
  return text.slice(start, start + MAX_LENGTH);
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random(items.length)]!;
}
