import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { ConnectorStatus } from '../../../connector/src/facade.ts';
import { openSfCli, type SfCli } from '../../journeys/sf-cli.ts';
import { startLocalOrg, type LocalOrg } from '../../simulators/salesforce/local-org.ts';
import { buildPlugin, PLUGIN } from './built-plugin.ts';

const COMMANDS = ['explain', 'replay', 'serve', 'status', 'sync'];

describe('the plugin', function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    buildPlugin();
    folder = mkdtempSync(join(tmpdir(), 'plugin-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('in the real CLI', () => {
    let sf: SfCli;
    let org: LocalOrg;
    before(async () => {
      org = await startLocalOrg();
      sf = await openSfCli({ REPLY_TRACKING_DATA: join(folder, 'data'), SF_ACCESS_TOKEN: org.accessToken });
    });
    after(async () => {
      await sf?.close();
      await org?.close();
    });

    it('lists its commands and topics', async () => {
      const help = await sf.show(['reply', '--help']);
      for (const name of [...COMMANDS, 'mailbox', 'keys']) expect(help).to.match(new RegExp(`^ +reply ${name} `, 'm'));
      expect(help).to.include('Find the replies to tracked sales mails');
    });

    it('shows how a new data folder stands', async () => {
      const { result, exitCode, warnings } = await sf.run<ConnectorStatus>(['reply', 'status']);
      expect(exitCode).to.equal(0);
      expect(result).to.deep.include({ service: null, org: null, mailboxes: [] });
      expect(result.database.place).to.equal(join(folder, 'data'));
      expect(warnings).to.deep.equal([]);
    });

    it("writes into the CLI's default org when neither a flag nor the environment names one", async () => {
      const unnamed = await sf.run(['reply', 'sync']);
      expect(unnamed.exitCode).to.equal(78);
      expect(unnamed.actions?.join(' ')).to.include('--target-org');
      await sf.run(['org', 'login', 'access-token', '--no-prompt', '--set-default', '--instance-url', org.url]);
      const before = org.requests.length;
      await sf.run(['reply', 'sync']);
      expect(org.requests.slice(before).some(({ path }) => path.endsWith('/composite'))).to.equal(true);
    });
  });

  describe('without the CLI', () => {
    function run(args: readonly string[], options: { readonly node?: readonly string[]; readonly env?: object } = {}) {
      const { node = [], env = {} } = options;
      const variables = { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', ...env };
      const program = [...node, join(PLUGIN, 'bin/run.js'), ...args];
      return spawnSync(process.execPath, program, { env: variables, encoding: 'utf8' });
    }

    it('is typed without the topic, or with it', () => {
      const { stdout, status } = run(['--help']);
      for (const name of [...COMMANDS, 'mailbox', 'keys']) expect(stdout).to.match(new RegExp(`^ +${name} `, 'm'));
      expect(status).to.equal(0);
      expect(run(['reply', 'mailbox', 'list', '--help']).stdout).to.include('$ sf-reply mailbox list');
    });

    it('names a variable that does not exist, and ends with the exit code of a wrong configuration', () => {
      const { stderr, status } = run(['status'], { env: { REPLY_TRACKING_DATE: '2026' } });
      expect(status).to.equal(78);
      expect(stderr).to.include('REPLY_TRACKING_DATE').and.include('Try this:').and.not.include('    at ');
    });

    it('tells in one line that Node is too old', () => {
      const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.12.0' } })";
      const { stdout, stderr, status } = run(['status'], { node: ['--import', `data:text/javascript,${old}`] });
      expect(status).to.equal(78);
      expect(stdout).to.equal('');
      expect(stderr).to.equal('sf-reply needs Node 22.13 or newer; this is 22.12.0.\n');
    });
  });
});
