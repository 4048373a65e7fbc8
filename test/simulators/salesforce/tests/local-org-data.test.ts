import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';

describe('local org: records', () => {
  let org: LocalOrg;
  let connection: Connection;
  let contactId: string;
  let leadId: string;
  let accountId: string;

  before(async () => {
    org = await startLocalOrg();
    connection = connect(org);
    accountId = await create('Account', { Name: 'Acme' });
    contactId = await create('Contact', {
      LastName: 'Person',
      FirstName: 'Petra',
      Email: 'petra@acme.example',
      AccountId: accountId,
    });
    leadId = await create('Lead', { LastName: 'Lead', Company: 'Leads Ltd', Email: 'lead@leads.example' });
  });

  after(() => org.close());

  async function create(type: string, values: Record<string, unknown>): Promise<string> {
    const result = await connection.sobject(type).create(values);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  const refuse = (type: string, values: Record<string, unknown>) => refusalOf(connection.sobject(type).create(values));

  it('starts with one administrator, itself, the task statuses and no other record', async () => {
    const users = await connection.query<{ Id: string }>('SELECT Id FROM User WHERE IsActive = true');
    const closed = await connection.query<{ ApiName: string }>('SELECT ApiName FROM TaskStatus WHERE IsClosed = true');
    const organization = await connection.query<{ Id: string }>('SELECT Id FROM Organization');
    const tasks = await connection.query('SELECT COUNT() FROM Task');
    expect(users.records.map(({ Id }) => Id)).to.deep.equal([org.userId]);
    expect(closed.records.map(({ ApiName }) => ApiName)).to.deep.equal(['Completed']);
    expect(organization.records[0]?.Id).to.equal(org.orgId);
    expect(tasks.totalSize).to.equal(0);
  });

  it('tells who is logged in', async () => {
    const identity = await connection.identity();
    expect(identity).to.include({ user_id: org.userId, organization_id: org.orgId });
  });

  it('refuses a token that it did not give', async () => {
    const { errorCode } = await refusalOf(connect(org, `${org.orgId}!made-up`).query('SELECT Id FROM User'));
    expect(errorCode).to.equal('INVALID_SESSION_ID');
  });

  it('names the required field that is missing', async () => {
    const { errorCode, message } = await refuse('Contact', { FirstName: 'Nobody' });
    expect(errorCode).to.equal('REQUIRED_FIELD_MISSING');
    expect(message).to.equal('Required fields are missing: [LastName]');
  });

  it('refuses what is too long, no address, no column, or of the wrong JSON type', async () => {
    const refusals = await Promise.all([
      refuse('Task', { Subject: 'x'.repeat(256) }),
      refuse('Contact', { LastName: 'A', Email: 'no address' }),
      refuse('Contact', { LastName: 'A', Emial: 'a@b.example' }),
      refuse('Contact', { LastName: 7 }),
      refuse('Task', { ActivityDate: '2026-02-30' }),
      refuse('Task', { IsClosed: true }),
    ]);
    expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal([
      'STRING_TOO_LONG',
      'INVALID_EMAIL_ADDRESS',
      'INVALID_FIELD',
      'JSON_PARSER_ERROR',
      'JSON_PARSER_ERROR',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
    ]);
  });

  it('refuses references to what is not there, is deleted, or is of another type', async () => {
    const gone = await create('Contact', { LastName: 'Gone' });
    await connection.sobject('Contact').destroy(gone);
    const refusals = await Promise.all([
      refuse('Contact', { LastName: 'A', AccountId: '001LO0ZZZZZZZZZ' }),
      refuse('Task', { WhoId: gone }),
      refuse('Task', { WhoId: accountId }),
      refuse('Task', { WhoId: 'petra' }),
    ]);
    expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal([
      'INVALID_CROSS_REFERENCE_KEY',
      'ENTITY_IS_DELETED',
      'MALFORMED_ID',
      'MALFORMED_ID',
    ]);
  });

  it('refuses an owner who is inactive', async () => {
    const profiles = await connection.query<{ Id: string }>("SELECT Id FROM Profile WHERE Name = 'Standard User'");
    const userId = await create('User', {
      Username: 'rep@local.example',
      LastName: 'Rep',
      Email: 'rep@local.example',
      Alias: 'rep',
      ProfileId: profiles.records[0]?.Id,
      TimeZoneSidKey: 'GMT',
      LocaleSidKey: 'en_US',
      EmailEncodingKey: 'UTF-8',
      LanguageLocaleKey: 'en_US',
    });
    await create('Task', { Subject: 'while active', OwnerId: userId });
    await connection.sobject('User').update({ Id: userId, IsActive: false });
    const { errorCode } = await refuse('Task', { Subject: 'too late', OwnerId: userId });
    expect(errorCode).to.equal('INACTIVE_OWNER_OR_USER');
  });

  describe('Task', () => {
    it('keeps WhatId empty beside a lead', async () => {
      const { errorCode } = await refuse('Task', { WhoId: leadId, WhatId: accountId });
      expect(errorCode).to.equal('FIELD_INTEGRITY_EXCEPTION');
    });

    it('takes its status from TaskStatus and computes IsClosed and the account', async () => {
      const { errorCode } = await refuse('Task', { Status: 'Done' });
      const id = await create('Task', { Subject: 'Re: offer', Status: 'Completed', WhoId: contactId });
      const task = await connection.sobject('Task').retrieve(id);
      expect(errorCode).to.equal('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
      expect(task).to.include({ IsClosed: true, AccountId: accountId, OwnerId: org.userId, TaskSubtype: 'Task' });
      expect(task['CompletedDateTime']).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
    });

    it('never changes its subtype', async () => {
      const id = await create('Task', { Subject: 'mail', TaskSubtype: 'Email' });
      const refused = await refusalOf(connection.sobject('Task').update({ Id: id, TaskSubtype: 'Call' }));
      expect(refused.errorCode).to.equal('INVALID_FIELD_FOR_INSERT_UPDATE');
    });
  });

  it('shows a deleted record to queryAll alone', async () => {
    const id = await create('Lead', { LastName: 'Short', Company: 'Lived' });
    await connection.sobject('Lead').destroy(id);
    const soql = `SELECT Id, IsDeleted FROM Lead WHERE Id = '${id}'`;
    const found = await connection.query(soql);
    const all = await connection.query(soql, { scanAll: true });
    const again = await refusalOf(connection.sobject('Lead').destroy(id));
    expect(found.totalSize).to.equal(0);
    expect(all.records[0]).to.include({ Id: id, IsDeleted: true });
    expect(again.errorCode).to.equal('ENTITY_IS_DELETED');
  });

  it('describes the fields of an object', async () => {
    const { fields, keyPrefix } = await connection.sobject('Task').describe();
    const subject = fields.find(({ name }) => name === 'Subject');
    expect(keyPrefix).to.equal('00T');
    expect(subject).to.include({ type: 'string', length: 255, createable: true });
  });

  it('counts its API calls and refuses them past the limit', async () => {
    const small = await startLocalOrg({ apiLimit: 2 });
    try {
      const limited = connect(small);
      await limited.query('SELECT Id FROM User');
      await limited.query('SELECT Id FROM User');
      const { errorCode } = await refusalOf(limited.query('SELECT Id FROM User'));
      expect(errorCode).to.equal('REQUEST_LIMIT_EXCEEDED');
      expect(limited.limitInfo.apiUsage).to.deep.equal({ used: 2, limit: 2 });
      expect(small.apiCalls).to.equal(2);
    } finally {
      await small.close();
    }
  });

  it('fails loudly on a request that it does not simulate, and remembers it', async () => {
    const { errorCode, message } = await refusalOf(connection.tooling.query('SELECT Id FROM ApexClass'));
    expect(errorCode).to.equal('NOT_SIMULATED');
    expect(message).to.include('/services/data/v67.0/tooling/query');
    expect(org.notSimulated).to.have.length(1);
  });
});
