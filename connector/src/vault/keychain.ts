import type { ActionableError } from '../errors.ts';
import { keySourceError } from './key-source.ts';

/** One entry in the keychain of the operating system. */
export interface Keychain {
  /** Names the entry in a sentence. */
  readonly name: string;
  /** The text of the entry, or undefined when there is none. */
  read(): Promise<string | undefined>;
  /** Puts this text in the place of what is there. Letters, digits, `+`, `/`, `=` and `,` only. */
  write(text: string): Promise<void>;
}

/** How an entry is found: the same words for every process of this installation, each on one line. */
export interface KeychainEntry {
  readonly service: string;
  /** Names the installation, so that rotating the keys of one takes none from another of the same user. */
  readonly account: string;
  readonly environment: NodeJS.ProcessEnv;
}

const MAX_WORDS = 200;

/** @param said what the program wrote about it; never given for a program that was told a secret, which may quote it. */
export function keychainFailure(name: string, failure: string, said = ''): ActionableError {
  const words = said.trim().split('\n', 1).join('').slice(0, MAX_WORDS);
  return keySourceError(`The master key could not be ${failure} ${name}${words === '' ? '.' : `: ${words}`}`, [
    'Check that the keychain is unlocked and that this session reaches it; a service outside a desktop session does not.',
    'Or keep the master key in a file or in REPLY_TRACKING_MASTER_KEY.',
  ]);
}

/** A program that cannot be started. */
export function keychainProgramFailure(program: string, advice: string): ActionableError {
  return keySourceError(`The keychain cannot be used: the program ${program} cannot be started.`, [
    advice,
    'Or keep the master key in a file or in REPLY_TRACKING_MASTER_KEY.',
  ]);
}
