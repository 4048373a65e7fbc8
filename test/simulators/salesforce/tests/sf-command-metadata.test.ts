import { expect } from 'chai';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { contentOf } from './metadata-files.ts';
import { openSfHome, type SfAnswer, type SfHome } from './sf-home.ts';

const ROOT = new URL('../../../../', import.meta.url).pathname;
const OBJECT = 'force-app/main/tracking/objects/ReplyProblem__c';
const FIELD = `${OBJECT}/fields/Source__c.field-meta.xml`;

interface Deploy {
  readonly id: string;
  readonly status: string;
  readonly checkOnly: boolean;
  readonly numberComponentsDeployed: number;
  readonly files: readonly DeployedFile[];
}

interface DeployedFile {
  readonly fullName: string;
  readonly state: string;
  readonly filePath: string;
  readonly error?: string;
  readonly lineNumber?: number;
}

describe('local org: the metadata commands of sf', function () {
  this.timeout(90_000);
  let org: LocalOrg;
  let sf: SfHome;

  before(async () => {
    org = await startLocalOrg();
    sf = await openSfHome(org);
    for (const part of ['force-app', 'sfdx-project.json', '.forceignore'])
      cpSync(join(ROOT, part), join(sf.folder, part), { recursive: true });
  });

  after(async () => {
    await sf.close();
    await org.close();
  });

  afterEach(() => expect(org.notSimulated).to.deep.equal([]));

  const read = (path: string): string => readFileSync(join(sf.folder, path), 'utf8');

  it('deploy validate checks, deploy quick deploys what was checked, and deploy report tells of both', async () => {
    const options = '--source-dir force-app/main --test-level RunLocalTests';
    const validated = await sf.run<Deploy>(`project deploy validate ${options}`);
    const between = await refusalOf(connect(org).sobject('TrackedEmail__c').describe());
    const quick = await sf.run<Deploy>('project deploy quick --job-id', validated.result.id);
    const report = await sf.run<Deploy>('project deploy report --job-id', quick.result.id);
    expect(validated.status, validated.message).to.equal(0);
    expect(validated.result).to.include({ status: 'Succeeded', checkOnly: true });
    expect(between.errorCode).to.equal('NOT_FOUND');
    expect(quick.status, quick.message).to.equal(0);
    expect(report.result).to.include({ id: quick.result.id, status: 'Succeeded', checkOnly: false });
    expect((await connect(org).sobject('TrackedEmail__c').describe()).name).to.equal('TrackedEmail__c');
  });

  it('retrieve brings back what was deployed', async () => {
    const wanted = [
      'CustomObject:TrackedEmail__c',
      'Flow:Task_AfterSave_ApplyReply',
      'Report:ReplyTracking/DetectionTime',
      'PermissionSet:ReplyTrackingUser',
      'LightningComponentBundle:replyTimeline',
    ];
    const flags = wanted.flatMap((each) => ['--metadata', each]);
    const { status, message, result } = await sf.run<Deploy>('project retrieve start --output-dir back', ...flags);
    expect(status, message).to.equal(0);
    const names = new Set(result.files.map(({ fullName }) => fullName));
    for (const each of wanted) expect(names).to.include(each.slice(each.indexOf(':') + 1));
    const pairs = [
      ['objects/TrackedEmail__c/TrackedEmail__c.object-meta.xml', 'tracking'],
      ['objects/TrackedEmail__c/fields/ReplyCount__c.field-meta.xml', 'tracking'],
      ['flows/Task_AfterSave_ApplyReply.flow-meta.xml', 'sequence'],
      ['reports/ReplyTracking/DetectionTime.report-meta.xml', 'reporting'],
      ['permissionsets/ReplyTrackingUser.permissionset-meta.xml', 'app'],
    ];
    for (const [path = '', room = ''] of pairs) {
      expect(contentOf(read(`back/${path}`)), path).to.deep.equal(contentOf(read(`force-app/main/${room}/${path}`)));
    }
  });

  it('list metadata names the components of a type', async () => {
    const { status, result } = await sf.run<{ fullName: string }[]>('org list metadata --metadata-type PermissionSet');
    expect(status).to.equal(0);
    expect(result.map(({ fullName }) => fullName)).to.include.members(['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
  });

  describe('a deploy by REST', () => {
    const deploy = (): Promise<SfAnswer<Deploy>> =>
      sf.runWith<Deploy>({ SF_ORG_METADATA_REST_DEPLOY: 'true' }, 'project deploy start --source-dir', OBJECT);
    const byRest = (): number =>
      org.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/metadata/deployRequest')).length;

    it('names the file, the line and the problem of what is refused', async () => {
      const original = read(FIELD);
      writeFileSync(join(sf.folder, FIELD), original.replace(/ *<length>\d+<\/length>\n/, ''));
      const before = byRest();
      const { status, result } = await deploy();
      writeFileSync(join(sf.folder, FIELD), original);
      const failed = result.files.find(({ fullName, state }) => state === 'Failed' && fullName.endsWith('.Source__c'));
      expect(status).to.equal(1);
      expect(byRest() - before).to.equal(1);
      expect(failed?.filePath).to.equal(join(sf.folder, FIELD));
      expect(failed?.error).to.include('A Text field needs a length');
      expect(failed?.lineNumber).to.be.greaterThan(1);
    });

    it('does what one by SOAP does', async () => {
      const before = byRest();
      const { status, message, result } = await deploy();
      expect(status, message).to.equal(0);
      expect(byRest() - before).to.equal(1);
      expect(result.files.map(({ fullName }) => fullName)).to.include('ReplyProblem__c.Source__c');
    });
  });

  it('api request rest reads and writes, and prints a refusal as the platform words it', async () => {
    const body = ['--method', 'POST', '--body', JSON.stringify({ Name: 'By REST' })];
    const written = JSON.parse(await sf.print('api request rest /services/data/v67.0/sobjects/Account', ...body)) as {
      success: boolean;
    };
    const refused = JSON.parse(
      await sf.print('api request rest /services/data/v67.0/sobjects/Account/001000000000000AAA'),
    ) as object[];
    expect(written).to.include({ success: true });
    expect(refused[0]).to.include({ errorCode: 'NOT_FOUND' });
  });
});
