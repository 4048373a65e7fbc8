import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeychainEntry } from '../../../../connector/src/vault/keychain.ts';

export interface KeychainStandIn {
  readonly program: string;
  /** Finds the stand-in before any program of the same name. */
  readonly entry: KeychainEntry;
  /** Puts text into the entry behind the back of the connector. */
  readonly put: (text: string) => Promise<void>;
  /** Everything that the program was given as an argument. */
  readonly arguments: () => Promise<string>;
}

/** Makes a program of this name in a folder that runs the stand-in of that name, with an empty keychain of its own. */
export async function installKeychain(name: 'secret-tool' | 'security', folder: string): Promise<KeychainStandIn> {
  await mkdir(folder, { recursive: true });
  const program = join(folder, name);
  const file = join(folder, 'keychain.json');
  const source = join(import.meta.dirname, `${name}.ts`);
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${source}' "$@"\n`, { mode: 0o755 });
  const entry = {
    service: 'reply-tracking',
    account: 'master-key',
    environment: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, KEYCHAIN_FILE: file },
  };
  const stored = name === 'security' ? 'reply-tracking master-key' : 'account=master-key service=reply-tracking';
  return {
    program,
    entry,
    put: (text) => writeFile(file, JSON.stringify({ [stored]: text })),
    arguments: () => readFile(`${file}.arguments`, 'utf8'),
  };
}
