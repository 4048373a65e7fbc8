import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { deploy, field, metadataFile, objectHead } from './metadata-files.ts';

const PARENT = { referenceTo: 'Account', relationshipName: 'Parts', relationshipOrder: 0 };
const FILES = {
  'objects/Part__c.object': metadataFile(
    'CustomObject',
    objectHead('Part', 'ControlledByParent') + field('Account__c', 'MasterDetail', PARENT),
  ),
};

describe('local org: locks and limits', () => {
  let org: LocalOrg;
  let connection: Connection;
  let accountId: string;
  let contactId: string;
  let otherId: string;

  before(async () => {
    org = await startLocalOrg();
    connection = connect(org);
    expect(await deploy(connection, FILES)).to.deep.equal([]);
    accountId = await create('Account', { Name: 'Acme' });
    contactId = await create('Contact', { LastName: 'Person', AccountId: accountId });
    otherId = await create('Contact', { LastName: 'Other' });
  });

  after(() => org.close());

  async function create(type: string, values: Record<string, unknown>): Promise<string> {
    const result = await connection.sobject(type).create(values);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  interface RowResult {
    readonly success: boolean;
    readonly errors: readonly { readonly statusCode: string }[];
  }

  const insertTasks = (rows: readonly object[]): Promise<RowResult[]> => {
    const records = rows.map((row) => ({ attributes: { type: 'Task' }, ...row }));
    return connection.requestPost('/composite/sobjects', { records });
  };

  const open = { Status: 'Not Started', ActivityDate: '2027-01-31' };
  const closed = { Status: 'Completed', ActivityDate: '2027-01-31' };

  it('lets an open task with a date wait for its person and account, and a completed one for nobody', async () => {
    const release = org.lockRecords(accountId);
    const refused = await refusalOf(create('Task', { ...open, WhoId: contactId }));
    const completed = await create('Task', { ...closed, WhoId: contactId });
    const undated = await create('Task', { Status: 'Not Started', WhoId: contactId });
    release();
    const later = await create('Task', { ...open, WhoId: contactId });
    expect(refused.errorCode).to.equal('UNABLE_TO_LOCK_ROW');
    expect(refused.message).to.equal(
      `unable to obtain exclusive access to this record or 2 records: ${contactId},${accountId}`,
    );
    expect([completed, undated, later].every((id) => id.startsWith('00T'))).to.equal(true);
  });

  it('lets every change and every end of a task wait', async () => {
    const Id = await create('Task', { ...closed, WhoId: contactId });
    const release = org.lockRecords(contactId);
    const refusals = [
      await refusalOf(connection.sobject('Task').update({ Id, Subject: 'changed' })),
      await refusalOf(connection.sobject('Task').destroy(Id)),
    ];
    release();
    expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal(['UNABLE_TO_LOCK_ROW', 'UNABLE_TO_LOCK_ROW']);
    expect((await connection.sobject('Task').destroy(Id)).success).to.equal(true);
  });

  it('fails the rows of a list that wait for locks together, and saves the others', async () => {
    const release = org.lockRecords(contactId);
    const rows = [
      { ...open, WhoId: contactId },
      { ...open, WhoId: otherId },
      { ...closed, WhoId: contactId },
    ];
    const results = await insertTasks(rows);
    release();
    const codes = results.map(({ success, errors }) => (success ? 'saved' : errors[0]?.statusCode));
    expect(codes).to.deep.equal(['UNABLE_TO_LOCK_ROW', 'UNABLE_TO_LOCK_ROW', 'saved']);
  });

  it('lets a detail wait for its master, and a record for itself', async () => {
    const release = org.lockRecords(accountId);
    const refusals = [
      await refusalOf(create('Part__c', { Account__c: accountId })),
      await refusalOf(connection.sobject('Account').update({ Id: accountId, Name: 'Acme 2' })),
    ];
    release();
    expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal(['UNABLE_TO_LOCK_ROW', 'UNABLE_TO_LOCK_ROW']);
  });

  it('tells what each transaction has used of the limits', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => ({ LastName: `Person ${index}` }));
    const before = org.transactions.length;
    await connection.sobject('Contact').create(rows);
    const none = { queries: 0, rowsRead: 0, statements: 0 };
    expect(org.lastTransaction).to.deep.equal({
      ...{ object: 'Contact', operation: 'create', rows: 150, rowsWritten: 150 },
      ...none,
    });
    expect(org.transactions).to.have.length(before + 1);
  });
});
