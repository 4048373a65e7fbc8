import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const KEY_BYTES = 32;
const ID_LABEL = 'reply-tracking master key\n';
/** 64 bits: keys of one ring never share them by accident, and a person can still compare two of them by eye. */
const ID_DIGITS = 16;

/**
 * A key of 256 bits under which data keys are wrapped. Neither printing nor JSON shows it, because Node keeps it in a
 * KeyObject.
 */
export interface MasterKey {
  /** Names the key and tells nothing about it: 16 hexadecimal digits of a labelled SHA-256. Stored with what it seals. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of one place: the current one first, then previous ones that are still needed. Empty when there is none. */
export type MasterKeys = readonly MasterKey[];

export function newMasterKey(): MasterKey {
  return fromBytes(randomBytes(KEY_BYTES));
}

/** The text form in every place: 44 characters of base64 (RFC 4648, section 4), as `openssl rand -base64 32` prints. */
export function masterKeyText({ key }: MasterKey): string {
  return key.export().toString('base64');
}

/** Reads the text form, or gives undefined for anything else. One form only, so that one key has one spelling. */
export function parseMasterKey(text: string): MasterKey | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text ? fromBytes(bytes) : undefined;
}

function fromBytes(bytes: Buffer): MasterKey {
  const digest = createHash('sha256').update(ID_LABEL).update(bytes).digest('hex');
  return { id: digest.slice(0, ID_DIGITS), key: createSecretKey(bytes) };
}
