import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileKeySource } from '../../../connector/src/vault/file-key-source.ts';
import { openKeyRing } from '../../../connector/src/vault/key-ring.ts';
import type { KeyRing } from '../../../connector/src/vault/key-ring.ts';
import type { KeySource } from '../../../connector/src/vault/key-source.ts';
import { rotateKeys } from '../../../connector/src/vault/rotate-keys.ts';
import type { RotatedKeys, StoredCredential, StoredCredentials } from '../../../connector/src/vault/rotate-keys.ts';
import { openVault } from '../../../connector/src/vault/vault.ts';
import type { Vault } from '../../../connector/src/vault/vault.ts';

export const INSTALLATION = 'installation-1';

export interface Secret {
  readonly password: string;
}

export const passwordOf = (id: string): string => `the password of ${id}`;

/**
 * Credentials in a file of a folder, which outlives a killed process as a database does: every change is one atomic
 * replacement of the file. One process at a time.
 */
export class CredentialFile implements StoredCredentials {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'credentials.json');
  }

  all(): Map<string, StoredCredential> {
    if (!existsSync(this.#path)) return new Map();
    return new Map(JSON.parse(readFileSync(this.#path, 'utf8')) as [string, StoredCredential][]);
  }

  save(id: string, credential: StoredCredential | undefined): void {
    const all = this.all();
    if (credential === undefined) all.delete(id);
    else all.set(id, credential);
    writeFileSync(`${this.#path}.new`, JSON.stringify([...all]));
    renameSync(`${this.#path}.new`, this.#path);
  }

  sealedOtherwise(keyId: string): Promise<string[]> {
    return Promise.resolve([...this.all()].filter(([, { sealed }]) => sealed.keyId !== keyId).map(([id]) => id));
  }

  read(id: string): Promise<StoredCredential | undefined> {
    return Promise.resolve(this.all().get(id));
  }

  replace(
    id: string,
    before: StoredCredential['sealed'],
    after: StoredCredential['sealed'],
  ): ReturnType<StoredCredentials['replace']> {
    const stored = this.all().get(id);
    if (stored?.sealed.sealed !== before.sealed) return Promise.resolve(false);
    this.save(id, { ...stored, sealed: after });
    return Promise.resolve(true);
  }
}

/** One installation in a folder, as one process of it sees it: a key file and credentials. */
export interface Installation {
  readonly credentials: CredentialFile;
  readonly ring: KeyRing;
  readonly vault: Vault<Secret>;
  connect(id: string): Promise<void>;
  /** Opens every credential that is stored; gives the ids of those that have their own password in them. */
  opened(): Promise<string[]>;
  keyIds(): Promise<string[]>;
}

export async function openInstallation(folder: string, source = keyFile(folder)): Promise<Installation> {
  const credentials = new CredentialFile(folder);
  const isAnythingSealed = (): Promise<boolean> => Promise.resolve(credentials.all().size > 0);
  const ring = await openKeyRing({ source, isAnythingSealed });
  const vault = openVault<Secret>({ ring, installationId: INSTALLATION });
  return {
    credentials,
    ring,
    vault,
    connect: (id) => {
      const row = { provider: 'imap', address: `${id}@example.com` };
      return vault.seal({ password: passwordOf(id) }, row, (sealed) =>
        Promise.resolve(credentials.save(id, { ...row, sealed })),
      );
    },
    opened: async () => {
      const all = [...credentials.all()];
      const opened = await Promise.all(all.map(([, stored]) => vault.open(stored.sealed, stored)));
      return all.map(([id]) => id).filter((id, index) => opened[index]?.password === passwordOf(id));
    },
    keyIds: async () => (await source.read()).map(({ id }) => id),
  };
}

export const keyFile = (folder: string): KeySource => fileKeySource(join(folder, 'master.key'));

/** Rotates the keys of an installation. `step` is awaited before and after every call that leaves the rotation. */
export function rotate(
  { ring, credentials }: { readonly ring: KeyRing; readonly credentials: StoredCredentials },
  { step = () => undefined, told = () => undefined }: RotationWatch = {},
): Promise<RotatedKeys> {
  const stepped =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await step();
      const result = await call(...args);
      await step();
      return result;
    };
  const { source } = ring;
  const { change } = source;
  const watched: KeySource = {
    ...source,
    read: stepped(() => source.read()),
    change: 'write' in change ? { write: stepped((keys) => change.write(keys)) } : change,
    exclusively: async (work) => {
      await step();
      return source.exclusively(work);
    },
  };
  return rotateKeys({
    ring: { ...ring, source: watched },
    installationId: INSTALLATION,
    credentials: {
      sealedOtherwise: stepped((keyId) => credentials.sealedOtherwise(keyId)),
      read: stepped((id) => credentials.read(id)),
      replace: stepped((id, before, after) => credentials.replace(id, before, after)),
    },
    told,
  });
}

export interface RotationWatch {
  readonly step?: () => void | Promise<void>;
  readonly told?: (done: number, total: number) => void;
}
