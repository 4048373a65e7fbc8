import { holdLock } from './exclusive-lock.ts';
import { KEY_FORM, keySourceError, refuseRepeatedKey } from './key-source.ts';
import type { KeySource } from './key-source.ts';
import type { Keychain, KeychainEntry } from './keychain.ts';
import { keychainFailure } from './keychain.ts';
import { macosKeychain } from './macos-keychain.ts';
import { masterKeyText, parseMasterKey } from './master-key.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';
import { secretToolKeychain } from './secret-tool-keychain.ts';

const SEPARATOR = ',';

/**
 * The keychain of an operating system.
 *
 * @throws ActionableError on Windows, whose Credential Manager no program that comes with it reads.
 */
export function systemKeychain(platform: NodeJS.Platform, entry: KeychainEntry): Keychain {
  if (platform === 'win32') {
    throw keySourceError('The master key cannot be kept in the keychain of Windows: no program of Windows reads it.', [
      'Keep the master key in a file or in REPLY_TRACKING_MASTER_KEY.',
    ]);
  }
  return platform === 'darwin' ? macosKeychain(entry) : secretToolKeychain(entry);
}

/**
 * Keeps master keys in one entry of a keychain. A keychain knows no exclusive change, so that processes take turns by
 * the lock of a file.
 */
export function keychainKeySource(keychain: Keychain, lockFile: string): KeySource {
  return {
    place: keychain.name,
    howToBringKey: [`Bring ${keychain.name} back from a backup of the keychain, and unlock it.`],
    read: () => readKeys(keychain),
    change: { write: (keys) => writeKeys(keychain, keys) },
    exclusively: (work) => holdLock(lockFile, work),
  };
}

async function readKeys(keychain: Keychain): Promise<MasterKeys> {
  const text = await keychain.read();
  if (text === undefined) return [];
  const keys = text.split(SEPARATOR).map((part) => readKey(keychain, part.trim()));
  refuseRepeatedKey(keys, keychain.name, ['Remove the repetition with the keychain program of this system.']);
  return keys;
}

function readKey(keychain: Keychain, text: string): MasterKey {
  const key = parseMasterKey(text);
  if (key !== undefined) return key;
  throw keySourceError(`There is something else than master keys in ${keychain.name}.`, [
    'Bring it back from a backup of the keychain. It holds master keys with commas between them, the current one first.',
    KEY_FORM,
  ]);
}

/** Reads back what was written: the programs have ways to end with 0 and keep something else. */
async function writeKeys(keychain: Keychain, keys: MasterKeys): Promise<void> {
  const text = keys.map(masterKeyText).join(SEPARATOR);
  await keychain.write(text);
  if ((await keychain.read()) !== text) throw keychainFailure(keychain.name, 'kept in');
}
