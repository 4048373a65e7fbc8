import { HOSTILE_URLS } from '../../test/fixtures/hostile-urls.ts';
import { CHANGES, pick, type Change, type Dialect, type Material, type Random } from './mutate.ts';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Holder = Json[] | { [name: string]: Json };

/** A value and where it stands. */
interface Place {
  readonly holder: Holder;
  readonly key: string;
}

/** Values that readers of JSON stumble over. */
const ODD_VALUES: readonly Json[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 1e308, 2 ** 53, 200, 401, 404, 424, 429, 503, [], {}],
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    '18446744073709551616',
    'null',
    '__proto__',
    'constructor',
    '../..',
    '%',
    '%00',
    'a/b',
  ],
  ...['\0', '\ud800', '\u2028', 'ä', '\r\nFrom: a@b', '<script>', '\u202e', '"', '\\', "' or 1=1"],
  ...[
    '9999-12-31T23:59:59Z',
    '-271821-04-20T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '8640000000000000',
  ],
  ...['x'.repeat(3000), `https://${'x'.repeat(3000)}/`],
  ...HOSTILE_URLS(4711),
];
const ODD_NAMES = ['__proto__', 'constructor', 'toString', 'length', ''];
const EMPTY_LINE = '\r\n\r\n';
const ENCODED = /[\w+/-]{20,}={0,2}/g;

/** Changes one value inside the JSON of a text, which stays JSON. A text without any is left as it is. */
export const changeValue: Change = (text, random, material) => {
  const found = jsonIn(text, random);
  if (found === undefined) return text;
  const root: Holder = [found.value];
  const places = placesIn(root);
  const place = pick(places, random);
  switch (random(8)) {
    case 0:
      remove(place);
      break;
    case 1:
      rename(place, random(3) === 0 ? pick(ODD_NAMES, random) : pick(places, random).key);
      break;
    case 2:
      repeat(place, 1 + random(30));
      break;
    case 3:
      put(place, structuredClone(valueAt(pick(places, random))));
      break;
    case 4:
      put(place, valueElsewhere(random, material));
      break;
    case 5:
      put(place, pick(ODD_VALUES, random));
      break;
    default:
      put(place, alteredValue(valueAt(place), random, material));
  }
  return text.slice(0, found.start) + written(root[0]) + text.slice(found.end);
};

/** Changes a value inside JSON that a text holds in base64, as tokens and Pub/Sub do. */
export const changeEncoded: Change = (text, random, material) => {
  const runs = [...text.matchAll(ENCODED)].filter(
    ([run]) => Buffer.from(run, 'base64').toString('latin1', 0, 1) === '{',
  );
  if (runs.length === 0) return text;
  const { 0: run, index } = pick(runs, random);
  const isOfToken = index > 0 && '. '.includes(text[index - 1]!);
  const changed = changeValue(Buffer.from(run, 'base64').toString('latin1'), random, material);
  const encoded = Buffer.from(changed, 'latin1').toString(isOfToken ? 'base64url' : 'base64');
  return text.slice(0, index) + encoded + text.slice(index + run.length);
};

/** JSON, alone or as the body of a message of HTTP, is changed in its values more often than in its bytes. */
export function jsonDialect(pieces: readonly string[]): Dialect {
  const values = Array.from({ length: 10 }, () => changeValue);
  return { pieces, changes: [...CHANGES, ...values, changeEncoded, changeEncoded], maxLength: 20_000 };
}

interface FoundJson {
  readonly value: Json;
  readonly start: number;
  readonly end: number;
}

/** One of the JSON texts that stand at the beginning or behind an empty line. */
function jsonIn(text: string, random: Random): FoundJson | undefined {
  const starts = startsOf(text);
  if (starts.length === 0) return undefined;
  const start = pick(starts, random);
  const boundary = text.indexOf('\r\n--', start);
  const end = boundary === -1 ? text.length : boundary;
  try {
    return { value: JSON.parse(text.slice(start, end)) as Json, start, end };
  } catch {
    return undefined;
  }
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf(EMPTY_LINE); at !== -1; at = text.indexOf(EMPTY_LINE, at + 1)) {
    starts.push(at + EMPTY_LINE.length);
  }
  return starts.filter((start) => text[start] === '{' || text[start] === '[');
}

function placesIn(holder: Holder, places: Place[] = []): Place[] {
  for (const key of Object.keys(holder)) {
    const place = { holder, key };
    const value = valueAt(place);
    places.push(place);
    if (typeof value === 'object' && value !== null) placesIn(value, places);
  }
  return places;
}

function valueAt({ holder, key }: Place): Json {
  return (holder as Record<string, Json>)[key]!;
}

/** `__proto__` becomes a member like any other. */
function put({ holder, key }: Place, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function rename(place: Place, name: string): void {
  const value = valueAt(place);
  remove(place);
  if (!Array.isArray(place.holder)) put({ ...place, key: name }, value);
}

function repeat(place: Place, times: number): void {
  const value = valueAt(place);
  if (Array.isArray(place.holder)) place.holder.push(...Array.from({ length: times }, () => value));
  else
    put(
      place,
      Array.from({ length: times }, () => value),
    );
}

function valueElsewhere(random: Random, { corpus }: Material): Json {
  const found = jsonIn(pick(corpus, random), random);
  return found === undefined ? null : valueAt(pick(placesIn([found.value]), random));
}

function alteredValue(value: Json, random: Random, material: Material): Json {
  if (typeof value === 'string') return pick(CHANGES, random)(value, random, { ...material, corpus: [value] });
  if (typeof value === 'number')
    return pick([value + 1, value - 1, -value, value * 1000, value / 2, String(value)], random);
  if (typeof value === 'boolean') return !value;
  return random(2) === 0 ? [value] : { value };
}

/** JSON in Latin-1: every other character is escaped. */
function written(value: Json | undefined): string {
  return JSON.stringify(value ?? null).replace(
    /[^\x00-\xff]/g, // eslint-disable-line no-control-regex -- all of Latin-1
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
