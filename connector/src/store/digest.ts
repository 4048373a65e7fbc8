import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from './database.ts';
import type { Digest } from './store.ts';

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
  const hex = createHmac('sha256', key).update(messageId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** The digest of an address: a space leads it, which no Message-ID begins with, so that the two never meet. */
export function addressDigestOf(key: Buffer, address: string): Digest {
  return digestOf(key, ` ${address}`);
}
