import { decodeText } from './encoded-word.ts';
import { fieldValues, type HeaderBlock } from './header-field.ts';
import type { MessageId } from './message-id.ts';

/** White space and control characters, which no id holds; folding puts them there (RFC 5322 section 2.2.3). */
// eslint-disable-next-line no-control-regex -- control characters are what is being removed
const BLANKS = /[\s\x00-\x1f\x7f]+/g;
/** What makes the text between two brackets more than a plain id. */
// eslint-disable-next-line no-control-regex -- control characters are what must not be there
const ODD = /[<"\s\x00-\x1f\x7f]/;
/** Ids of a field that are compared with each other one by one. */
const FEW = 50;

const LESS_THAN = 60;
const GREATER_THAN = 62;
const QUOTE = 34;
const BACKSLASH = 92;

/** Punctuation that surrounds an id which came without its angle brackets. */
const AROUND = new Set(['<', '>', '"', "'", ',', ';', '(', ')']);

/**
 * Every Message-ID in the value of a Message-ID, In-Reply-To or References field, in order of appearance, each once,
 * without angle brackets. Forgiving, because one reply in ten is not one plain `<id>`: phrases, comments and commas
 * around ids are passed over (the older syntax of RFC 5322 section 4.5.4 allows them), white space inside an id is
 * dropped, encoded words (RFC 2047) are decoded, and a value without any brackets is read word by word. Linear.
 */
export function extractMessageIds(value: string): MessageId[] {
  const encoded = value.includes('=?');
  const plain = encoded ? undefined : plainIds(value);
  if (plain !== undefined) return plain;
  const ids = new Set<MessageId>();
  if (encoded) addIds(decodeText(value), ids);
  addIds(value, ids);
  return [...ids];
}

/** The ids of the usual value, in which each is one word between two brackets; undefined for any other value. */
function plainIds(value: string): MessageId[] | undefined {
  const ids: MessageId[] = [];
  let opened = value.indexOf('<');
  while (opened !== -1 && ids.length < FEW) {
    const closed = value.indexOf('>', opened);
    const id = value.slice(opened + 1, closed);
    if (closed <= opened + 1 || ODD.test(id)) return undefined;
    if (!ids.includes(id)) ids.push(id);
    opened = value.indexOf('<', closed);
  }
  return opened === -1 && ids.length > 0 ? ids : undefined;
}

/** The ids in all fields of one name, in order of appearance, each once. */
export function idsNamedIn(block: HeaderBlock, name: string): MessageId[] {
  const values = fieldValues(block, name);
  if (values.length === 0) return values;
  return values.length === 1 ? extractMessageIds(values[0]!) : [...new Set(values.flatMap(extractMessageIds))];
}

function addIds(value: string, ids: Set<MessageId>): void {
  let found = false;
  const quotes: QuoteScan = { failedBefore: 0 };
  let opened = value.indexOf('<');
  while (opened !== -1) {
    const closed = endOfBracket(value, opened, quotes);
    if (closed === value.length) break;
    if (value.charCodeAt(closed) === LESS_THAN) {
      opened = closed;
      continue;
    }
    const id = value.slice(opened + 1, closed).replace(BLANKS, '');
    if (id !== '') {
      ids.add(id);
      found = true;
    }
    opened = value.indexOf('<', closed + 1);
  }
  if (!found) addBareIds(value, ids);
}

/** How far a search for the end of a quoted local part has come without success: it is not repeated before there. */
interface QuoteScan {
  failedBefore: number;
}

/** Place of the `>` that ends what `<` opened, of another `<` before it, or the length of the value. */
function endOfBracket(value: string, opened: number, quotes: QuoteScan): number {
  let place = opened + 1;
  if (value.charCodeAt(place) === QUOTE && place >= quotes.failedBefore)
    place = endOfQuotedLocalPart(value, place, quotes);
  for (; place < value.length; place++) {
    const character = value.charCodeAt(place);
    if (character === LESS_THAN || character === GREATER_THAN) break;
  }
  return place;
}

/** `"..."@` may hold brackets (RFC 5322 section 3.4.1). Returns the place of the `@`, or `start` when it is none. */
function endOfQuotedLocalPart(value: string, start: number, quotes: QuoteScan): number {
  for (let place = start + 1; place < value.length; place++) {
    const character = value.charCodeAt(place);
    if (character === BACKSLASH) place++;
    else if (character === QUOTE) {
      if (value[place + 1] === '@') return place + 1;
      quotes.failedBefore = place;
      return start;
    }
  }
  quotes.failedBefore = value.length;
  return start;
}

/** Words with an `@`; or else the whole value, when it is one word and no encoded one. */
function addBareIds(value: string, ids: Set<MessageId>): void {
  const words = value.split(BLANKS).map(withoutPunctuation).filter(Boolean);
  const addresses = words.filter((word) => word.includes('@'));
  const single = addresses.length === 0 && words.length === 1 && !words[0]!.startsWith('=?');
  for (const id of single ? words : addresses) ids.add(id);
}

function withoutPunctuation(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && AROUND.has(word[start]!)) start++;
  while (end > start && AROUND.has(word[end - 1]!)) end--;
  return word.slice(start, end);
}
