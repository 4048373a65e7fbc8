import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { assignPermissionSets, deployForceApp } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { deploy, field, metadataFile, objectHead } from './metadata-files.ts';

const FORCE_APP = new URL('../../../../force-app/main', import.meta.url).pathname;

const thing = (fields: string, head = objectHead('Thing')): Record<string, string> => ({
  'objects/Thing__c.object': metadataFile('CustomObject', head + fields),
});

const lookup = (parent: string, child = 'Things'): string =>
  field('Parent__c', 'Lookup', { referenceTo: parent, relationshipLabel: 'Things', relationshipName: child });

const permissionSet = (content: string): Record<string, string> => ({
  'permissionsets/Users.permissionset': metadataFile('PermissionSet', `<label>Users</label>${content}`),
});

const fieldPermission = (name: string): string =>
  `<fieldPermissions><editable>true</editable><field>${name}</field><readable>true</readable></fieldPermissions>`;

const flow = (fieldName: string): Record<string, string> => ({
  'flows/Stamp.flow': metadataFile(
    'Flow',
    `<apiVersion>67.0</apiVersion><label>Stamp</label><processType>AutoLaunchedFlow</processType><status>Active</status>
<recordUpdates><name>Set</name><label>Set</label><locationX>0</locationX><locationY>0</locationY>
<inputAssignments><field>${fieldName}</field><value><stringValue>set by flow</stringValue></value></inputAssignments>
<inputReference>$Record</inputReference></recordUpdates>
<start><locationX>0</locationX><locationY>0</locationY><connector><targetReference>Set</targetReference></connector>
<object>Account</object><recordTriggerType>Create</recordTriggerType><triggerType>RecordBeforeSave</triggerType></start>`,
  ),
});

