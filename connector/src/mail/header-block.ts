import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { HeaderBlock, HeaderField } from './header-field.ts';
import { readFieldAt } from './read-fields.ts';

/** Bytes of one block that are read; what follows is left alone. */
const MAX_BLOCK_BYTES = 1024 * 1024;
/** Characters of one field that are kept: its first and its last half, cut between two words. */
const MAX_FIELD_LENGTH = 64 * 1024;
/** Fields that are kept. Behind them only those that name messages are, and as many again of these. */
const MAX_FIELDS = 1000;
const NAMES_MESSAGES = new Set(['message-id', 'in-reply-to', 'references']);

const HIGH_BYTES = /[\x80-\xff]+/g;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;

/**
 * The header fields at the start of a message (RFC 5322 section 2.2), up to the first empty line. Forgiving: lines end
 * with LF or CRLF (or CR where there is no LF at all), a space before the colon is dropped, an mbox `From ` line and
 * lines that are no field are passed over, folds stay in the value as they are. Never throws; work and memory are
 * linear in the number of bytes and capped.
 */
export function parseHeaderBlock(bytes: Uint8Array): HeaderBlock {
  const fields: HeaderField[] = [];
  readBlock(readText(bytes), 0, fields, anyNameAt);
  return fields;
}

/**
 * The fields of `parseHeaderBlock` that are among `READ_FIELDS`, with their names as these spell them. They are few of
 * those that a message arrives with; the others take neither memory nor much time, nor a place among the fields that
 * are kept: of a block of more than 1,000 fields this finds some that `parseHeaderBlock` leaves out.
 */
export function parseReadFields(bytes: Uint8Array): HeaderBlock {
  const fields: HeaderField[] = [];
  readBlock(readText(bytes), 0, fields, readFieldAt);
  return fields;
}

/**
 * Several blocks that are separated by empty lines, as in message/delivery-status (RFC 3464 section 2.1). At most
 * `limit` blocks are returned; those without any field are left out.
 */
export function parseHeaderBlocks(bytes: Uint8Array, limit: number): HeaderBlock[] {
  const text = readText(bytes);
  const blocks: HeaderBlock[] = [];
  let start = 0;
  while (start < text.length && blocks.length < limit) {
    const fields: HeaderField[] = [];
    start = readBlock(text, start, fields, anyNameAt);
    if (fields.length > 0) blocks.push(fields);
  }
  return blocks;
}

/** The bytes as text in which every line ends with LF or CRLF. */
function readText(bytes: Uint8Array): string {
  const read = bytes.length > MAX_BLOCK_BYTES ? bytes.subarray(0, MAX_BLOCK_BYTES) : bytes;
  const buffer = Buffer.isBuffer(read) ? read : Buffer.from(read.buffer, read.byteOffset, read.length);
  const latin1 = buffer.toString('latin1');
  const text = isAscii(buffer) ? latin1 : decodeHighBytes(latin1);
  return text.includes('\n') ? text : withLineFeeds(text);
}

/** Each run of bytes above 127 becomes what it spells in UTF-8 (RFC 6532), or stays Latin-1 where it is not valid. */
function decodeHighBytes(text: string): string {
  return text.replace(HIGH_BYTES, (run) => {
    const bytes = Buffer.from(run, 'latin1');
    return isUtf8(bytes) ? bytes.toString('utf8') : run;
  });
}

/** Old Macintosh files end their lines with CR alone; everywhere else a lone CR is not a line end. */
function withLineFeeds(text: string): string {
  return text.replaceAll('\r', '\n');
}

/** The name between two places of a text, or undefined when it is none or its field is not wanted. */
type NameAt = (text: string, start: number, end: number) => string | undefined;

/** A name is printable ASCII without the colon (RFC 5322 section 2.2). */
const NAME = /^[!-9;-~]+$/;

const anyNameAt: NameAt = (text, start, end) => {
  const name = text.slice(start, end);
  return NAME.test(name) ? name : undefined;
};

/** Reads fields from `start` into `fields` and returns the place behind the empty line that ends the block. */
function readBlock(text: string, start: number, fields: HeaderField[], nameAt: NameAt): number {
  let place = start;
  let colon = -1;
  while (place < text.length) {
    if (isEmptyLine(text, place)) return placeOf('\n', text, place) + 1;
    const end = endOfField(text, place);
    // It is looked for behind the last one only, so that no text is searched twice.
    if (colon < place) colon = placeOf(':', text, place);
    if (colon < end) {
      const name = nameAt(text, place, endOfName(text, place, colon));
      if (name !== undefined && hasRoomFor(name, fields)) fields.push([name, valueBetween(text, colon + 1, end)]);
    }
    place = end + 1;
  }
  return place;
}

/** The first line end from `start` on that no continuation line follows (RFC 5322 section 2.2.3). */
function endOfField(text: string, start: number): number {
  let end = placeOf('\n', text, start);
  while (isBlank(text.charCodeAt(end + 1))) end = placeOf('\n', text, end + 1);
  return end;
}

/** The next place of a character, or the length of the text. */
function placeOf(character: string, text: string, start: number): number {
  const place = text.indexOf(character, start);
  return place === -1 ? text.length : place;
}

/** Whether the line that starts here holds nothing but its end. */
function isEmptyLine(text: string, start: number): boolean {
  let place = start;
  while (text.charCodeAt(place) === CR) place++;
  return place === text.length || text.charCodeAt(place) === LF;
}

/** The value between two places without the blanks before it and the line end behind it. */
function valueBetween(text: string, start: number, end: number): string {
  let from = start;
  while (from < end && isBlank(text.charCodeAt(from))) from++;
  let to = end;
  while (to > from && text.charCodeAt(to - 1) === CR) to--;
  return to - from > MAX_FIELD_LENGTH ? shorten(text.slice(from, to)) : text.slice(from, to);
}

/** Blanks between a name and its colon do not belong to the name. */
function endOfName(text: string, start: number, colon: number): number {
  let end = colon;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

function isBlank(character: number): boolean {
  return character === SPACE || character === TAB;
}

function hasRoomFor(name: string, fields: readonly HeaderField[]): boolean {
  if (fields.length < MAX_FIELDS) return true;
  return fields.length < 2 * MAX_FIELDS && NAMES_MESSAGES.has(name.toLowerCase());
}

/** Keeps both ends of an overlong value: the first and the last ids of References are those that matter. */
function shorten(value: string): string {
  const half = MAX_FIELD_LENGTH / 2;
  const head = value.slice(0, half);
  const tail = value.slice(-half);
  const headEnd = head.search(/\s\S*$/);
  const tailStart = tail.search(/\s/);
  return headEnd === -1 || tailStart === -1 ? head : head.slice(0, headEnd) + tail.slice(tailStart);
}
