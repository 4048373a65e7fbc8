import { expect } from 'chai';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ActionableError } from '../../../connector/src/errors.ts';
import { socketPath } from '../../../connector/src/server/socket-path.ts';

describe('socketPath', () => {
  let temporaryFolder: string;

  beforeEach(() => {
    temporaryFolder = realpathSync(mkdtempSync(join(tmpdir(), 'reply-tracking-test-')));
  });
  afterEach(() => {
    rmSync(temporaryFolder, { recursive: true });
  });

  const long = (bytes: number): string => `/${'é'.repeat(bytes)}`.slice(0, bytes);
  const refusal = (dataFolder: string): ActionableError => {
    try {
      socketPath(dataFolder, { temporaryFolder });
    } catch (error) {
      if (error instanceof ActionableError) return error;
    }
    throw new Error('The folder is not refused.');
  };

  it('lies in the data folder', () => {
    expect(socketPath('/var/lib/reply-tracking', { platform: 'linux' })).to.equal(
      '/var/lib/reply-tracking/service.sock',
    );
  });

  it('is as long as the system takes, counted in bytes, and no longer', () => {
    const file = '/service.sock'.length;
    const isInFolder = (folder: string, platform: NodeJS.Platform): boolean =>
      socketPath(folder, { platform, temporaryFolder }).startsWith(folder);
    const ascii = (bytes: number): string => `/${'x'.repeat(bytes - 1)}`;
    expect(isInFolder(ascii(107 - file), 'linux')).to.equal(true);
    expect(isInFolder(ascii(108 - file), 'linux')).to.equal(false);
    expect(isInFolder(ascii(103 - file), 'darwin')).to.equal(true);
    expect(isInFolder(ascii(104 - file), 'darwin')).to.equal(false);
    expect(isInFolder(long(60), 'linux')).to.equal(false);
  });

  it('lies in a folder for this user alone when the data folder has a long path', () => {
    const path = socketPath(long(200), { temporaryFolder });
    expect(dirname(dirname(path))).to.equal(temporaryFolder);
    expect(lstatSync(dirname(path)).mode & 0o777).to.equal(0o700);
    expect(socketPath(long(200), { temporaryFolder })).to.equal(path);
    expect(socketPath(long(201), { temporaryFolder })).to.not.equal(path);
  });

  it('is refused in a folder that others may enter', () => {
    const folder = dirname(socketPath(long(200), { temporaryFolder }));
    chmodSync(folder, 0o755);
    const { message, actions } = refusal(long(200));
    expect(message).to.contain(folder);
    expect(actions).to.not.be.empty;
  });

  it('is refused where a link stands in place of the folder', () => {
    const folder = dirname(socketPath(long(200), { temporaryFolder }));
    rmSync(folder, { recursive: true });
    mkdirSync(join(temporaryFolder, 'trap'), { mode: 0o700 });
    symlinkSync(join(temporaryFolder, 'trap'), folder);
    expect(refusal(long(200)).message).to.contain('is not for this user alone');
  });

  it('names the folder that cannot be made', () => {
    temporaryFolder = join(temporaryFolder, 'missing');
    expect(refusal(long(200)).message).to.contain(temporaryFolder);
    temporaryFolder = dirname(temporaryFolder);
  });

  it('is the same for every spelling of a folder', () => {
    const folder = join(temporaryFolder, 'data');
    mkdirSync(folder);
    symlinkSync(folder, join(temporaryFolder, 'link'));
    const path = socketPath(folder);
    expect(socketPath(join(temporaryFolder, 'link'))).to.equal(path);
    expect(socketPath(`${folder}/../data/`)).to.equal(path);
  });

  it('is a pipe of its own for each data folder on Windows', () => {
    const pipe = (folder: string): string => socketPath(folder, { platform: 'win32' });
    expect(pipe('/data')).to.match(/^\\\\\.\\pipe\\reply-tracking-[0-9a-f]{32}$/);
    expect(pipe('/Data')).to.equal(pipe('/data'));
    expect(pipe('/other')).to.not.equal(pipe('/data'));
  });
});
