import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { HeaderBlock, HeaderField } from './header-field.ts';

/** Bytes of one block that are read; what follows is left alone. */
const MAX_BLOCK_BYTES = 1024 * 1024;
/** Characters of one field that are kept: its first and its last half, cut between two words. */
const MAX_FIELD_LENGTH = 64 * 1024;
/** Fields that are kept. Behind them only those that name messages are, and as many again of these. */
const MAX_FIELDS = 1000;
const NAMES_MESSAGES = new Set(['message-id', 'in-reply-to', 'references']);

const HIGH_BYTES = /[\x80-\xff]+/g;

const TAB = 9;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const DELETE = 127;

/**
 * The header fields at the start of a message (RFC 5322 section 2.2), up to the first empty line. Forgiving: lines end
 * with LF or CRLF (or CR where there is no LF at all), a space before the colon is dropped, an mbox `From ` line and
 * lines that are no field are passed over, folds stay in the value as they are. Never throws; work and memory are
 * linear in the number of bytes and capped.
 */
export function parseHeaderBlock(bytes: Uint8Array): HeaderBlock {
  const fields: HeaderField[] = [];
  readBlock(readText(bytes), 0, fields);
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
    start = readBlock(text, start, fields);
    if (fields.length > 0) blocks.push(fields);
  }
  return blocks;
}

/** The bytes as text in which every line ends with LF or CRLF. */
function readText(bytes: Uint8Array): string {
  const length = Math.min(bytes.length, MAX_BLOCK_BYTES);
  const read = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  const text = isAscii(read) ? read.toString('latin1') : decodeHighBytes(read.toString('latin1'));
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

/** Reads fields from `start` into `fields` and returns the place behind the empty line that ends the block. */
function readBlock(text: string, start: number, fields: HeaderField[]): number {
  let place = start;
  while (place < text.length) {
    const lineEnd = endOfLine(text, place);
    if (isEmptyLine(text, place, lineEnd)) return lineEnd + 1;
    const end = endOfField(text, lineEnd);
    addField(fields, text, place, end);
    place = end + 1;
  }
  return place;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

function isEmptyLine(text: string, start: number, end: number): boolean {
  let place = start;
  while (place < end && text.charCodeAt(place) === CR) place++;
  return place === end;
}

/** The first line end, from `lineEnd` on, behind which no continuation line follows (RFC 5322 section 2.2.3). */
function endOfField(text: string, lineEnd: number): number {
  let end = lineEnd;
  while (end < text.length && isBlank(text.charCodeAt(end + 1))) end = endOfLine(text, end + 1);
  return end;
}

function addField(fields: HeaderField[], text: string, start: number, end: number): void {
  const nameEnd = endOfName(text, start);
  let from = nameEnd;
  while (isBlank(text.charCodeAt(from))) from++;
  if (nameEnd === start || text.charCodeAt(from) !== COLON) return;
  const name = text.slice(start, nameEnd);
  if (fields.length >= MAX_FIELDS && !isKeptBehindOthers(fields, name)) return;
  do from++;
  while (from < end && isBlank(text.charCodeAt(from)));
  let to = end;
  while (to > from && text.charCodeAt(to - 1) === CR) to--;
  fields.push([name, to - from > MAX_FIELD_LENGTH ? shorten(text.slice(from, to)) : text.slice(from, to)]);
}

/** A name is printable ASCII without the colon (RFC 5322 section 2.2). */
function endOfName(text: string, start: number): number {
  let place = start;
  let character = text.charCodeAt(place);
  while (character > SPACE && character < DELETE && character !== COLON) character = text.charCodeAt(++place);
  return place;
}

function isBlank(character: number): boolean {
  return character === SPACE || character === TAB;
}

function isKeptBehindOthers(fields: readonly HeaderField[], name: string): boolean {
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
