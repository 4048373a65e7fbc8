import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { readFileSync } from 'node:fs';
import { assignPermissionSets, deployForceApp } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect } from './connect.ts';
import { deploy } from './metadata-files.ts';
import { createUser, rowsOf } from './people.ts';

const SETTINGS = new URL(
  '../../../../force-app/main/sequence/customMetadata/ReplyTrackingSetting.Default.md-meta.xml',
  import.meta.url,
);
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
    statuses = await enrol(Array.from({ length: PEOPLE }, () => null));
  });

  after(() => org.close());

  async function create(connection: Connection, type: string, rows: readonly Row[]): Promise<string[]> {
    const results = await connection.sobject(type).create([...rows], { allowRecursive: true });
    return results.map((result) => {
      if (!result.success) throw new Error(JSON.stringify(result.errors));
      return result.id;
    });
  }

  /** Puts a person of each account, or of none, into one new sequence. */
  async function enrol(accountIds: readonly (string | null)[]): Promise<typeof statuses> {
    const [sequenceId] = await create(admin, 'SalesSequence__c', [{ Name: 'Spring' }]);
    const people = accountIds.map((AccountId, index) => ({ LastName: `Person ${index}`, AccountId }));
    const contactIds = await create(admin, 'Contact', people);
    const rows = contactIds.map((Contact__c, index) => ({
      ...{ SalesSequence__c: sequenceId, Contact__c, Account__c: accountIds[index] },
    }));
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

  /** What each batch of Tasks has cost: its rows, queries and statements. */
  async function costOf(replies: readonly Row[]): Promise<number[][]> {
    const before = org.transactions.length;
    await create(connector, 'Task', replies);
    const batches = org.transactions.slice(before).filter(({ object }) => object === 'Task');
    expect(await rowsOf(admin, 'SELECT Problem__c FROM ReplyProblem__c')).to.deep.equal([]);
    return batches.map(({ rows, queries, statements }) => [rows, queries, statements]);
  }

  it('halts 2,000 people by 2,000 replies in ten batches, each with one query and one statement', async () => {
    const costs = await costOf(statuses.map((status, index) => reply(status, `key ${index}`)));
    expect(costs).to.deep.equal(Array.from({ length: PEOPLE / BATCH }, () => [BATCH, 1, 1]));
    const [halted] = await rowsOf(admin, "SELECT COUNT(Id) n FROM CampaignStatus__c WHERE Status__c = 'Replied'");
    expect(halted).to.include({ n: PEOPLE });
  });

  it('spends four queries and two statements on a batch with every setting on and a colleague of each to halt', async () => {
    const shipped = readFileSync(SETTINGS, 'utf8');
    const allOn = shipped.replace('>Person<', '>Account<').replaceAll('>false</value>', '>true</value>');
    expect(allOn).to.include('>Account<').and.not.to.include('>false</value>');
    expect(await deploy(admin, { 'customMetadata/ReplyTrackingSetting.Default.md': allOn })).to.deep.equal([]);
    const names = Array.from({ length: BATCH }, (_, index) => ({ Name: `Account ${index}` }));
    const accountIds = await create(admin, 'Account', names);
    const people = await enrol([...accountIds, ...accountIds]);
    const costs = await costOf(people.slice(0, BATCH).map((person, index) => reply(person, `all on ${index}`)));
    expect(costs).to.deep.equal([[BATCH, 4, 2]]);
    const [halted] = await rowsOf(
      admin,
      "SELECT COUNT(Id) n FROM CampaignStatus__c WHERE Status__c = 'Replied' AND Account__c != null",
    );
    expect(halted).to.include({ n: 2 * BATCH });
  });
});
