import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { environmentKeySource } from './environment-key-source.ts';
import { fileKeySource } from './file-key-source.ts';
import type { KeySource } from './key-source.ts';
import { keychainKeySource, systemKeychain } from './keychain-key-source.ts';

/** Where the master key of the credentials is. Holds the key when it is in the environment; never logged. */
export type KeyPlace =
  /** A path that was named, or a folder in which each installation has a file of its own. */
  | { readonly source: 'file'; readonly path: string }
  | { readonly source: 'file'; readonly path: undefined; readonly folder: string }
  | { readonly source: 'environment'; readonly key: string; readonly previousKey: string | undefined }
  | { readonly source: 'keychain' };

/** Each installation has a key of its own where nobody names one: a rotation of one must not drop the other's. */
export function selectKeySource(masterKey: KeyPlace, dataFolder: string, installationId: string): KeySource {
  if (masterKey.source === 'file') {
    return fileKeySource(masterKey.path ?? join(masterKey.folder, `${installationId}.key`));
  }
  if (masterKey.source === 'environment') {
    const { key, previousKey } = masterKey;
    return environmentKeySource({
      REPLY_TRACKING_MASTER_KEY: key,
      REPLY_TRACKING_MASTER_KEY_PREVIOUS: previousKey,
    });
  }
  // With a server as the database the folder may not be there yet.
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const entry = { service: 'reply-tracking', account: installationId, environment: process.env };
  return keychainKeySource(systemKeychain(process.platform, entry), join(dataFolder, 'keychain.lock'));
}
