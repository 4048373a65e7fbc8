import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { CipherKey } from 'node:crypto';
import { ActionableError } from '../errors.ts';
import type { MasterKey } from './master-key.ts';

const FORMAT = 'v1';
const ALGORITHM = 'aes-256-gcm';
const DATA_KEY_BYTES = 32;
/** NIST SP 800-38D, section 5.2.1.1: 96 bits are the length that GCM is made for. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The row that a secret belongs to. A sealed secret opens for this row alone. */
export interface VaultRow {
  readonly installationId: string;
  readonly provider: string;
  /** Compared without regard to case. */
  readonly address: string;
}

/** A secret as it is stored; without the master key it tells its length and nothing else. */
export interface SealedSecret {
  /** Id of the master key under which it is. */
  readonly keyId: string;
  /**
   * `v1.<key id>.<wrapped data key>.<secret>`, the last two as base64url of nonce, AES-256-GCM cipher text and tag. The
   * data key is random, used once and wrapped by the master key.
   */
  readonly sealed: string;
}

/** Seals text for one row under a master key, with a data key and nonces that are used for nothing else. */
export function sealText(text: string, row: VaultRow, master: MasterKey): SealedSecret {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const wrapped = encrypt(master.key, dataKey, boundTo('data key', row, master.id));
  const secret = encrypt(dataKey, Buffer.from(text), boundTo('secret', row, master.id));
  return {
    keyId: master.id,
    sealed: [FORMAT, master.id, wrapped.toString('base64url'), secret.toString('base64url')].join('.'),
  };
}

/**
 * Opens what `sealText` sealed for this row.
 *
 * @throws ActionableError that names the row when the value was sealed for another row or under another key, was
 *   altered or cut, or is of a format that is not known. It shows nothing of the value.
 */
export function openText({ keyId, sealed }: SealedSecret, row: VaultRow, master: MasterKey): string {
  const [format, sealedUnder, wrapped, secret, ...rest] = sealed.split('.');
  if (format !== FORMAT) throw unknownFormat(row);
  if (wrapped === undefined || secret === undefined || rest.length > 0 || sealedUnder !== keyId) throw altered(row);
  try {
    const dataKey = decrypt(master.key, wrapped, boundTo('data key', row, keyId));
    return decrypt(dataKey, secret, boundTo('secret', row, keyId)).toString();
  } catch {
    throw altered(row);
  }
}

/**
 * Puts a sealed secret under another master key. The secret is encrypted anew, not only its data key wrapped anew:
 * credentials are short, the key id stays bound to both layers, and no data key that was ever wrapped by the old master
 * key opens anything in the database from then on.
 *
 * @throws ActionableError as `openText` does.
 */
export function resealText(sealed: SealedSecret, row: VaultRow, from: MasterKey, to: MasterKey): SealedSecret {
  return sealText(openText(sealed, row, from), row, to);
}

/** Names a row's credential in a sentence. */
export function nameCredential({ provider, address }: Omit<VaultRow, 'installationId'>): string {
  return `credential of ${address} (${provider})`;
}

/** Additional authenticated data. JSON of an array, so that no two different rows give the same text. */
function boundTo(layer: string, { installationId, provider, address }: VaultRow, keyId: string): Buffer {
  const parts = ['reply-tracking', FORMAT, layer, installationId, provider, address.toLowerCase(), keyId];
  return Buffer.from(JSON.stringify(parts));
}

function encrypt(key: CipherKey, plain: Buffer, boundTo: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: CipherKey, part: string, boundTo: Buffer): Buffer {
  const box = Buffer.from(part, 'base64url');
  // Node skips what is no base64url and ignores spare bits, so that several texts would open as one.
  if (box.toString('base64url') !== part) throw new Error('not canonical');
  const nonce = box.subarray(0, NONCE_BYTES);
  const tag = box.subarray(Math.max(NONCE_BYTES, box.length - TAG_BYTES));
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(boundTo)
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES)), decipher.final()]);
}

function altered(row: VaultRow): ActionableError {
  return new ActionableError(
    `The ${nameCredential(row)} does not open: it was altered, or sealed for another mailbox.`,
    [
      'Connect the mailbox again: sf reply mailbox connect',
      'If this database is a copy or was restored, check that it is whole and was not edited.',
    ],
  );
}

function unknownFormat(row: VaultRow): ActionableError {
  return new ActionableError(`The ${nameCredential(row)} is sealed in a format that this version does not know.`, [
    'Update the connector: a newer version may have sealed it.',
    'Or connect the mailbox again: sf reply mailbox connect',
  ]);
}
