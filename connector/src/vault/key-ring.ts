import type { ActionableError } from '../errors.ts';
import { keySourceError } from './key-source.ts';
import type { KeySource } from './key-source.ts';
import { newMasterKey } from './master-key.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';

/** The master keys of this installation, as they are in their source at any time. */
export interface KeyRing {
  readonly source: KeySource;
  /** The key of this id; the source is read again when it is not known yet, for another process may rotate. */
  find(id: string): Promise<MasterKey | undefined>;
  /**
   * Runs work with the current key, which stays the current one until the work has settled. Where there is no key yet
   * and nothing is sealed, the first one is made.
   *
   * @throws ActionableError when there is no key although something is sealed, or when only a person can bring one.
   */
  withCurrentKey<T>(work: (key: MasterKey) => Promise<T>): Promise<T>;
}

export interface KeyRingOptions {
  readonly source: KeySource;
  /** Tells whether any credential is stored: then a missing key is a lost key, and a new one would only hide that. */
  readonly isAnythingSealed: () => Promise<boolean>;
}

/**
 * Opens the ring. No key is made by that, but a source that cannot be used is refused.
 *
 * Keys that were read once stay known to this process: a credential that was read from the store before another process
 * put it under a new key still opens afterwards.
 */
export async function openKeyRing({ source, isAnythingSealed }: KeyRingOptions): Promise<KeyRing> {
  const known = new Map<string, MasterKey>();
  const look = async (): Promise<MasterKeys> => {
    const keys = await source.read();
    for (const key of keys) known.set(key.id, key);
    return keys;
  };
  await look();
  return {
    source,
    find: async (id) => {
      if (!known.has(id)) await look();
      return known.get(id);
    },
    withCurrentKey: (work) =>
      source.exclusively(async () => {
        const key = (await look())[0] ?? (await makeFirstKey(source, isAnythingSealed));
        known.set(key.id, key);
        return work(key);
      }),
  };
}

async function makeFirstKey(source: KeySource, isAnythingSealed: () => Promise<boolean>): Promise<MasterKey> {
  if (await isAnythingSealed()) throw lostKey(source);
  if (!('write' in source.change)) {
    throw keySourceError(`There is no master key in ${source.place}.`, source.howToBringKey);
  }
  const key = newMasterKey();
  await source.change.write([key]);
  return key;
}

/** Credentials are there, their key is not. */
export function lostKey({ place, howToBringKey }: KeySource): ActionableError {
  return keySourceError(`Credentials are stored, but the master key that opens them is not in ${place}.`, [
    ...howToBringKey,
    'Without the key they cannot be opened by anybody: disconnect the mailboxes and connect them again ' +
      '(sf reply mailbox disconnect, sf reply mailbox connect). Then a new key is used.',
  ]);
}
