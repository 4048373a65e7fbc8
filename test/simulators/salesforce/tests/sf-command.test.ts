import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';

const ROOT = new URL('../../../../', import.meta.url).pathname;
const FLOW = 'force-app/main/sequence/flows/Task_AfterSave_ApplyReply.flow-meta.xml';

interface SfAnswer {
  readonly status: number;
  readonly message?: string;
  readonly warnings?: readonly string[];
  readonly result: Record<string, unknown> & {
    readonly files?: readonly { readonly state: string; readonly error?: string; readonly lineNumber?: number }[];
  };
}

describe('local org: the sf command', function () {
  this.timeout(60_000);
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let org: LocalOrg;
  let home: string;
  let project: string;

  before(async () => {
    const certificate = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const approvedUsernames = ['admin@local.example'];
    org = await startLocalOrg({ clientApps: [{ clientId: 'cli-app', certificate, approvedUsernames }] });
    home = mkdtempSync(join(tmpdir(), 'sf-home-'));
    project = mkdtempSync(join(tmpdir(), 'sf-project-'));
    cpSync(join(ROOT, 'force-app'), join(project, 'force-app'), { recursive: true });
    for (const part of ['sfdx-project.json', '.forceignore']) cpSync(join(ROOT, part), join(project, part));
    await sf('org login access-token --no-prompt --set-default --instance-url', org.url);
  });

  after(async () => {
    await org.close();
    rmSync(home, { recursive: true });
    rmSync(project, { recursive: true });
  });

  async function sf(words: string, ...values: string[]): Promise<SfAnswer> {
    return JSON.parse(await print(words, ...values, '--json')) as SfAnswer;
  }

  /** What the command prints on standard output, whether it succeeds or not. */
  function print(words: string, ...values: string[]): Promise<string> {
    const env = {
      ...process.env,
      HOME: home,
      SF_DISABLE_TELEMETRY: 'true',
      SF_DISABLE_AUTOUPDATE: 'true',
      SF_SKIP_NEW_VERSION_CHECK: 'true',
      SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
      NO_COLOR: '1',
      SF_ACCESS_TOKEN: org.accessToken,
    };
    const args = [join(ROOT, 'node_modules/@salesforce/cli/bin/run.js'), ...words.split(' '), ...values];
    return new Promise((resolve, reject) => {
      execFile(process.execPath, args, { env, cwd: project, maxBuffer: 20_000_000 }, (error, stdout) => {
        if (stdout.trim() === '') reject(error ?? new Error(`sf ${words} printed nothing`));
        else resolve(stdout);
      });
    });
  }

  it('logs in and finds the org connected', async () => {
    const { status, result } = await sf('org display');
    expect(status).to.equal(0);
    expect(result).to.include({ id: org.orgId, connectedStatus: 'Connected', username: 'admin@local.example' });
  });

  it('is told which component of a deploy failed, where and why', async () => {
    const path = join(project, FLOW);
    const original = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      original
        .replace('<field>WhoId</field>', '<field>Nope__c</field>')
        .replace('<field>Contact__c</field>', '<field>Nope__c</field>'),
    );
    const { status, result } = await sf('project deploy start');
    writeFileSync(path, original);
    const failed = result.files?.filter(({ state }) => state === 'Failed') ?? [];
    expect(status).to.equal(1);
    expect(failed.some(({ error }) => error?.includes('Nope__c') === true)).to.equal(true);
    expect(failed[0]?.lineNumber).to.be.greaterThan(1);
  });

  it('deploys force-app, assigns a permission set, describes, creates and queries', async () => {
    const deployed = await sf('project deploy start');
    const assigned = await sf('org assign permset --name', 'ReplyTrackingAdmin');
    const described = await sf('sobject describe --sobject', 'TrackedEmail__c');
    const created = await sf('data create record --sobject Account --values', 'Name=Acme');
    const queried = await sf('data query --query', 'SELECT Id, Name FROM Account');
    expect(deployed.status, deployed.message).to.equal(0);
    expect(deployed.result).to.include({ status: 'Succeeded' });
    expect(deployed.warnings?.join()).not.to.include('not found in the local project');
    expect(assigned.status, assigned.message).to.equal(0);
    expect(described.result).to.include({ name: 'TrackedEmail__c', custom: true });
    expect(queried.result).to.have.nested.property('records[0].Id', created.result['id']);
    expect(org.notSimulated).to.deep.equal([]);
  });

  it('prints the rows of a query as a table, with fields of parents and children', async () => {
    const account = await sf('data create record --sobject Account --values', 'Name=Harbor');
    const values = `LastName=Duarte AccountId=${String(account.result['id'])}`;
    await sf('data create record --sobject Contact --values', values);
    const parents = await print('data query --query', 'SELECT LastName, Account.Name FROM Contact');
    const children = await print(
      'data query --query',
      "SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Harbor'",
    );
    const counted = await print(
      'data query --query',
      'SELECT LastName, COUNT(Id) people FROM Contact GROUP BY LastName',
    );
    expect(parents)
      .to.match(/LASTNAME.*ACCOUNT\.NAME/)
      .and.match(/Duarte.*Harbor/);
    expect(children)
      .to.match(/NAME.*CONTACTS\.LASTNAME/)
      .and.match(/Harbor.*Duarte/);
    expect(counted)
      .to.match(/LASTNAME.*PEOPLE/)
      .and.match(/Duarte.*1/);
    expect(org.notSimulated).to.deep.equal([]);
  });

  it('logs in with a key by the JWT bearer flow', async () => {
    const key = join(project, 'login.key');
    writeFileSync(key, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const { status, result } = await sf(
      'org login jwt --client-id cli-app --username admin@local.example --alias by-key',
      ...['--jwt-key-file', key, '--instance-url', org.url],
    );
    expect(status).to.equal(0);
    expect(result).to.include({ orgId: org.orgId, instanceUrl: org.url });
  });
});
