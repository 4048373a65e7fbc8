import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { holdLock } from '../../../connector/src/vault/exclusive-lock.ts';
import { refusalOf } from './refusal.ts';
import { temporaryFolder } from './temporary-folder.ts';

const HOLDER = `
  import { holdLock } from ${JSON.stringify(import.meta.resolve('../../../connector/src/vault/exclusive-lock.ts'))};
  await holdLock(process.argv[1], () => new Promise((end) => { process.stdout.write('held'); setTimeout(end, 600_000); }));
`;

describe('the lock of the master keys', () => {
  const folder = temporaryFolder();

  it('is refused by name while another process holds it, and free once that is killed', async () => {
    const path = folder.file('held');
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, path]);
    try {
      await once(holder.stdout, 'data');
      const error = await refusalOf(() => holdLock(path, () => Promise.resolve(), 50));
      expect(error.message).to.include(path);
    } finally {
      holder.kill('SIGKILL');
    }
    await once(holder, 'close');
    expect(await holdLock(path, () => Promise.resolve('mine'), 0)).to.equal('mine');
  });

  it('is refused by name where it cannot be', async () => {
    const path = folder.file('no folder');
    await writeFile(path, '');
    const error = await refusalOf(() => holdLock(`${path}/lock`, () => Promise.resolve()));
    expect(error.message).to.include(path);
    expect(error.actions.join(' ')).to.include('REPLY_TRACKING_MASTER_KEY');
  });
});
