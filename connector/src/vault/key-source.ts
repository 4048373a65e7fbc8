import { ActionableError } from '../errors.ts';
import type { MasterKeys } from './master-key.ts';

/** EX_CONFIG of sysexits(3): the place of the keys has to be put right first, and trying again will not help. */
const EXIT_CONFIG = 78;

/** A place that keeps master keys: a file, the environment or the keychain of the operating system. */
export interface KeySource {
  /** Names the place in a sentence, for example `the file /home/rep/.config/reply-tracking/master.key`. */
  readonly place: string;
  /** What a person does to bring a key to this place, one step an entry. */
  readonly howToBringKey: readonly string[];
  /**
   * The keys that are there now, none repeated; empty when there is none.
   *
   * @throws ActionableError when the place cannot be read, is open to other users or holds something else.
   */
  read(): Promise<MasterKeys>;
  /** How the keys change: this program writes them, or only a person can. */
  readonly change: KeysWritten | KeysBroughtByPerson;
  /** Runs work that depends on the keys staying as they are: no other process runs such work meanwhile. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

export interface KeysWritten {
  /**
   * Puts these keys in the place of all that are there. Whoever reads, even after a kill or a power cut, finds either
   * what was there before or these. Called within `exclusively` only.
   */
  write(keys: MasterKeys): Promise<void>;
}

export interface KeysBroughtByPerson {
  /** What a person does to rotate them; the last step comes after the rotation. */
  readonly steps: readonly string[];
}

/** What is wrong with a place of keys, and what to do; never what it holds. */
export function keySourceError(message: string, actions: readonly string[]): ActionableError {
  return new ActionableError(message, actions, { exitCode: EXIT_CONFIG });
}

/** The form of a key, for the actions of an error. */
export const KEY_FORM = 'A master key is 32 random bytes in base64, 44 characters: openssl rand -base64 32';

/** @throws ActionableError when a key is there twice: then it is not clear which one a person meant to replace. */
export function refuseRepeatedKey(keys: MasterKeys, place: string, actions: readonly string[]): void {
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    throw keySourceError(`The same master key is more than once in ${place}.`, actions);
  }
}
