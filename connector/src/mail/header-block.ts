import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { HeaderBlock, HeaderField } from './header-field.ts';

/** Bytes of one block that are read; what follows is left alone. */
const MAX_BLOCK_BYTES = 1024 * 1024;
/** Characters of one field that are kept: its first and its last half, cut between two words. */
const MAX_FIELD_LENGTH = 64 * 1024;
/** Fields that are kept. Behind them only those that name messages are, and as many again of these. */
const MAX_FIELDS = 1000;
const NAMES_MESSAGES = new Set(['message-id', 'in-reply-to', 'references']);

/** Printable ASCII without the colon (RFC 5322 section 2.2), then the white space that obs-optional allows. */
const FIELD_NAME = /^[!-9;-~]+(?=[ \t]*$)/;
const HIGH_BYTES = /[\x80-\xff]+/g;

const CR = 13;
const TAB = 9;
const SPACE = 32;

/**
 * The header fields at the start of a message (RFC 5322 section 2.2), up to the first empty line. Forgiving: lines end
 * with LF or CRLF (or CR where there is no LF at all), a space before the colon is dropped, an mbox `From ` line and
 * lines that are no field are passed over, folds stay in the value as they are. Never throws; work and memory are
 * linear in the number of bytes and capped.
 */
export function parseHeaderBlock(bytes: Uint8Array): HeaderBlock {
  return parseHeaderBlocks(bytes, 1)[0] ?? [];
}

/**
 * Several blocks that are separated by empty lines, as in message/delivery-status (RFC 3464 section 2.1). At most
 * `limit` blocks that hold a field are returned.
 */
export function parseHeaderBlocks(bytes: Uint8Array, limit: number): HeaderBlock[] {
  const text = decodeBytes(bytes.length > MAX_BLOCK_BYTES ? bytes.subarray(0, MAX_BLOCK_BYTES) : bytes);
  const blocks: HeaderBlock[] = [];
  let start = 0;
  while (start < text.length && blocks.length < limit) {
    const fields: HeaderField[] = [];
    start = readBlock(text, start, fields);
    if (fields.length > 0) blocks.push(fields);
    else if (limit === 1) break;
  }
  return blocks;
}

/** ASCII and Latin-1 as they are; each run of bytes above 127 that is valid UTF-8 as what it spells. */
function decodeBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (isAscii(bytes)) return unifyLineEnds(text);
  const decoded = text.replace(HIGH_BYTES, (run) => {
    const raw = Buffer.from(run, 'latin1');
    return isUtf8(raw) ? raw.toString('utf8') : run;
  });
  return unifyLineEnds(decoded);
}

/** Old Macintosh files end their lines with CR alone; everywhere else a lone CR is not a line end. */
function unifyLineEnds(text: string): string {
  return text.includes('\n') ? text : text.replaceAll('\r', '\n');
}

/** Reads fields from `start` into `fields` and returns the place behind the empty line that ends the block. */
function readBlock(text: string, start: number, fields: HeaderField[]): number {
  let place = start;
  while (place < text.length) {
    const end = endOfField(text, place);
    if (isEmptyLine(text, place, end)) return end + 1;
    addField(fields, text, place, end);
    place = end + 1;
  }
  return place;
}

/** The place of the line end behind which no continuation line follows (RFC 5322 section 2.2.3). */
function endOfField(text: string, start: number): number {
  let end = text.indexOf('\n', start);
  while (end !== -1) {
    const next = text.charCodeAt(end + 1);
    if ((next !== SPACE && next !== TAB) || isEmptyLine(text, start, end)) return end;
    end = text.indexOf('\n', end + 1);
  }
  return text.length;
}

function isEmptyLine(text: string, start: number, end: number): boolean {
  let place = start;
  while (place < end && text.charCodeAt(place) === CR) place++;
  return place === end;
}

function addField(fields: HeaderField[], text: string, start: number, end: number): void {
  const colon = text.indexOf(':', start);
  if (colon === -1 || colon >= end) return;
  const name = fieldName(text, start, colon);
  if (name === undefined || !isWanted(fields, name)) return;
  let from = colon + 1;
  while (from < end && (text.charCodeAt(from) === SPACE || text.charCodeAt(from) === TAB)) from++;
  let to = end;
  while (to > from && text.charCodeAt(to - 1) === CR) to--;
  fields.push([name, shorten(text.slice(from, to))]);
}

function fieldName(text: string, start: number, colon: number): string | undefined {
  return FIELD_NAME.exec(text.slice(start, colon))?.[0];
}

function isWanted(fields: readonly HeaderField[], name: string): boolean {
  if (fields.length < MAX_FIELDS) return true;
  return fields.length < 2 * MAX_FIELDS && NAMES_MESSAGES.has(name.toLowerCase());
}

/** Keeps both ends of an overlong value: the first and the last ids of References are those that matter. */
function shorten(value: string): string {
  if (value.length <= MAX_FIELD_LENGTH) return value;
  const half = MAX_FIELD_LENGTH / 2;
  const head = value.slice(0, half);
  const tail = value.slice(-half);
  const headEnd = head.search(/\s\S*$/);
  const tailStart = tail.search(/\s/);
  if (headEnd === -1 || tailStart === -1) return head;
  return head.slice(0, headEnd) + tail.slice(tailStart);
}
