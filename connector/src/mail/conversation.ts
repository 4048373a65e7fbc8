import { Buffer } from 'node:buffer';

/** MS-OXOMSG section 2.2.1.3: a reserved byte, five of a time, sixteen of a GUID; five more for each answer. */
const HEADER_BYTES = 22;
const ANSWER_BYTES = 5;
/** Characters of a value that is read: a conversation of two hundred answers. */
const MAX_LENGTH = 1400;

/**
 * The conversation that a Thread-Index names: its first 22 bytes in base64, which every answer keeps. Undefined when the
 * value is none. Some programs write 22 random bytes, so that the bytes themselves are not looked at.
 */
export function conversationOf(threadIndex: string): string | undefined {
  const text = threadIndex.slice(0, MAX_LENGTH).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < HEADER_BYTES || (bytes.length - HEADER_BYTES) % ANSWER_BYTES !== 0) return undefined;
  return bytes.toString('base64', 0, HEADER_BYTES);
}
