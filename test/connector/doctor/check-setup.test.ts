import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSetup } from '../../../connector/src/doctor/check-setup.ts';
import type { CheckName, CheckResult } from '../../../connector/src/facade.ts';
import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import { PACKAGE_FLOWS } from '../../../connector/src/salesforce/package-names.ts';
import type { Salesforce } from '../../../connector/src/salesforce/salesforce.ts';
import { assignPermissionSets } from '../../../scripts/deploy-force-app.ts';
import { deploy } from '../../simulators/salesforce/tests/metadata-files.ts';
import { deployFlow, startSampleOrg, type SampleOrg } from '../salesforce/sample-org.ts';

const FORCE_APP = join(import.meta.dirname, '../../../force-app/main');

describe('the checks of an org', () => {
  let sample: SampleOrg;
  let salesforce: Salesforce;

  before(async function () {
    this.timeout(60_000);
    sample = await startSampleOrg();
    salesforce = sample.connect();
  });
  after(() => sample?.org.close());
  afterEach(() => expect(sample.org.notSimulated).to.deep.equal([]));

  const examined = async (org: Salesforce = salesforce): Promise<Map<CheckName, CheckResult>> => {
    const results = checkSetup(await org.setup(), apiNames());
    return new Map(results.map((result) => [result.check, result]));
  };
  const states = (results: ReadonlyMap<CheckName, CheckResult>): Record<string, string> =>
    Object.fromEntries([...results].map(([check, { state }]) => [check, state]));
  const asStranger = (): Salesforce => sample.connect({ accessToken: sample.org.openSession(sample.strangerId) });

  it('finds nothing wrong in an org with the package and a user with its permission set, in two calls', async () => {
    const before = salesforce.apiCalls;
    const results = await examined();
    expect([...results.values()].filter(({ state }) => state !== 'ok')).to.deep.equal([]);
    expect(salesforce.apiCalls - before).to.equal(2);
  });

  it('knows every flow of the package', () => {
    const files = readdirSync(join(FORCE_APP, 'sequence/flows')).map((name) => name.replace('.flow-meta.xml', ''));
    expect(files.sort()).to.deep.equal([...PACKAGE_FLOWS]);
  });

  it('misses the permission set, and names the fields that are closed without it', async () => {
    const results = await examined(asStranger());
    expect(states(results)).to.include({ permissionSet: 'failure', fields: 'failure', userPermissions: 'ok' });
    expect(results.get('permissionSet')!.actions.join()).to.contain('ReplyTrackingConnector');
    expect(results.get('fields')!.found).to.contain('Task.ReplyKey__c').and.to.contain('CampaignStatus__c');
    expect(results.get('replyKey')!.state).to.equal('skipped');
  });

  it('leaves permission sets and flows unchecked where the user may not look at the setup', async () => {
    const user = await integrationUser();
    const results = await examined(sample.connect({ accessToken: sample.org.openSession(user) }));
    expect(states(results)).to.include({ permissionSet: 'skipped', flows: 'skipped', fields: 'ok', replyKey: 'ok' });
  });

  it('misses a flow that is not active, and fails when it is the one that halts', async () => {
    await deployFlow(sample.admin, 'Task_AfterSave_NotifyOwner', 'Draft');
    expect((await examined()).get('flows')).to.include({ state: 'warning' });
    await deployFlow(sample.admin, 'Task_AfterSave_ApplyReply', 'Draft');
    const flows = (await examined()).get('flows')!;
    expect(flows.state).to.equal('failure');
    expect(flows.found).to.contain('Task_AfterSave_ApplyReply').and.to.contain('Task_AfterSave_NotifyOwner');
  });

  it('names a field that was hidden from the user', async () => {
    const path = 'app/permissionsets/ReplyTrackingConnector.permissionset-meta.xml';
    const grant = (name: string): RegExp =>
      new RegExp(
        `<fieldPermissions>\\s*<editable>true</editable>\\s*<field>${name}</field>.*?</fieldPermissions>`,
        's',
      );
    const text = readFileSync(join(FORCE_APP, path), 'utf8')
      .replace(grant('Task.ReplyFrom__c'), '')
      .replace(grant('Task.ReplyKind__c'), (block) => block.replace('<editable>true', '<editable>false'));
    const files = { 'permissionsets/ReplyTrackingConnector.permissionset': text };
    expect(await deploy(sample.admin, files)).to.deep.equal([]);
    const { state, found } = (await examined()).get('fields')!;
    expect(state).to.equal('failure');
    expect(found).to.contain('Task.ReplyFrom__c').and.to.contain('Task.ReplyKind__c (may only be read)');
    expect(found).not.to.contain('Task.ReplyKey__c');
  });

  it('fails where the user may make no Tasks', async () => {
    const setup = await salesforce.setup();
    const task = { ...setup.objects.get('Task')!, isCreateable: false };
    const closed = { ...setup, objects: new Map(setup.objects).set('Task', task) };
    const result = checkSetup(closed, apiNames()).find(({ check }) => check === 'userPermissions');
    expect(result).to.include({ state: 'failure' });
    expect(result!.found).to.contain('EditTask');
  });

  it('fails when the reply key of a Task is not unique, and warns when activities have few fields left', async () => {
    const setup = await salesforce.setup();
    const task = setup.objects.get('Task')!;
    const field = task.fields.get('ReplyKey__c')!;
    const fields = new Map(task.fields).set('ReplyKey__c', { ...field, isUnique: false });
    for (let index = 0; index < 90; index += 1) fields.set(`Field${index}__c`, { ...field });
    const changed = { ...setup, objects: new Map(setup.objects).set('Task', { ...task, fields }) };
    const results = new Map(checkSetup(changed, apiNames()).map((result) => [result.check, result]));
    expect(states(results)).to.include({ replyKey: 'failure', fieldBudget: 'warning' });
  });

  async function integrationUser(): Promise<string> {
    const { records } = await sample.admin.query<{ Id: string }>(
      "SELECT Id FROM Profile WHERE Name = 'Minimum Access - API Only Integrations'",
    );
    const names = { Username: 'machine@seller.example.test', Email: 'machine@seller.example' };
    const locale = { LocaleSidKey: 'en_US', LanguageLocaleKey: 'en_US', EmailEncodingKey: 'UTF-8' };
    const user = { ...names, ...locale, LastName: 'machine', Alias: 'machine', TimeZoneSidKey: 'GMT' };
    const made = await sample.admin.sobject('User').create({ ...user, ProfileId: records[0]!.Id });
    await assignPermissionSets(sample.admin, made.id!, ['ReplyTrackingConnector']);
    return made.id!;
  }
});
