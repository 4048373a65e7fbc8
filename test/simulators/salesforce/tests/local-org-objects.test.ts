import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { deploy, metadataFile } from './metadata-files.ts';

const SETTING = {
  'objects/Setting__mdt.object': metadataFile(
    'CustomObject',
    '<label>Setting</label><pluralLabel>Settings</pluralLabel><visibility>Public</visibility>',
  ),
  'customMetadata/Setting.Default.md': metadataFile(
    'CustomMetadata',
    '<label>Default</label><protected>false</protected>',
  ),
};

describe('local org: objects of every org', () => {
  let org: LocalOrg;
  let connection: Connection;
  let accountId: string;
  let contactId: string;

  before(async () => {
    org = await startLocalOrg();
    connection = connect(org);
    accountId = await create('Account', { Name: 'Acme' });
    contactId = await create('Contact', { LastName: 'Person', AccountId: accountId });
  });

  after(() => org.close());

  async function create(type: string, values: Record<string, unknown>): Promise<string> {
    const result = await connection.sobject(type).create(values);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  it('keeps one primary contact of an opportunity', async () => {
    const deal = { Name: 'Deal', AccountId: accountId, StageName: 'Prospecting', CloseDate: '2027-01-31' };
    const OpportunityId = await create('Opportunity', deal);
    const second = await create('Contact', { LastName: 'Second', AccountId: accountId });
    for (const ContactId of [contactId, second]) {
      await create('OpportunityContactRole', { OpportunityId, ContactId, Role: 'Decision Maker', IsPrimary: true });
    }
    const { records } = await connection.query(
      'SELECT Name, (SELECT ContactId, IsPrimary FROM OpportunityContactRoles ORDER BY ContactId) FROM Opportunity',
    );
    expect(records[0]).to.have.nested.property('OpportunityContactRoles.records[0].IsPrimary', false);
    expect(records[0]).to.have.nested.property('OpportunityContactRoles.records[1].IsPrimary', true);
  });

  it('changes a mail while it is a draft, and afterwards only what is visible to others', async () => {
    const Id = await create('EmailMessage', { Status: '5', Subject: 'Offer', RelatedToId: accountId });
    const mails = connection.sobject('EmailMessage');
    await mails.update({ Id, Subject: 'Our offer', ToAddress: 'petra@acme.example' });
    await mails.update({ Id, Status: '3', MessageIdentifier: '<offer@example.test>' });
    const refused = await refusalOf(mails.update({ Id, Subject: 'Another offer' }));
    await mails.update({ Id, IsExternallyVisible: true });
    const sent = await mails.retrieve(Id);
    expect(refused.errorCode).to.equal('INSUFFICIENT_ACCESS_OR_READONLY');
    expect(sent).to.include({ Subject: 'Our offer', Status: '3', IsExternallyVisible: true, Incoming: false });
  });

  it('relates a mail to the people on it, and takes the relations away with it', async () => {
    const EmailMessageId = await create('EmailMessage', { Status: '3', Subject: 'Hello' });
    const relation = { EmailMessageId, RelationId: contactId, RelationType: 'ToAddress' };
    await create('EmailMessageRelation', relation);
    const soql = 'SELECT RelationObjectType, EmailMessage.Subject FROM EmailMessageRelation';
    const { records } = await connection.query(soql);
    await connection.sobject('EmailMessage').destroy(EmailMessageId);
    const left = await connection.query(soql);
    expect(records[0]).to.include({ RelationObjectType: 'Contact' });
    expect(left.totalSize).to.equal(0);
  });

  it('reads custom metadata by query, and writes it by a deploy alone', async () => {
    expect(await deploy(connection, SETTING)).to.deep.equal([]);
    const { records } = await connection.query('SELECT DeveloperName, MasterLabel, QualifiedApiName FROM Setting__mdt');
    const refused = await refusalOf(connection.sobject('Setting__mdt').create({ MasterLabel: 'Other' }));
    expect(records[0]).to.include({ DeveloperName: 'Default', MasterLabel: 'Default', QualifiedApiName: 'Default' });
    expect(refused.errorCode).to.equal('INSUFFICIENT_ACCESS_OR_READONLY');
  });

  for (const name of ['CampaignStatus__Share', 'TaskFeed', 'Account__ChangeEvent']) {
    it(`refuses ${name} loudly`, async () => {
      const known = org.notSimulated.length;
      const { errorCode } = await refusalOf(connection.query(`SELECT Id FROM ${name}`));
      expect(errorCode).to.equal('NOT_SIMULATED');
      expect(org.notSimulated).to.have.length(known + 1);
    });
  }
});
