import { expect } from 'chai';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { keychainKeySource, systemKeychain } from '../../../connector/src/vault/keychain-key-source.ts';
import type { Keychain } from '../../../connector/src/vault/keychain.ts';
import { macosKeychain } from '../../../connector/src/vault/macos-keychain.ts';
import { masterKeyText, newMasterKey } from '../../../connector/src/vault/master-key.ts';
import { runProgram } from '../../../connector/src/vault/run-program.ts';
import { secretToolKeychain } from '../../../connector/src/vault/secret-tool-keychain.ts';
import { refusalOf } from './refusal.ts';
import { installKeychain } from './stand-ins/install.ts';
import type { KeychainStandIn } from './stand-ins/install.ts';
import { temporaryFolder } from './temporary-folder.ts';

const text = masterKeyText(newMasterKey());

const programs: ['secret-tool' | 'security', (standIn: KeychainStandIn) => Keychain][] = [
  ['secret-tool', ({ entry }) => secretToolKeychain(entry)],
  ['security', ({ entry, program }) => macosKeychain(entry, program)],
];

for (const [name, open] of programs) {
  describe(`the keychain by ${name} (a stand-in)`, () => {
    const folder = temporaryFolder();
    let standIn: KeychainStandIn;

    /** Puts another program in the place of the stand-in. */
    const replaceProgram = (script: string): Promise<void> =>
      writeFile(standIn.program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });

    beforeEach(async () => {
      standIn = await installKeychain(name, folder.file(name));
    });
    afterEach(() => rm(folder.file(name), { recursive: true }));

    it('never gets the key as an argument', async () => {
      await open(standIn).write(text);
      expect(await open(standIn).read()).to.equal(text);
      const given = await standIn.arguments();
      expect(given).to.not.include(text).and.not.include(text.slice(0, 8));
      expect(given.trim().split('\n')).to.have.lengthOf(2);
    });

    it('takes an account with spaces, quotation marks and backslashes in it', async () => {
      const entry = { ...standIn.entry, account: 'CORP\\rep "one" of two' };
      const source = keychainKeySource(open({ ...standIn, entry }), folder.file('lock'));
      const { change } = source;
      const key = newMasterKey();
      if ('write' in change) await change.write([key]);
      expect((await source.read()).map(({ id }) => id)).to.deep.equal([key.id]);
      expect(await open(standIn).read()).to.equal(undefined);
    });

    it('is told from an empty one when it cannot be asked', async () => {
      const { PATH } = standIn.entry.environment;
      const locked = { ...standIn, entry: { ...standIn.entry, environment: { PATH } } };
      const error = await refusalOf(() => open(locked).read());
      expect(error.message).to.match(/could not be read from the keychain entry .*: sec/);
      expect(error.actions.join(' ')).to.include('REPLY_TRACKING_MASTER_KEY');
      await refusalOf(() => open(locked).write(text), [text]);
    });

    it('is said to be missing when its program is not there', async () => {
      await rm(standIn.program);
      const environment = { ...standIn.entry.environment, PATH: folder.file(name) };
      const error = await refusalOf(() => open({ ...standIn, entry: { ...standIn.entry, environment } }).read());
      expect(error.message).to.include(name).and.include('cannot be started');
    });

    it('shows nothing that its program says about a key that it does not take', async () => {
      await replaceProgram('cat >&2; exit 1');
      await refusalOf(() => open(standIn).write(text), [text]);
    });

    it('is not trusted to have kept a key that it does not give back', async () => {
      await replaceProgram('cat > /dev/null; exit 0');
      const source = keychainKeySource(open(standIn), folder.file('lock'));
      const { change } = source;
      const error = await refusalOf(() => ('write' in change ? change.write([newMasterKey()]) : undefined), [text]);
      expect(error.message).to.include('could not be kept in');
    });
  });
}

describe('the keychain of the system', () => {
  const entry = { service: 'reply-tracking', account: 'master-key', environment: {} };

  it('is that of the platform', () => {
    expect(systemKeychain('linux', entry).name).to.include('secret-tool');
    expect(systemKeychain('darwin', entry).name).to.include('security');
  });

  it('is refused on Windows, with what to use there', async () => {
    const error = await refusalOf(() => systemKeychain('win32', entry));
    expect(error.message).to.include('Windows');
    expect(error.actions[0]).to.include('file');
  });
});

describe('a program that is run', () => {
  const folder = temporaryFolder();
  const run = { arguments: [], input: '', environment: process.env };

  it('is stopped when it does not end in time', async () => {
    const program = folder.file('hangs');
    await mkdir(folder.path, { recursive: true });
    await writeFile(program, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    expect(await runProgram(program, run, 50)).to.deep.equal({ code: undefined, output: '', complaint: '' });
  });

  it('may end before it has read its input, and may say more than anybody keeps', async () => {
    const program = folder.file('chatters');
    await writeFile(program, '#!/bin/sh\nexec 0<&-\nhead -c 1000000 /dev/zero | tr "\\0" x\nexit 3\n', { mode: 0o755 });
    const { code, output } = await runProgram(program, { ...run, input: 'y'.repeat(1_000_000) });
    expect([code, output.length]).to.deep.equal([3, 65_536]);
  });
});