describe('local org: deploy', () => {
  let org: LocalOrg;
  let connection: Connection;

  beforeEach(async () => {
    org = await startLocalOrg();
    connection = connect(org);
  });

  afterEach(() => org.close());

  it('builds an object from its file', async () => {
    const failures = await deploy(
      connection,
      thing(field('Code__c', 'Text', { length: 10, required: true }) + lookup('Contact')),
    );
    const { fields, keyPrefix } = await connection.sobject('Thing__c').describe();
    expect(failures).to.deep.equal([]);
    expect(keyPrefix).to.match(/^a\w\w$/);
    expect(fields.map(({ name }) => name)).to.include.members(['Id', 'Name', 'OwnerId', 'Code__c']);
  });

  it('hides a new field until a permission set grants it', async () => {
    await deploy(connection, { ...thing(lookup('Contact')), ...permissionSet(fieldPermission('Thing__c.Parent__c')) });
    const hidden = await refusalOf(connection.query('SELECT Parent__c FROM Thing__c'));
    await assignPermissionSets(connection, org.userId, ['Users']);
    const { totalSize } = await connection.query('SELECT Parent__c FROM Thing__c');
    expect(hidden.errorCode).to.equal('INVALID_FIELD');
    expect(totalSize).to.equal(0);
  });

  it('changes nothing when it only checks, and nothing when one component fails', async () => {
    const checked = await deploy(connection, thing(''), { checkOnly: true });
    const failed = await deploy(connection, { ...thing(''), ...permissionSet(fieldPermission('Thing__c.Nope__c')) });
    const { errorCode } = await refusalOf(connection.query('SELECT Id FROM Thing__c'));
    expect(checked).to.deep.equal([]);
    expect(failed).to.have.length(1);
    expect(errorCode).to.equal('INVALID_TYPE');
  });

  it('puts the fields of activities on tasks and events', async () => {
    const files = {
      'objects/Activity.object': metadataFile('CustomObject', field('Key__c', 'Text', { length: 64, required: true })),
    };
    const failures = await deploy(connection, files);
    const described = await Promise.all(['Task', 'Event'].map((name) => connection.sobject(name).describe()));
    expect(failures).to.deep.equal([]);
    expect(described.every(({ fields }) => fields.some(({ name }) => name === 'Key__c'))).to.equal(true);
  });

  it('runs a deployed flow when a record is saved', async () => {
    const failures = await deploy(connection, flow('Website'));
    const account = await connection.sobject('Account').create({ Name: 'Acme' });
    const { records } = await connection.query<{ Website: string }>(
      `SELECT Website FROM Account WHERE Id = '${account.id ?? ''}'`,
    );
    expect(failures).to.deep.equal([]);
    expect(records[0]?.Website).to.equal('set by flow');
  });

  const refused: readonly [string, Record<string, string>, string][] = [
    ['a flow that names a missing field', flow('Nope__c'), 'Nope__c'],
    ['a lookup to Task', thing(lookup('Task')), "referenceTo value of 'Task' does not resolve to a valid sObject type"],
    [
      'a lookup to an object that is not there',
      thing(lookup('Nope__c')),
      "referenceTo value of 'Nope__c' does not resolve",
    ],
    [
      'a custom field of Task itself',
      { 'objects/Task.object': metadataFile('CustomObject', field('Key__c', 'Text', { length: 9 })) },
      'bad value for restricted picklist field: Task',
    ],
    ['a text field without length', thing(field('Code__c', 'Text')), 'A Text field needs a length'],
    ['an element that no list has', thing('<fieldSets><fullName>A</fullName></fieldSets>'), 'fieldSets'],
    ['a field type that is not simulated', thing(field('Where__c', 'Location')), "'Location' is not a value of type"],
    [
      'a detail object that is private',
      thing(
        field('Parent__c', 'MasterDetail', { referenceTo: 'Account', relationshipName: 'T', relationshipOrder: 0 }),
      ),
      'Cannot set sharingModel to Private on a CustomObject with a MasterDetail',
    ],
    [
      'a second child relationship of one name',
      thing(lookup('Contact') + lookup('Contact').replace('Parent__c', 'Other__c')),
      'There is already a Child Relationship named Things on Contact.',
    ],
    [
      'a document type',
      { 'objects/Thing__c.object': '<!DOCTYPE a [<!ENTITY b "c">]><CustomObject/>' },
      'document type',
    ],
    ['a file that is no XML', { 'objects/Thing__c.object': '<CustomObject>' }, 'Error parsing file'],
    [
      'a grant of a missing field',
      permissionSet(fieldPermission('Account.Nope__c')),
      'In field: field - no CustomField named Account.Nope__c found',
    ],
    [
      'a grant of a required field',
      permissionSet(fieldPermission('Account.Name')),
      'You cannot deploy to a required field: Account.Name',
    ],
    [
      'a grant of a master-detail field',
      {
        ...thing(
          field('Parent__c', 'MasterDetail', { referenceTo: 'Account', relationshipName: 'T', relationshipOrder: 0 }),
          objectHead('Thing', 'ControlledByParent'),
        ),
        ...permissionSet(fieldPermission('Thing__c.Parent__c')),
      },
      'You cannot deploy to a required field: Thing__c.Parent__c',
    ],
    ['a metadata type that is not simulated', { 'queues/Sales.queue': metadataFile('Queue', '') }, 'NOT_SIMULATED'],
  ];
  for (const [what, files, problem] of refused) {
    it(`refuses ${what}, and says where`, async () => {
      const failures = await deploy(connection, files);
      const found = failures.find((failure) => failure.problem?.includes(problem));
      expect(found, JSON.stringify(failures.map((failure) => failure.problem))).to.not.equal(undefined);
      expect(found?.lineNumber).to.be.greaterThan(0);
      expect(failures.map(({ fileName }) => fileName)).to.include(Object.keys(files).at(-1));
    });
  }

  it('takes the whole force-app, whose flow halts a sequence when a reply is written', async () => {
    await deployForceApp(connection, FORCE_APP);
    await assignPermissionSets(connection, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
    const person = await connection.sobject('Contact').create({ LastName: 'Person' });
    await connection
      .sobject('CampaignStatus__c')
      .create({ Contact__c: person.id, EnrolledAt__c: '2026-01-01T00:00:00Z' });
    await connection.sobject('Task').create({
      Subject: 'Re: offer',
      Status: 'Completed',
      WhoId: person.id,
      ReplyKey__c: 'f'.repeat(64),
      ReplyKind__c: 'Human',
      ReplyReceivedAt__c: '2026-02-01T00:00:00Z',
    });
    const { records } = await connection.query('SELECT Status__c, PriorStatus__c FROM CampaignStatus__c');
    const problems = await connection.query('SELECT Id FROM ReplyProblem__c');
    expect(records[0]).to.include({ Status__c: 'Replied', PriorStatus__c: 'Active' });
    expect(problems.totalSize).to.equal(0);
    expect(org.notSimulated).to.deep.equal([]);
  });

  it('lets a user without a powerful profile do what the permission set of the connector grants, and no more', async () => {
    await deployForceApp(connection, FORCE_APP);
    const { records } = await connection.query<{ Id: string }>(
      "SELECT Id FROM Profile WHERE Name LIKE 'Minimum Access - API%'",
    );
    const keys = {
      TimeZoneSidKey: 'GMT',
      LocaleSidKey: 'en_US',
      EmailEncodingKey: 'UTF-8',
      LanguageLocaleKey: 'en_US',
    };
    const name = { Username: 'bot@local.example', Email: 'bot@local.example', LastName: 'Bot', Alias: 'bot' };
    const { id = '' } = await connection.sobject('User').create({ ...name, ...keys, ProfileId: records[0]?.Id });
    const person = await connection.sobject('Contact').create({ LastName: 'Person' });
    const bot = connect(org, org.openSession(id));
    const reply = { Subject: 'Re: offer', WhoId: person.id, ReplyKind__c: 'Human', ReplyKey__c: 'a'.repeat(64) };
    const before = await refusalOf(bot.sobject('Task').create(reply));
    await assignPermissionSets(connection, id, ['ReplyTrackingConnector']);
    const after = await bot.sobject('Task').create(reply);
    const status = await refusalOf(bot.sobject('CampaignStatus__c').create({ Contact__c: person.id }));
    expect(before.errorCode).to.equal('NOT_FOUND');
    expect(after.success).to.equal(true);
    expect(status.errorCode).to.equal('INSUFFICIENT_ACCESS_OR_READONLY');
  });

  it('lists what was refused when force-app cannot be deployed', async () => {
    const folder = new URL('../../../../force-app/main/sequence', import.meta.url).pathname;
    let message = '';
    await deployForceApp(connection, folder).catch((error: unknown) => (message = String(error)));
    expect(message).to.match(/The org refused the deploy:\n {2}\S+:\d+ \S/);
  });
});
