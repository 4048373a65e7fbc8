import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const FORMAT = 'v1.';
/** NIST SP 800-38D, section 5.2.1.1. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Turns a hash into what is stored of it, and back. */
export interface HashSeal {
  readonly seal: (hash: string) => string;
  /** What an earlier version has stored is not sealed, and comes back as it is; it expires within 30 days. */
  readonly open: (stored: string) => string;
}

/**
 * Seals hashes that have to come back as they were, so that they cannot be kept as keyed hashes. Whoever has a row and
 * not the installation's key cannot tell whether a certain message is behind it.
 */
export function openHashSeal(installationKey: Buffer): HashSeal {
  const key = createHmac('sha256', installationKey).update('hashes of waiting messages').digest();
  return {
    seal: (hash) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      const text = Buffer.concat([nonce, cipher.update(hash, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return FORMAT + text.toString('base64url');
    },
    open: (stored) => {
      if (!stored.startsWith(FORMAT)) return stored;
      const text = Buffer.from(stored.slice(FORMAT.length), 'base64url');
      const decipher = createDecipheriv(ALGORITHM, key, text.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAuthTag(text.subarray(-TAG_BYTES));
      return decipher.update(text.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}
