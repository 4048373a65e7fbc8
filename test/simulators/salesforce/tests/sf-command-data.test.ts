import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assignPermissionSets, deployForceApp } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect } from './connect.ts';
import { rowsOf } from './people.ts';
import { openSfHome, type SfHome } from './sf-home.ts';

describe('local org: the data commands of sf', function () {
  this.timeout(60_000);
  let org: LocalOrg;
  let sf: SfHome;

  before(async () => {
    org = await startLocalOrg();
    const admin = connect(org);
    await deployForceApp(admin, 'force-app/main');
    await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
    sf = await openSfHome(org);
  });

  after(async () => {
    await sf.close();
    await org.close();
  });

  afterEach(() => expect(org.notSimulated).to.deep.equal([]));

  const rows = (soql: string) => rowsOf(connect(org), soql);

  function write(name: string, content: string | object): string {
    const path = join(sf.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  it('import tree reads a plan whose files refer to each other', async () => {
    const record = (type: string, referenceId: string, fields: object) => ({
      attributes: { type, referenceId },
      ...fields,
    });
    write('accounts.json', { records: [record('Account', 'AccountRef1', { Name: 'Fjord Ferries' })] });
    const people = [
      record('Contact', 'ContactRef1', { LastName: 'Lindgren', AccountId: '@AccountRef1' }),
      record('Contact', 'ContactRef2', { LastName: 'Okafor', AccountId: '@AccountRef1' }),
    ];
    write('contacts.json', { records: people });
    const plan = write('plan.json', [
      { sobject: 'Account', files: ['accounts.json'] },
      { sobject: 'Contact', files: ['contacts.json'] },
    ]);
    const { status, result } = await sf.run<{ refId: string }[]>('data import tree --plan', plan);
    const contacts = await rows("SELECT LastName FROM Contact WHERE Account.Name = 'Fjord Ferries' ORDER BY LastName");
    expect(status).to.equal(0);
    expect(result.map(({ refId }) => refId)).to.deep.equal(['AccountRef1', 'ContactRef1', 'ContactRef2']);
    expect(contacts.map(({ LastName }) => LastName)).to.deep.equal(['Lindgren', 'Okafor']);
  });

  it('import tree says why a record is refused, and keeps none', async () => {
    const attributes = (referenceId: string) => ({ type: 'Lead', referenceId });
    const file = write('leads.json', {
      records: [
        { attributes: attributes('LeadRef1'), LastName: 'Fine', Company: 'Fine Ltd' },
        { attributes: attributes('LeadRef2'), LastName: 'No company' },
      ],
    });
    const { status, data } = await sf.run('data import tree --files', file);
    const refused = { referenceId: 'LeadRef2', StatusCode: 'REQUIRED_FIELD_MISSING', fields: 'Company' };
    expect(status).to.equal(1);
    expect(data).to.deep.equal([{ ...refused, Message: 'Required fields are missing: [Company]' }]);
    expect(await rows('SELECT Id FROM Lead')).to.deep.equal([]);
  });

  it('upsert bulk and bulk results tell which rows were refused, and why', async () => {
    const file = write('mails.csv', 'MessageKey__c,Source__c\nsf-1@example.com,Sequence\nsf-2@example.com,Elsewhere\n');
    const options = '--sobject TrackedEmail__c --external-id MessageKey__c --wait 1 --line-ending LF --file';
    const { name, data } = await sf.run(`data upsert bulk ${options}`, file);
    const { jobId } = data as { jobId: string };
    const { result } = await sf.run<{ failedFilePath: string }>('data bulk results --job-id', jobId);
    expect(name).to.equal('FailedRecordDetailsError');
    expect(result).to.include({ status: 'JobComplete', processedRecords: 2, successfulRecords: 1, failedRecords: 1 });
    expect(readFileSync(join(sf.folder, result.failedFilePath), 'utf8')).to.match(
      /"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:[^"]*:Source__c --","sf-2@example\.com"/,
    );
  });

  it('import bulk and delete bulk write by file', async () => {
    const file = write('accounts.csv', 'Name;Phone\nBulk Bakery;1\nBulk Brewery;2\n');
    const imported = await sf.run('data import bulk --sobject Account --wait 1 --line-ending LF --file', file);
    const made = await rows("SELECT Id FROM Account WHERE Name LIKE 'Bulk %'");
    const ids = write('ids.csv', `Id\n${made.map(({ Id }) => String(Id)).join('\n')}\n`);
    const deleted = await sf.run('data delete bulk --sobject Account --wait 1 --line-ending LF --file', ids);
    expect(imported.result).to.include({ processedRecords: 2, successfulRecords: 2, failedRecords: 0 });
    expect(made).to.have.lengthOf(2);
    expect(deleted.status, deleted.message).to.equal(0);
    expect(await rows("SELECT Id FROM Account WHERE Name LIKE 'Bulk %'")).to.deep.equal([]);
  });

  it('export bulk writes the rows of a query into a file', async () => {
    const file = join(sf.folder, 'contacts.csv');
    const soql = 'SELECT LastName, Account.Name FROM Contact ORDER BY LastName';
    const { status, result } = await sf.run('data export bulk --wait 1 --query', soql, '--output-file', file);
    expect(status).to.equal(0);
    expect(result).to.include({ totalSize: 2 });
    expect(readFileSync(file, 'utf8')).to.equal(
      '"LastName","Account.Name"\n"Lindgren","Fjord Ferries"\n"Okafor","Fjord Ferries"\n',
    );
  });

  it('export tree and import tree carry records from one place to another', async () => {
    const soql = "SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Fjord Ferries'";
    await sf.run('data export tree --plan --output-dir', sf.folder, '--query', soql);
    const plan = join(sf.folder, 'Account-Contact-plan.json');
    const { status, message } = await sf.run('data import tree --plan', plan);
    expect(status, message).to.equal(0);
    expect(await rows("SELECT Id FROM Contact WHERE LastName = 'Okafor'")).to.have.lengthOf(2);
  });

  it('org open finds the way in', async () => {
    const { status, result } = await sf.run('org open --url-only --path lightning/app');
    expect(status).to.equal(0);
    expect(result['url']).to.include(`${org.url}/secur/frontdoor.jsp`);
  });
});
