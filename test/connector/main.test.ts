import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../../connector/src/store/folder-lock.ts';
import { startConnector, surroundings } from '../journeys/connector-process.ts';
import { newDataFolder } from '../fixtures/data-folder.ts';

const MAIN = join(import.meta.dirname, '../../connector/src/main.ts');
const TOKEN = '00D000000000001!hunter2';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** The log, one entry a line. */
  readonly log: readonly Record<string, unknown>[];
}

/** Runs the process until it ends by itself. */
async function run(variables: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...surroundings(), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    return text;
  };
  const [stdout, stderr, [code]] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const log = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, stdout, log };
}

describe('the service as a process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newDataFolder('main-');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Nothing listens on the discard port. */
  const variables = (changes: Record<string, string> = {}): Record<string, string> => ({
    SALESFORCE_INSTANCE_URL: 'http://127.0.0.1:9',
    SALESFORCE_ACCESS_TOKEN: TOKEN,
    REPLY_TRACKING_DATA: folder,
    REPLY_TRACKING_MASTER_KEY_FILE: join(folder, 'keys/master.key'),
    REPLY_TRACKING_HEALTH_PORT: '0',
    ...changes,
  });

  it('exits 78 with one line that names what is wrong with the configuration', async () => {
    const { code, stdout, log } = await run(variables({ REPLY_TRACKING_MAILBOXES: '[{"password":"hunter2"}]' }));
    expect([code, stdout]).to.deep.equal([78, '']);
    expect(log).to.have.lengthOf(1);
    expect(log[0]?.['msg']).to.contain('REPLY_TRACKING_MAILBOXES: unknown');
    expect(log[0]?.['actions']).to.be.an('array').that.is.not.empty;
    expect(JSON.stringify(log)).not.to.contain('hunter2');
  });

  it('ends at once when another process has its data folder, and says what to do', async () => {
    const lock = lockFolder(folder);
    try {
      const { code, log } = await run(variables());
      expect(code).to.equal(1);
      expect(log).to.have.lengthOf(1);
      expect(log[0]?.['msg']).to.equal(`The data folder ${folder} is in use by another process.`);
      expect(String(log[0]?.['actions'])).to.contain('Stop the connector that is running on this folder');
    } finally {
      lock.release();
    }
  });

  it('exits 78 when nobody has named an org', async () => {
    const { code, log } = await run(variables({ SALESFORCE_INSTANCE_URL: '', SALESFORCE_ACCESS_TOKEN: '' }));
    expect(code).to.equal(78);
    expect(log[0]?.['msg']).to.contain('No Salesforce org is named');
    expect(String(log[0]?.['actions'])).to.contain('SALESFORCE_JWT_KEY_FILE').and.to.contain('--target-org');
  });

  it('exits 78 when the private key for the login is not there', async () => {
    const login = {
      SALESFORCE_CLIENT_ID: 'key',
      SALESFORCE_USERNAME: 'connector@seller.example',
      SALESFORCE_JWT_KEY_FILE: join(folder, 'absent.pem'),
    };
    const { code, log } = await run(variables({ SALESFORCE_INSTANCE_URL: '', SALESFORCE_ACCESS_TOKEN: '', ...login }));
    expect(code).to.equal(78);
    expect(log[0]?.['msg']).to.contain('SALESFORCE_JWT_KEY_FILE').and.to.contain('absent.pem (ENOENT)');
  });

  it('names the service that runs on its folder already', async () => {
    const running = await startConnector(variables());
    try {
      const { code, log } = await run(variables());
      expect(code).to.equal(1);
      expect(log[0]?.['msg']).to.match(/^A service is running on the data folder .* already: process \d+, since /);
      expect(String(log[0]?.['actions'])).to.contain('Stop it first (kill ');
    } finally {
      await running.stop();
    }
  });

  it('serves although Salesforce cannot be reached, exits 0 on SIGTERM, and starts again on its folder', async () => {
    for (const _ of ['first', 'second']) {
      const connector = await startConnector(variables());
      expect(await connector.stop()).to.equal(0);
      expect(connector.log()).to.contain('"Serving."').and.to.contain('"Stopping; work under way is finished first."');
      expect(connector.log()).not.to.contain('hunter2');
    }
  });

  it('leaves its folder free for the next process when it is killed', async () => {
    await (await startConnector(variables())).kill();
    const connector = await startConnector(variables());
    expect(await connector.stop()).to.equal(0);
  });
});
