import { createHmac, hash, randomBytes } from 'node:crypto';
import type { Database } from './database.ts';
import type { Digest } from './store.ts';

/** Bytes that SHA-256 takes in at once, and bytes of its result (FIPS 180-4 section 1). */
const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
/** Bytes of text for which there is room beside the key; what is longer takes the slow way. */
const TEXT_BYTES = 4096;

/** The installation's own key, made by the first process that opens the database and kept there. */
export async function installationKey(database: Database): Promise<Buffer> {
  await database.query('insert into installation (digest_key) values ($1) on conflict do nothing', [
    randomBytes(32).toString('hex'),
  ]);
  const rows = await database.query<{ digest_key: string }>('select digest_key from installation');
  return Buffer.from(rows[0]?.digest_key ?? '', 'hex');
}

/** The first 128 bits of HMAC-SHA-256 in the text form of a UUID: 16 bytes in an index, where the id itself has 80. */
export function digestOf(key: Buffer, messageId: string): Digest {
  const hex = hmacOf(key, messageId);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** The digest of an address: a space leads it, which no Message-ID begins with, so that the two never meet. */
export function addressDigestOf(key: Buffer, address: string): Digest {
  return digestOf(key, ` ${address}`);
}

/** What the two hashes of an HMAC take in: the key, and room behind it for the text or for the inner hash. */
interface KeyedBuffers {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const buffersOf = new WeakMap<Buffer, KeyedBuffers>();

/**
 * HMAC-SHA-256 as its two hashes (RFC 2104 section 2), in hex. Every id of every message comes through here, and
 * `createHmac` makes an object for each, which takes ten times as long.
 */
function hmacOf(key: Buffer, text: string): string {
  // A character of a string is three bytes of UTF-8 at most.
  if (text.length * 3 > TEXT_BYTES) return createHmac('sha256', key).update(text).digest('hex');
  const { inner, outer } = buffersOf.get(key) ?? keyedBuffers(key);
  const length = BLOCK_BYTES + inner.write(text, BLOCK_BYTES);
  outer.write(hash('sha256', inner.subarray(0, length), 'binary'), BLOCK_BYTES, 'binary');
  return hash('sha256', outer, 'hex');
}

function keyedBuffers(key: Buffer): KeyedBuffers {
  const inner = Buffer.alloc(BLOCK_BYTES + TEXT_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, 0x5c);
  for (const [place, byte] of key.entries()) {
    inner[place] = byte ^ 0x36;
    outer[place] = byte ^ 0x5c;
  }
  buffersOf.set(key, { inner, outer });
  return { inner, outer };
}
