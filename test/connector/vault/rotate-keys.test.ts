import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { environmentKeySource } from '../../../connector/src/vault/environment-key-source.ts';
import type { KeySource } from '../../../connector/src/vault/key-source.ts';
import { masterKeyText, newMasterKey } from '../../../connector/src/vault/master-key.ts';
import type { MasterKeys } from '../../../connector/src/vault/master-key.ts';
import type { StoredCredential, StoredCredentials } from '../../../connector/src/vault/rotate-keys.ts';
import { sealText } from '../../../connector/src/vault/seal.ts';
import { refusalOf } from './refusal.ts';
import { INSTALLATION, openInstallation, passwordOf, rotate } from './rotation-world.ts';
import type { Installation } from './rotation-world.ts';
import { temporaryFolder } from './temporary-folder.ts';

const IDS = ['ann', 'bob', 'cleo'];
const ROTATOR = join(import.meta.dirname, 'rotate-until-killed.ts');

/** Ends the rotation at the step of this number, as a kill would. */
function interruptionAt(number: number): () => void {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps === number) throw new Error('interrupted');
  };
}

/** A source that takes no time: what waits for nothing else is done before the next turn of the event loop. */
function keysInMemory(): KeySource {
  let keys: MasterKeys = [];
  let last: Promise<unknown> = Promise.resolve();
  return {
    place: 'the memory of this test',
    howToBringKey: [],
    read: () => Promise.resolve(keys),
    change: {
      write: (written) => {
        keys = written;
        return Promise.resolve();
      },
    },
    exclusively: (work) => {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
  };
}

describe('the rotation of master keys', () => {
  const places = temporaryFolder();
  let folder: string;
  let installation: Installation;
  let oldKey: string;
  let number = 0;

  const newInstallation = async (ids: readonly string[] = IDS): Promise<void> => {
    folder = places.file(String((number += 1)));
    await mkdir(folder);
    installation = await openInstallation(folder);
    for (const id of ids) await installation.connect(id);
    oldKey = (await installation.keyIds())[0]!;
  };
  beforeEach(() => newInstallation());

  /** The credentials as they are stored, but for some of the calls. */
  const storedWith = (calls: Partial<StoredCredentials>): StoredCredentials => ({
    sealedOtherwise: (keyId) => installation.credentials.sealedOtherwise(keyId),
    read: (id) => installation.credentials.read(id),
    replace: (id, before, after) => installation.credentials.replace(id, before, after),
    ...calls,
  });

  /** Every credential opens for a process that starts now, and one key is left. */
  const expectOneKey = async (ids: readonly string[] = IDS): Promise<void> => {
    const started = await openInstallation(folder);
    expect(await started.opened()).to.have.members(ids);
    const keyIds = await started.keyIds();
    expect(keyIds).to.have.lengthOf(1);
    expect(new Set([...started.credentials.all().values()].map(({ sealed }) => sealed.keyId))).to.deep.equal(
      new Set(keyIds),
    );
  };

  it('puts every credential under a new key, drops the old one and says so', async () => {
    const told: [number, number][] = [];
    const rotated = await rotate(installation, { told: (...counts) => told.push(counts) });
    await expectOneKey();
    expect(rotated).to.deep.equal({
      keyId: (await installation.keyIds())[0],
      previousKeyIds: [oldKey],
      credentials: 3,
      resumed: false,
      nextSteps: [],
    });
    expect(rotated.keyId).to.not.equal(oldKey);
    expect(told).to.deep.equal([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('makes a new key even when no credential is left under the old one', async () => {
    for (const id of IDS) installation.credentials.save(id, undefined);
    expect(await rotate(installation)).to.include({ credentials: 0, resumed: false });
    expect(await installation.keyIds()).to.not.include(oldKey);
  });

  it('takes many credentials in turns', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `rep${index}`);
    await newInstallation(ids);
    expect((await rotate(installation)).credentials).to.equal(60);
    await expectOneKey(ids);
  });

  it('loses nothing when it is interrupted at any step, and ends with one key when it is begun anew', async () => {
    let interrupted = true;
    for (let step = 1; interrupted; step += 1) {
      await newInstallation();
      interrupted = await rotate(installation, { step: interruptionAt(step) }).then(
        () => false,
        () => true,
      );
      const started = await openInstallation(folder);
      expect(await started.opened(), `opened after step ${step}`).to.have.members(IDS);
      const before = await started.keyIds();
      const rotated = await rotate(started);
      await expectOneKey();
      expect(rotated.resumed, `resumed after step ${step}`).to.equal(before.length > 1);
      if (before.length > 1) expect(rotated.keyId).to.equal(before[0]);
    }
  });

  it('ends with one key however often it is interrupted', async () => {
    const keys = new Set([oldKey]);
    for (let step = 1; step < 40; step += 3) {
      await rotate(await openInstallation(folder), { step: interruptionAt(step) }).catch(() => undefined);
      for (const id of await installation.keyIds()) keys.add(id);
      expect(await (await openInstallation(folder)).opened()).to.have.members(IDS);
    }
    await rotate(await openInstallation(folder));
    await expectOneKey();
  });

  it('goes on after the process was killed, whose lock dies with it', async () => {
    let standing = 0;
    for (const step of [6, 9, 14, 18, 40]) {
      const child = spawn(process.execPath, [ROTATOR, folder, String(step)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(child, 'close');
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      child.kill('SIGKILL');
      await closed;
      if (String(said) === 'standing\n') standing += 1;
      expect(await (await openInstallation(folder)).opened(), `opened after step ${step}`).to.have.members(IDS);
    }
    expect(standing).to.be.greaterThan(2);
    await rotate(await openInstallation(folder));
    await expectOneKey();
  });

  it('is done by two processes at once without harm', async () => {
    const others = await Promise.all([openInstallation(folder), openInstallation(folder)]);
    await Promise.all(others.map((other) => rotate(other)));
    await expectOneKey();
  });

  it('undoes no other rotation, whichever of its steps the other begins at', async () => {
    let met = true;
    for (let step = 1; met; step += 1) {
      await newInstallation([]);
      const shared = await openInstallation(folder, keysInMemory());
      for (const id of IDS) await shared.connect(id);
      const others: Promise<unknown>[] = [];
      let steps = 0;
      await rotate(shared, {
        step: async () => {
          if ((steps += 1) !== step) return;
          others.push(rotate(shared).then(() => rotate(shared)));
          // Nothing here waits for the disk: the others have come to their end by then, or to the lock.
          await setImmediate();
        },
      });
      await Promise.all(others);
      met = others.length > 0;
      expect(await (await openInstallation(folder, shared.ring.source)).opened(), `step ${step}`).to.have.members(IDS);
      expect(await shared.keyIds()).to.have.lengthOf(1);
    }
  });

  it('lets a service that runs meanwhile open every credential at every step and afterwards', async () => {
    const service = await openInstallation(folder);
    await rotate(installation, {
      step: async () => {
        expect(await service.opened()).to.have.members(IDS);
        expect(await (await openInstallation(folder)).opened()).to.have.members(IDS);
      },
    });
    expect(await service.opened()).to.have.members(IDS);
  });

  it('loses no mailbox that another process connects meanwhile, whichever step that falls on', async () => {
    const service = await openInstallation(folder);
    const connecting: Promise<void>[] = [];
    const rotated = rotate(installation, {
      step: () => {
        const id = `new${connecting.length}`;
        if (connecting.length < 40) connecting.push(service.connect(id));
      },
    });
    await rotated;
    await Promise.all(connecting);
    const ids = [...IDS, ...connecting.map((_, index) => `new${index}`)];
    await expectOneKey(ids);
    expect(connecting.length).to.be.greaterThan(10);
  });

  it('keeps a credential that is replaced between reading and writing it', async () => {
    const { credentials } = installation;
    const key = (await installation.ring.find(oldKey))!;
    const read = async (id: string): Promise<StoredCredential | undefined> => {
      const stored = await credentials.read(id);
      if (id !== 'bob' || stored?.provider !== 'imap') return stored;
      const newer = { provider: 'gmail', address: 'bob@example.com' };
      const row = { ...newer, installationId: INSTALLATION };
      credentials.save('bob', { ...newer, sealed: sealText('{"password":"a newer one"}', row, key) });
      return stored;
    };
    await rotate({ ring: installation.ring, credentials: storedWith({ read }) });
    const bob = credentials.all().get('bob')!;
    expect(await (await openInstallation(folder)).vault.open(bob.sealed, bob)).to.deep.equal({
      password: 'a newer one',
    });
    expect(await installation.keyIds())
      .to.have.lengthOf(1)
      .and.not.include(oldKey);
  });

  it('passes over a mailbox that is disconnected meanwhile', async () => {
    await rotate(installation, { told: () => installation.credentials.save('cleo', undefined) });
    await expectOneKey(['ann', 'bob']);
  });

  it('names the credentials that do not open, finishes the others and keeps the old key until those are gone', async () => {
    const { credentials } = installation;
    const [ann, bob] = ['ann', 'bob'].map((id) => credentials.all().get(id)!);
    credentials.save('bob', { ...bob!, sealed: ann!.sealed });
    credentials.save('dora', {
      ...ann!,
      address: 'dora@example.com',
      sealed: { keyId: 'feed', sealed: 'v1.feed.a.b' },
    });

    const error = await refusalOf(() => rotate(installation), [passwordOf('ann'), ann!.sealed.sealed]);
    expect(error.message).to.include('bob@example.com (imap): it does not open');
    expect(error.message).to.include('dora@example.com (imap): its master key is not there');
    expect(await installation.keyIds())
      .to.have.lengthOf(2)
      .and.include(oldKey);
    expect(await credentials.sealedOtherwise((await installation.keyIds())[0]!)).to.have.members(['bob', 'dora']);

    credentials.save('dora', undefined);
    await installation.connect('bob');
    expect(await rotate(installation)).to.include({ resumed: true, credentials: 0 });
    await expectOneKey();
  });

  it('gives up on a credential that keeps changing, by name', async () => {
    const credentials = storedWith({ replace: () => Promise.resolve(false) });
    const error = await refusalOf(() => rotate({ ring: installation.ring, credentials }));
    expect(error.message).to.include('ann@example.com (imap): it keeps changing');
    expect(await (await openInstallation(folder)).opened()).to.have.members(IDS);
  });

  it('takes in a database that was restored from before, once the key of that time is behind the current one', async () => {
    const path = join(folder, 'master.key');
    const [keysBefore, backup] = [await readFile(path), installation.credentials.all()];
    await rotate(installation);
    for (const [id, credential] of backup) installation.credentials.save(id, credential);
    const restored = await openInstallation(folder);
    const error = await refusalOf(() => restored.opened());
    expect(error.message).to.include(path);
    expect(error.actions.join(' ')).to.include('restored');
    await appendFile(path, keysBefore);
    expect(await rotate(restored)).to.include({ credentials: 3, resumed: true });
    await expectOneKey();
  });

  it('needs a key: without one there is nothing to rotate, or the key is lost', async () => {
    await writeFile(join(folder, 'master.key'), '');
    expect((await refusalOf(() => rotate(installation))).message).to.include('is empty');
    const gone = { ...installation.ring, source: environmentKeySource({}) };
    expect((await refusalOf(() => rotate({ ...installation, ring: gone }))).message).to.include(
      'Credentials are stored',
    );
    for (const id of IDS) installation.credentials.save(id, undefined);
    const nothing = await refusalOf(() => rotate({ ...installation, ring: gone }));
    expect(nothing.actions[0]).to.include('sf reply mailbox connect');
  });

  describe('in the environment', () => {
    const before = newMasterKey();
    const after = newMasterKey();
    const withKeys = (current: string, previous = ''): Promise<Installation> =>
      openInstallation(
        folder,
        environmentKeySource({ REPLY_TRACKING_MASTER_KEY: current, REPLY_TRACKING_MASTER_KEY_PREVIOUS: previous }),
      );

    beforeEach(async () => {
      await newInstallation([]);
      const first = await withKeys(masterKeyText(before));
      for (const id of IDS) await first.connect(id);
    });

    it('asks for a new key and the previous one, step by step', async () => {
      const alone = await withKeys(masterKeyText(before));
      const error = await refusalOf(() => rotate(alone), [masterKeyText(before)]);
      expect(error.message).to.include('REPLY_TRACKING_MASTER_KEY');
      expect(error.actions.join('\n')).to.match(/openssl rand -base64 32[^]*PREVIOUS[^]*keys rotate[^]*remove/);
    });

    it('puts every credential under the new key, and says that the previous one can be removed', async () => {
      const both = await withKeys(masterKeyText(after), masterKeyText(before));
      const rotated = await rotate(both);
      expect(rotated).to.deep.include({ keyId: after.id, previousKeyIds: [before.id], credentials: 3, resumed: false });
      expect(rotated.nextSteps.join()).to.include('remove REPLY_TRACKING_MASTER_KEY_PREVIOUS');
      expect(await (await withKeys(masterKeyText(after))).opened()).to.have.members(IDS);
    });

    it('goes on when it is interrupted and begun anew', async () => {
      const both = await withKeys(masterKeyText(after), masterKeyText(before));
      await rotate(both, { step: interruptionAt(11) }).catch(() => undefined);
      expect(await both.opened()).to.have.members(IDS);
      await rotate(both);
      expect(await (await withKeys(masterKeyText(after))).opened()).to.have.members(IDS);
    });
  });
});
