import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect } from './connect.ts';
import { assignment, decision, reference, textValue, to } from './flow-test-xml.ts';
import { deploy, field, metadataFile, objectHead } from './metadata-files.ts';

const input = (name: string, use: 'isInput' | 'isOutput'): string =>
  `<variables><name>${name}</name><dataType>String</dataType><isCollection>false</isCollection><${use}>true</${use}></variables>`;

const flow = (members: string, start: string): string =>
  metadataFile(
    'Flow',
    `<label>A Flow</label><processType>AutoLaunchedFlow</processType><status>Active</status>${members}<start>${start}</start>`,
  );

/** Greets a person by id; says how it went. */
const GREET = flow(
  `${input('PersonId', 'isInput')}${input('Outcome', 'isOutput')}
<recordLookups><name>Find</name>${to('Is_There_One')}<object>Person__c</object>
<filterLogic>and</filterLogic><filters><field>Id</field><operator>EqualTo</operator>${reference('PersonId')}</filters>
<getFirstRecordOnly>true</getFirstRecordOnly><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>
${decision('Is_There_One', 'Find', 'IsNull', '<booleanValue>true</booleanValue>', 'Say_Nobody', to('Greet', 'defaultConnector'))}
${assignment('Say_Nobody', 'Outcome', textValue('Nobody'))}
<recordUpdates><name>Greet</name>${to('Say_Greeted')}<object>Person__c</object><filterLogic>and</filterLogic>
<filters><field>Id</field><operator>EqualTo</operator>${reference('PersonId')}</filters>
<inputAssignments><field>Note__c</field>${reference('Greeting')}</inputAssignments></recordUpdates>
${assignment('Say_Greeted', 'Outcome', textValue('Greeted'))}
<formulas><name>Greeting</name><dataType>String</dataType>
<expression>{!$CustomMetadata.Setting__mdt.Default.Greeting__c} &amp; " " &amp; {!Find.Name}</expression></formulas>`,
  to('Find'),
);

const callGreet = `<subflows><name>Call</name><flowName>Greet</flowName>
<inputAssignments><name>PersonId</name>${reference('$Record.Id')}</inputAssignments></subflows>`;

const NIGHTLY = flow(
  callGreet,
  `${to('Call')}<filterLogic>and</filterLogic><filters><field>Due__c</field><operator>EqualTo</operator>
<value><booleanValue>true</booleanValue></value></filters><object>Person__c</object>
<schedule><frequency>Daily</frequency><startDate>2026-01-01</startDate><startTime>06:00:00.000Z</startTime></schedule>
<triggerType>Scheduled</triggerType>`,
);

const TELL = flow(
  `<variables><name>Owners</name><dataType>String</dataType><isCollection>true</isCollection></variables>
<recordLookups><name>Type</name>${to('Collect')}<object>CustomNotificationType</object><filterLogic>and</filterLogic>
<filters><field>DeveloperName</field><operator>EqualTo</operator>${textValue('Told')}</filters>
<getFirstRecordOnly>true</getFirstRecordOnly><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>
${assignment('Collect', 'Owners', reference('$Record.OwnerId'), to('Tell'), 'Add')}
<actionCalls><name>Tell</name><actionName>customNotificationAction</actionName><actionType>customNotificationAction</actionType>
<inputParameters><name>customNotifTypeId</name>${reference('Type.Id')}</inputParameters>
<inputParameters><name>recipientIds</name>${reference('Owners')}</inputParameters>
<inputParameters><name>title</name>${textValue('A person')}</inputParameters>
<inputParameters><name>body</name>${reference('$Record.Note__c')}</inputParameters>
<inputParameters><name>targetId</name>${reference('$Record.Id')}</inputParameters></actionCalls>`,
  `<filterLogic>and</filterLogic><filters><field>Due__c</field><operator>EqualTo</operator>
<value><booleanValue>false</booleanValue></value></filters><object>Person__c</object>
<recordTriggerType>Create</recordTriggerType><scheduledPaths><name>Later</name>${to('Type')}
<pathType>AsyncAfterCommit</pathType></scheduledPaths><triggerType>RecordAfterSave</triggerType>`,
);

const FILES = {
  'objects/Setting__mdt.object': metadataFile(
    'CustomObject',
    `<label>Setting</label><pluralLabel>Settings</pluralLabel><visibility>Public</visibility>${field('Greeting__c', 'Text', { length: 40 })}`,
  ),
  'customMetadata/Setting.Default.md': `<?xml version="1.0" encoding="UTF-8"?>
<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<label>Default</label><protected>false</protected>
<values><field>Greeting__c</field><value xsi:type="xsd:string">Hello</value></values></CustomMetadata>`,
  'objects/Person__c.object': metadataFile(
    'CustomObject',
    `${objectHead('Person')}${field('Note__c', 'Text', { length: 100 })}${field('Due__c', 'Checkbox', { defaultValue: false })}`,
  ),
  'notificationtypes/Told.notiftype': metadataFile(
    'CustomNotificationType',
    '<customNotifTypeName>Told</customNotifTypeName><desktop>true</desktop><masterLabel>Told</masterLabel><mobile>true</mobile>',
  ),
  'flows/Nightly.flow': NIGHTLY,
  'flows/Greet.flow': GREET,
  'flows/Tell.flow': TELL,
};

