import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { fileKeySource } from '../../../connector/src/vault/file-key-source.ts';
import type { KeySource } from '../../../connector/src/vault/key-source.ts';
import { masterKeyText, newMasterKey } from '../../../connector/src/vault/master-key.ts';
import type { MasterKeys } from '../../../connector/src/vault/master-key.ts';
import { refusalOf } from './refusal.ts';
import { temporaryFolder } from './temporary-folder.ts';

const write = async (source: KeySource, keys: MasterKeys): Promise<void> => {
  const { change } = source;
  if ('write' in change) await source.exclusively(() => change.write(keys));
};
const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
const onWindows = process.platform === 'win32';

describe('the master key file', () => {
  const folder = temporaryFolder();
  let path: string;
  let text: string;
  let number = 0;

  beforeEach(async () => {
    path = folder.file(`${(number += 1)}/master.key`);
    await mkdir(folder.file(String(number)));
    text = masterKeyText(newMasterKey());
    await writeFile(path, `${text}\n`, { mode: 0o600 });
  });

  const refusal = (): ReturnType<typeof refusalOf> => refusalOf(() => fileKeySource(path).read(), [text]);

  it('is written for this user alone, in folders that are made for this user alone', async () => {
    const made = folder.file(`${number}/new/folder/master.key`);
    await write(fileKeySource(made), [newMasterKey()]);
    if (onWindows) return;
    expect(await modeOf(made)).to.equal('600');
    expect(await modeOf(folder.file(`${number}/new/folder`))).to.equal('700');
    expect(await modeOf(folder.file(`${number}/new`))).to.equal('700');
  });

  it('leaves nothing but itself and an empty lock, even after a writer that was killed', async () => {
    await writeFile(`${path}.new`, 'half a k', { mode: 0o600 });
    const keys = [newMasterKey()];
    await write(fileKeySource(path), keys);
    expect(await readdir(folder.file(String(number)))).to.have.members(['master.key', 'master.key.lock']);
    expect(await readFile(`${path}.lock`, 'utf8')).to.equal('');
    expect(await readFile(path, 'utf8')).to.equal(`${masterKeyText(keys[0]!)}\n`);
  });

  for (const mode of [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666]) {
    it(`is refused with mode ${mode.toString(8)}, with the command that mends it`, async function () {
      if (onWindows) this.skip();
      await chmod(path, mode);
      const error = await refusal();
      expect(error.message).to.include(path).and.include(mode.toString(8));
      expect(error.actions[0]).to.equal(`chmod 600 '${path}'`);
      expect(error.exitCode).to.equal(78);
    });
  }

  for (const mode of [0o600, 0o400, 0o700]) {
    it(`is read with mode ${mode.toString(8)}`, async () => {
      await chmod(path, mode);
      expect(await fileKeySource(path).read()).to.have.lengthOf(1);
    });
  }

  it('is looked at anew at every reading', async function () {
    if (onWindows) this.skip();
    const source = fileKeySource(path);
    await source.read();
    await chmod(path, 0o644);
    await refusalOf(() => source.read(), [text]);
  });

  it('is refused when it belongs to another user', async function () {
    if (process.getuid?.() !== 0) this.skip();
    await chown(path, 12345, 12345);
    const error = await refusal();
    expect(error.message).to.include('another user');
    expect(error.actions[0]).to.include(`chown 0 '${path}'`);
  });

  it('is followed through a symbolic link, which stays one when the keys change', async () => {
    const link = folder.file(`${number}/link`);
    await symlink(path, link);
    const keys = [newMasterKey()];
    await write(fileKeySource(link), keys);
    expect((await fileKeySource(path).read())[0]?.id).to.equal(keys[0]?.id);
    await chmod(path, 0o640);
    if (!onWindows) await refusalOf(() => fileKeySource(link).read(), [text]);
  });

  it('is refused when a folder or a device is in its place', async () => {
    for (const wrong of [folder.file(String(number)), '/dev/null']) {
      const error = await refusalOf(() => fileKeySource(wrong).read());
      expect(error.message).to.include(wrong).and.include('not a regular file');
    }
  });

  it('is refused when a named pipe is in its place, and waits for nobody to write into it', async function () {
    if (onWindows) this.skip();
    const pipe = `${path}.pipe`;
    execFileSync('mkfifo', ['-m', '600', pipe]);
    expect((await refusalOf(() => fileKeySource(pipe).read())).message).to.include('not a regular file');
  });

  const garbage: [string, string, string][] = [
    ['that is empty', '', 'is empty'],
    ['with an empty line in it', '\n\n', 'line 1'],
    ['with a comment', `${masterKeyText(newMasterKey())}\n# the old one\n`, 'line 2'],
    ['of zeros that a lost disk left', '\0'.repeat(45), 'line 1'],
    ['of another kind', '-----BEGIN CERTIFICATE-----\n', 'line 1'],
    ['that is very long', 'A'.repeat(100_000), 'too long'],
  ];
  for (const [what, content, reason] of garbage) {
    it(`is refused as a file ${what}`, async () => {
      await writeFile(path, content);
      const error = await refusal();
      expect(error.message).to.include(path).and.include(reason);
    });
  }

  it('is read with line ends of Windows and without the last one', async () => {
    await writeFile(path, `${text}\r\n${masterKeyText(newMasterKey())}`);
    expect(await fileKeySource(path).read()).to.have.lengthOf(2);
  });

  it('is said to be out of reach when its folder is a file', async () => {
    const below = `${path}/master.key`;
    expect((await refusalOf(() => fileKeySource(below).read())).message).to.include(below);
    await refusalOf(() => write(fileKeySource(below), [newMasterKey()]));
  });

  it('stays as it was when the new keys cannot be written', async () => {
    await mkdir(`${path}.new/in the way`, { recursive: true });
    const error = await refusalOf(() => write(fileKeySource(path), [newMasterKey()]), [text]);
    expect(error.message).to.include(path);
    expect(await readFile(path, 'utf8')).to.equal(`${text}\n`);
  });
});
