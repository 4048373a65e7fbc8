import { expect } from 'chai';
import { rm, writeFile } from 'node:fs/promises';
import { environmentKeySource } from '../../../connector/src/vault/environment-key-source.ts';
import { fileKeySource } from '../../../connector/src/vault/file-key-source.ts';
import { openKeyRing } from '../../../connector/src/vault/key-ring.ts';
import type { KeyRing } from '../../../connector/src/vault/key-ring.ts';
import { masterKeyText, newMasterKey } from '../../../connector/src/vault/master-key.ts';
import { refusalOf } from './refusal.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the key ring', () => {
  const folder = temporaryFolder();
  const path = (): string => folder.file('master.key');
  const idOfCurrent = (ring: KeyRing): Promise<string> => ring.withCurrentKey(({ id }) => Promise.resolve(id));
  const open = (sealed: boolean): Promise<KeyRing> =>
    openKeyRing({ source: fileKeySource(path()), isAnythingSealed: () => Promise.resolve(sealed) });

  beforeEach(() => rm(path(), { force: true }));

  it('makes the first key when something is to be sealed, and not before', async () => {
    const ring = await open(false);
    expect(await ring.source.read()).to.deep.equal([]);
    const id = await idOfCurrent(ring);
    expect((await ring.source.read()).map((key) => key.id)).to.deep.equal([id]);
    expect(await idOfCurrent(await open(true))).to.equal(id);
  });

  it('makes one key when several processes seal for the first time at once', async () => {
    const rings = await Promise.all(Array.from({ length: 6 }, () => open(false)));
    const ids = await Promise.all(rings.map(idOfCurrent));
    expect(new Set(ids).size).to.equal(1);
    expect((await rings[0]!.source.read()).map((key) => key.id)).to.deep.equal([ids[0]]);
  });

  it('makes no key when credentials are stored: it says where the key was expected and what its loss means', async () => {
    const ring = await open(true);
    const error = await refusalOf(() => idOfCurrent(ring));
    expect(error.message).to.include(path());
    expect(error.actions.join('\n')).to.include('backup').and.include('connect them again');
    expect(error.exitCode).to.equal(78);
    expect(await ring.source.read()).to.deep.equal([]);
  });

  it('never makes a key in the environment', async () => {
    for (const sealed of [false, true]) {
      const isAnythingSealed = () => Promise.resolve(sealed);
      const ring = await openKeyRing({ source: environmentKeySource({}), isAnythingSealed });
      const error = await refusalOf(() => idOfCurrent(ring));
      expect(error.message).to.include('REPLY_TRACKING_MASTER_KEY');
      expect(error.actions[0]).to.include('openssl rand -base64 32');
    }
  });

  it('is not opened on a file that holds something else', async () => {
    await writeFile(path(), 'garbage', { mode: 0o600 });
    expect((await refusalOf(() => open(false))).message).to.include(path());
  });

  it('finds keys that came later, and keeps those it has seen', async () => {
    const [first, second] = [newMasterKey(), newMasterKey()];
    await writeFile(path(), masterKeyText(first), { mode: 0o600 });
    const ring = await open(true);
    await writeFile(path(), masterKeyText(second));
    expect((await ring.find(first.id))?.id).to.equal(first.id);
    expect((await ring.find(second.id))?.id).to.equal(second.id);
    expect((await ring.find(first.id))?.id).to.equal(first.id);
    expect(await ring.find(newMasterKey().id)).to.equal(undefined);
  });
});
