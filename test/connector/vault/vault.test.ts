import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { fileKeySource } from '../../../connector/src/vault/file-key-source.ts';
import { openKeyRing } from '../../../connector/src/vault/key-ring.ts';
import type { SealedSecret } from '../../../connector/src/vault/seal.ts';
import { openVault } from '../../../connector/src/vault/vault.ts';
import type { Vault } from '../../../connector/src/vault/vault.ts';
import { CANARIES, leaksIn } from './canaries.ts';
import { refusalOf } from './refusal.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Credential {
  readonly kind: string;
  readonly password: string;
}

const row = { provider: 'imap', address: 'rep@example.com' };

describe('the vault', () => {
  const folder = temporaryFolder();
  const vaultOf = async (installationId: string, file = 'master.key'): Promise<Vault<Credential>> => {
    const source = fileKeySource(folder.file(file));
    return openVault({
      ring: await openKeyRing({ source, isAnythingSealed: () => Promise.resolve(false) }),
      installationId,
    });
  };
  const sealed = (vault: Vault<Credential>, password: string): Promise<SealedSecret> =>
    vault.seal({ kind: 'password', password }, row, (value) => Promise.resolve(value));

  it('gives back every credential as it was, and shows none of it in what is stored', async () => {
    const vault = await vaultOf('installation-1');
    for (const { secret } of CANARIES) {
      const stored = await sealed(vault, secret);
      expect(leaksIn(JSON.stringify(stored))).to.deep.equal([]);
      expect(await (await vaultOf('installation-1')).open(stored, row)).to.deep.equal({
        kind: 'password',
        password: secret,
      });
    }
  });

  it('gives what saving gives, and passes on why it failed', async () => {
    const vault = await vaultOf('installation-1');
    const credential = { kind: 'password', password: 'x' };
    expect(await vault.seal(credential, row, () => Promise.resolve('saved'))).to.equal('saved');
    const failure = new Error('disk full');
    const failed = await vault.seal(credential, row, () => Promise.reject(failure)).catch((error: unknown) => error);
    expect(failed).to.equal(failure);
  });

  it('does not open the credential of another installation', async () => {
    const stored = await sealed(await vaultOf('installation-1'), 'correct horse');
    const other = await vaultOf('installation-2');
    expect((await refusalOf(() => other.open(stored, row), ['correct horse'])).message).to.include('rep@example.com');
  });

  it('names the mailbox and where its key was expected when the key is not there', async () => {
    const stored = await sealed(await vaultOf('installation-1', 'lost.key'), 'correct horse');
    await rm(folder.file('lost.key'));
    for (const file of ['lost.key', 'master.key']) {
      const vault = await vaultOf('installation-1', file);
      const error = await refusalOf(() => vault.open(stored, row), ['correct horse', stored.sealed]);
      expect(error.message).to.include('rep@example.com (imap)').and.include(folder.file(file));
      expect(error.actions.join(' ')).to.include('connect the mailbox again');
    }
  });
});