describe('local org: flows that no save waits for', () => {
  let org: LocalOrg;
  let connection: Connection;

  before(async () => {
    org = await startLocalOrg();
    connection = connect(org);
    expect(await deploy(connection, FILES)).to.deep.equal([]);
    expect(await deploy(connection, GRANT)).to.deep.equal([]);
    const { records } = await connection.query<{ Id: string }>("SELECT Id FROM PermissionSet WHERE Name = 'All'");
    await connection
      .sobject('PermissionSetAssignment')
      .create({ AssigneeId: org.userId, PermissionSetId: records[0]?.Id });
  });

  after(() => org.close());

  async function person(values: Record<string, unknown>): Promise<string> {
    const result = await connection.sobject('Person__c').create(values);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  const noteOf = async (id: string): Promise<unknown> =>
    (await connection.sobject('Person__c').retrieve(id))['Note__c'];

  it('runs an autolaunched flow with inputs, gives its outputs, and reads a setting in a formula', async () => {
    const id = await person({ Due__c: true });
    expect(org.runFlow('Greet', { PersonId: id })).to.deep.equal({ outputs: { Outcome: 'Greeted' } });
    expect(await noteOf(id)).to.match(/^Hello N-\d{4}$/);
    expect(org.runFlow('Greet', { PersonId: org.userId })).to.deep.equal({ outputs: { Outcome: 'Nobody' } });
  });

  it('refuses an input that the flow does not have', () => {
    expect(() => org.runFlow('Greet', { Outcome: 'x' })).to.throw('has no input Outcome');
  });

  it('calls a flow for each record that meets the conditions of a schedule', async () => {
    const due = await person({ Due__c: true });
    const other = await person({ Due__c: false, Note__c: 'Untouched' });
    org.runScheduledFlow('Nightly');
    expect(await noteOf(due)).to.match(/^Hello /);
    expect(await noteOf(other)).to.equal('Untouched');
    expect(org.flowErrors).to.deep.equal([]);
  });

  it('sends a notification after the commit, and for nobody whose save was taken back', async () => {
    const before = org.notifications.length;
    const refuse = org.refuseRows(({ record }) =>
      record['Note__c'] === 'Refused' ? { statusCode: 'X', message: 'no', fields: [] } : undefined,
    );
    const results = await connection.sobject('Person__c').create([{ Note__c: 'Kept' }, { Note__c: 'Refused' }]);
    refuse();
    expect(results.map(({ success }) => success)).to.deep.equal([true, false]);
    expect(org.notifications.slice(before)).to.deep.equal([
      {
        typeId: org.notifications[0]!.typeId,
        recipientIds: [org.userId],
        title: 'A person',
        body: 'Kept',
        targetId: results[0]!.id,
      },
    ]);
  });

  it('keeps the save of a record whose path after the commit fails, and tells the admin', async () => {
    const id = await person({ Due__c: false });
    expect(await noteOf(id)).to.equal(null);
    expect(org.flowErrors).to.deep.equal([
      "Tell: We can't save this record because the “A Flow” process failed. Give your Salesforce admin these details. The custom notification could not be sent: the body is empty.",
    ]);
  });

  for (const [what, files, problem] of [
    [
      'the call of a missing flow',
      { 'flows/Nightly.flow': NIGHTLY.replace('>Greet<', '>Ghost<') },
      'The flow "Ghost" doesn\'t exist.',
    ],
    [
      'an input that the called flow lacks',
      { 'flows/Nightly.flow': NIGHTLY.replace('<name>PersonId<', '<name>Ghost<') },
      'The flow Greet has no input variable Ghost.',
    ],
    [
      'a missing setting',
      { 'flows/Greet.flow': GREET.replace('.Default.', '.Ghost.') },
      'Field $CustomMetadata.Setting__mdt.Ghost.Greeting__c does not exist.',
    ],
    [
      'a missing input of an action',
      { 'flows/Tell.flow': TELL.replace('>title<', '>headline<') },
      'The input title is missing.',
    ],
    [
      'a schedule without an hour',
      { 'flows/Nightly.flow': NIGHTLY.replace('06:00:00.000Z', 'noon') },
      'noon is no time of day.',
    ],
    [
      'a screen in a flow that nobody sees',
      { 'flows/Greet.flow': GREET.replace('<start>', '<screens><name>Seen</name></screens><start>') },
      'Only a screen flow has screens.',
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const failures = await deploy(connection, files, { checkOnly: true });
      expect(failures.map((failure) => failure.problem).join('\n')).to.contain(problem);
    });
  }
});

const GRANT = {
  'permissionsets/All.permissionset': metadataFile(
    'PermissionSet',
    `<label>All</label>${['Note__c', 'Due__c'].map((name) => `<fieldPermissions><editable>true</editable><field>Person__c.${name}</field><readable>true</readable></fieldPermissions>`).join('')}
<objectPermissions><allowCreate>true</allowCreate><allowDelete>true</allowDelete><allowEdit>true</allowEdit><allowRead>true</allowRead><modifyAllRecords>true</modifyAllRecords><object>Person__c</object><viewAllRecords>true</viewAllRecords></objectPermissions>`,
  ),
};
