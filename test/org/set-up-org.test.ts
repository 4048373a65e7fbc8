import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { connect } from '../simulators/salesforce/tests/connect.ts';
import { rowsOf } from '../simulators/salesforce/tests/people.ts';
import { openSfHome, type SfHome } from '../simulators/salesforce/tests/sf-home.ts';
import { runOrgCommand, type OrgCommandRun } from './run-org-command.ts';

describe('npm run org', function () {
  this.timeout(120_000);
  let org: LocalOrg;
  let admin: Connection;
  let sf: SfHome;

  before(async () => {
    org = await startLocalOrg();
    admin = connect(org);
    sf = await openSfHome(org);
  });

  after(async () => {
    await sf.close();
    await org.close();
  });

  const run = (...args: string[]): Promise<OrgCommandRun> => runOrgCommand(sf, ...args);

  async function statusOf(person: string): Promise<unknown> {
    const rows = await rowsOf(
      admin,
      `SELECT Status__c FROM CampaignStatus__c WHERE Contact__r.Name = '${person}' OR Lead__r.Name = '${person}'`,
    );
    return rows.map(({ Status__c }) => Status__c);
  }

  const count = async (object: string): Promise<number> => (await admin.query(`SELECT Id FROM ${object}`)).totalSize;

  it('sets up an org in which replies have halted the sequences of people', async () => {
    const { code, printed, complaints } = await run('--target-org', 'local', '--no-open');
    expect(code, complaints).to.equal(0);
    expect(printed).to.include('the sample data is imported');
    expect(printed).to.include('npx sf org open --target-org local');
    expect(await statusOf('Ines Duarte')).to.deep.equal(['Replied', 'Replied']);
    expect(await statusOf('Sofia Berg')).to.deep.equal(['Paused']);
    expect(await statusOf('Hugo Marchand')).to.deep.equal(['Bounced']);
    expect(await statusOf('Priya Raman')).to.deep.equal(['Active']);
    expect([org.notSimulated, org.flowErrors]).to.deep.equal([[], []]);
  });

  it('leaves its user with the permission sets of a person alone', async () => {
    const rows = await rowsOf(admin, 'SELECT PermissionSet.Name FROM PermissionSetAssignment');
    const names = rows.map((row) => (row['PermissionSet'] as { Name: string }).Name);
    expect(names).to.have.members(['ReplyTrackingAdmin', 'ReplyTrackingUser']);
  });

  it('begins anew what broke off, and changes nothing where everything is', async () => {
    const accounts = await count('Account');
    for (const { Id } of await rowsOf(admin, 'SELECT Id FROM Task')) await admin.sobject('Task').destroy(String(Id));
    const again = await run('--target-org', 'local', '--no-open');
    const tasks = await rowsOf(admin, 'SELECT Id FROM Task');
    const third = await run('--target-org', 'local', '--no-open');
    expect(again.code, again.complaints).to.equal(0);
    expect(again.printed).to.include('deletes what an import has left').and.to.include('the sample data is imported');
    expect(third.printed).to.include('the sample data is there already');
    expect(await rowsOf(admin, 'SELECT Id FROM Task')).to.deep.equal(tasks);
    expect(await count('Account')).to.equal(accounts);
    expect(await statusOf('Ines Duarte')).to.deep.equal(['Replied', 'Replied']);
  });
});
