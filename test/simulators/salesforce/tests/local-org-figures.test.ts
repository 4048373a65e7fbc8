import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { assignPermissionSets, deployForceApp } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect } from './connect.ts';
import { createUser, rowsOf } from './people.ts';

const FORCE_APP = new URL('../../../../force-app/main', import.meta.url).pathname;
const BATCH = 200;
const PEOPLE = 2_000;

type Row = Record<string, unknown>;

/** The package under its figures: what a batch of replies may cost, as the user of the connector sends it. */
describe('local org: replies in batches of 200', function () {
  this.timeout(60_000);
  let org: LocalOrg;
  let admin: Connection;
  let connector: Connection;
  let statuses: { readonly statusId: string; readonly contactId: string }[];

  before(async () => {
    org = await startLocalOrg();
    admin = connect(org);
    await deployForceApp(admin, FORCE_APP);
    await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin']);
    const id = await createUser(admin, 'connector', {}, 'Minimum Access - API Only Integrations');
    await assignPermissionSets(admin, id, ['ReplyTrackingConnector']);
    connector = connect(org, org.openSession(id));
    statuses = await enrol(PEOPLE);
  });

  after(() => org.close());

  async function create(connection: Connection, type: string, rows: readonly Row[]): Promise<string[]> {
    const results = await connection.sobject(type).create([...rows], { allowRecursive: true });
    return results.map((result) => {
      if (!result.success) throw new Error(JSON.stringify(result.errors));
      return result.id;
    });
  }

  async function enrol(count: number): Promise<typeof statuses> {
    const [sequenceId] = await create(admin, 'SalesSequence__c', [{ Name: 'Spring' }]);
    const people = Array.from({ length: count }, (_, index) => ({ LastName: `Person ${index}` }));
    const contactIds = await create(admin, 'Contact', people);
    const rows = contactIds.map((Contact__c) => ({ SalesSequence__c: sequenceId, Contact__c }));
    const statusIds = await create(admin, 'CampaignStatus__c', rows);
    return contactIds.map((contactId, index) => ({ contactId, statusId: statusIds[index]! }));
  }

  const reply = ({ contactId, statusId }: (typeof statuses)[number], key: string): Row => ({
    ...{
      Subject: 'Re: offer',
      Status: 'Completed',
      TaskSubtype: 'Email',
      ActivityDate: '2026-11-24',
      WhoId: contactId,
    },
    ...{ ReplyKey__c: key, ReplyKind__c: 'Human', ReplyReceivedAt__c: new Date().toISOString() },
    ...{ Replier__c: 'Recipient', CampaignStatus__c: statusId },
  });

  it('halts 2,000 people by 2,000 replies, each batch within six queries and four statements', async () => {
    const before = org.transactions.length;
    await create(
      connector,
      'Task',
      statuses.map((status, index) => reply(status, `key ${index}`)),
    );
    const batches = org.transactions.slice(before).filter(({ object }) => object === 'Task');
    const [halted] = await rowsOf(admin, "SELECT COUNT(Id) n FROM CampaignStatus__c WHERE Status__c = 'Replied'");
    const problems = await rowsOf(admin, 'SELECT Problem__c FROM ReplyProblem__c');
    expect(batches.map(({ rows }) => rows)).to.deep.equal(Array.from({ length: PEOPLE / BATCH }, () => BATCH));
    expect(Math.max(...batches.map(({ queries }) => queries))).to.be.at.most(6);
    expect(Math.max(...batches.map(({ statements }) => statements))).to.be.at.most(4);
    expect(problems).to.deep.equal([]);
    expect(halted).to.include({ n: PEOPLE });
  });
});
