import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { deploy, field, metadataFile, objectHead } from './metadata-files.ts';
import { createUser, rowsOf } from './people.ts';

const LOOKUP = { relationshipLabel: 'Notes', relationshipName: 'Notes' };
const PARENT = { referenceTo: 'Note__c', relationshipName: 'Lines', relationshipOrder: 0 };
const FILES = {
  'objects/Note__c.object': metadataFile(
    'CustomObject',
    objectHead('Note') +
      field('Lead__c', 'Lookup', { ...LOOKUP, referenceTo: 'Lead', required: true, deleteConstraint: 'Cascade' }) +
      field('Key__c', 'Text', { length: 9, unique: true, required: true }),
  ),
  'objects/Line__c.object': metadataFile(
    'CustomObject',
    objectHead('Line', 'ControlledByParent') + field('Note__c', 'MasterDetail', PARENT),
  ),
};

describe('local org: people who change', () => {
  let org: LocalOrg;
  let connection: Connection;

  before(async () => {
    org = await startLocalOrg();
    connection = connect(org);
    expect(await deploy(connection, FILES)).to.deep.equal([]);
  });

  after(() => org.close());

  async function create(type: string, values: Record<string, unknown>): Promise<string> {
    const result = await connection.sobject(type).create(values);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  const newLead = (LastName: string): Promise<string> =>
    create('Lead', { LastName, Company: 'Prospects Ltd', Email: `${LastName.toLowerCase()}@prospects.example` });

  const convert = (leadId: string, changes: object = {}) =>
    connection.soap.convertLead({
      ...{ leadId, convertedStatus: 'Closed - Converted', doNotCreateOpportunity: false, ...changes },
    });

  describe('a converted lead', () => {
    it('becomes an account, a contact and an opportunity, and takes its activities along', async () => {
      const lead = await newLead('Converted');
      const note = await create('Note__c', { Lead__c: lead, Key__c: 'note' });
      const task = await create('Task', { Subject: 'Call', WhoId: lead });
      const result = await convert(lead);
      const [person] = await rowsOf(
        connection,
        `SELECT Email, AccountId FROM Contact WHERE Id = '${result.contactId}'`,
      );
      const [moved] = await rowsOf(connection, `SELECT WhoId, WhatId, AccountId FROM Task WHERE Id = '${task}'`);
      const [kept] = await rowsOf(connection, `SELECT Lead__c FROM Note__c WHERE Id = '${note}'`);
      const [row] = await rowsOf(connection, `SELECT IsConverted, ConvertedContactId FROM Lead WHERE Id = '${lead}'`);
      const { accountId, contactId, opportunityId } = result;
      expect(person).to.include({ Email: 'converted@prospects.example', AccountId: accountId });
      expect(moved).to.include({ WhoId: contactId, WhatId: opportunityId, AccountId: accountId });
      expect(kept).to.include({ Lead__c: lead });
      expect(row).to.include({ IsConverted: true, ConvertedContactId: contactId });
    });

    it('can neither be changed nor named nor converted again', async () => {
      const Id = await newLead('Closed');
      const { opportunityId } = await convert(Id, { doNotCreateOpportunity: true });
      const refusals = await Promise.all([
        refusalOf(connection.sobject('Lead').update({ Id, LastName: 'Open' })),
        refusalOf(create('Task', { WhoId: Id })),
        refusalOf(create('Note__c', { Lead__c: Id, Key__c: 'late' })),
      ]);
      const again = await convert(Id);
      expect(opportunityId ?? null).to.equal(null);
      expect(new Set(refusals.map(({ errorCode }) => errorCode))).to.deep.equal(
        new Set(['CANNOT_UPDATE_CONVERTED_LEAD']),
      );
      expect(refusals[0]?.message).to.equal('cannot reference converted lead');
      expect([again.errors].flat()[0]).to.include({ statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD' });
    });

    it('joins a contact that is there, and refuses a status that is no end', async () => {
      const accountId = await create('Account', { Name: 'Known' });
      const contactId = await create('Contact', { LastName: 'Known', AccountId: accountId });
      const joined = await convert(await newLead('Joined'), { accountId, contactId });
      const refused = await convert(await newLead('Early'), { convertedStatus: 'Open - Not Contacted' });
      expect(joined).to.include({ success: true, accountId, contactId });
      expect([refused.errors].flat()[0]).to.include({ statusCode: 'INVALID_STATUS' });
    });
  });

  describe('merged contacts', () => {
    it('leave their activities and lookups to the master, and say which it is', async () => {
      const [Id, loser] = [
        await create('Contact', { LastName: 'Kept' }),
        await create('Contact', { LastName: 'Gone' }),
      ];
      const task = await create('Task', { Subject: 'Call', WhoId: loser });
      const result = await connection.soap.merge({
        masterRecord: { type: 'Contact', Id, Title: 'Chief' },
        recordToMergeIds: [loser],
      } as never);
      const [moved] = await rowsOf(connection, `SELECT WhoId FROM Task WHERE Id = '${task}'`);
      const soql = `SELECT IsDeleted, MasterRecordId FROM Contact WHERE Id = '${loser}'`;
      const { records } = await connection.query(soql, { scanAll: true });
      const refused = await refusalOf(create('Task', { WhoId: loser }));
      expect(result).to.deep.include({ success: true, mergedRecordIds: [loser], updatedRelatedIds: [task] });
      expect(moved).to.include({ WhoId: Id });
      expect(records[0]).to.include({ IsDeleted: true, MasterRecordId: Id });
      expect(refused.errorCode).to.equal('ENTITY_IS_DELETED');
    });
  });

  describe('the recycle bin', () => {
    it('gives a record back with the details that went with it', async () => {
      const note = await create('Note__c', { Lead__c: await newLead('Binned'), Key__c: 'binned' });
      await create('Line__c', { Note__c: note });
      await connection.sobject('Note__c').destroy(note);
      const [result] = await connection.soap.undelete([note]);
      const lines = await rowsOf(connection, `SELECT Id FROM Line__c WHERE Note__c = '${note}'`);
      expect(result).to.include({ id: note, success: true });
      expect(lines).to.have.length(1);
    });

    it('keeps a record whose key has been given away, and one that somebody else owns', async () => {
      const lead = await newLead('Key');
      const note = await create('Note__c', { Lead__c: lead, Key__c: 'taken' });
      await connection.sobject('Note__c').destroy(note);
      await create('Note__c', { Lead__c: lead, Key__c: 'taken' });
      const stranger = connect(org, org.openSession(await createUser(connection, 'stranger', {})));
      const [twice] = await connection.soap.undelete([note]);
      const [foreign] = await stranger.soap.undelete([note]);
      expect([twice?.errors].flat()[0]).to.include({ statusCode: 'DUPLICATE_VALUE' });
      expect([foreign?.errors].flat()[0]).to.include({ statusCode: 'INSUFFICIENT_ACCESS_OR_READONLY' });
    });
  });

  it('refuses other calls of the SOAP API loudly', async () => {
    const { message } = await refusalOf(connection.soap.describeTabs());
    expect(message).to.include('NOT_SIMULATED');
  });
});
