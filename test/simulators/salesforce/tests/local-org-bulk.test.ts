import { expect } from 'chai';
import fc from 'fast-check';
import type { Connection } from 'jsforce';
import { assignPermissionSets, deployForceApp } from '../../../../scripts/deploy-force-app.ts';
import {
  COLUMN_DELIMITERS,
  LINE_ENDINGS,
  parseCsv,
  writeCsv,
  type ColumnDelimiter,
  type LineEnding,
} from '../bulk/csv.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { createUser, rowsOf } from './people.ts';

type JobOptions = Parameters<Connection['bulk2']['createJob']>[0];

interface Results {
  readonly successfulResults: readonly Record<string, string>[];
  readonly failedResults: readonly Record<string, string>[];
  readonly unprocessedRecords: readonly Record<string, string>[];
}

describe('local org: CSV', () => {
  const delimiters = Object.keys(COLUMN_DELIMITERS) as ColumnDelimiter[];
  const endings = Object.keys(LINE_ENDINGS) as LineEnding[];
  const value = fc.string({
    unit: fc.constantFrom('a', '"', '\n', '\r', ' ', 'é', ...Object.values(COLUMN_DELIMITERS)),
  });

  it('reads back whatever it has written, in every format', () => {
    const table = fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...delimiters),
        fc.constantFrom(...endings),
        (rows, columnDelimiter, lineEnding) => {
          const parsed = parseCsv(writeCsv(rows, { columnDelimiter, lineEnding }), columnDelimiter);
          expect(parsed).to.deep.equal(rows.map((values) => ({ values, wellFormed: true, ending: lineEnding })));
        },
      ),
    );
  });

  it('reads a last record without a line break, and an empty text as no record', () => {
    expect(parseCsv('a,b\nc,', 'COMMA').map(({ values }) => values)).to.deep.equal([
      ['a', 'b'],
      ['c', ''],
    ]);
    expect(parseCsv('', 'COMMA')).to.deep.equal([]);
  });
});

describe('local org: Bulk API 2.0', () => {
  let org: LocalOrg;
  let admin: Connection;

  before(async () => {
    org = await startLocalOrg();
    admin = patient(connect(org));
    await deployForceApp(admin, 'force-app/main');
    await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
  });

  after(() => org.close());

  afterEach(() => expect(org.notSimulated).to.deep.equal([]));

  async function load(options: JobOptions, input: string | object[], connection = admin): Promise<Results> {
    const results = await connection.bulk2.loadAndWaitForResults({ ...options, input });
    return results as unknown as Results;
  }

  /** Opens a job, uploads its data and closes it; gives the job, which runs by itself then. */
  async function close(options: JobOptions, csv: string): Promise<ReturnType<Connection['bulk2']['createJob']>> {
    const job = admin.bulk2.createJob(options);
    await job.open();
    await job.uploadData(csv);
    await job.close();
    return job;
  }

  /** Why a job fails, and the rows that it leaves. */
  async function failureOf(options: JobOptions, csv: string): Promise<{ message: string; left: string }> {
    const job = await close(options, csv);
    const { message } = await refusalOf(job.poll());
    return { message, left: await job.getUnprocessedRecords(true) };
  }

  const names = async (soql: string): Promise<unknown[]> => (await rowsOf(admin, soql)).map(({ Name }) => Name);

  describe('ingest', () => {
    it('inserts what a client gives it and tells the id of each row', async () => {
      const rows = [
        { MessageKey__c: 'one@example.com', Subject__c: 'Offer, with comma', ReplyCount__c: 7 },
        { MessageKey__c: 'two@example.com', Subject__c: null, ReplyCount__c: 0 },
      ];
      const { successfulResults, failedResults, unprocessedRecords } = await load(
        { object: 'TrackedEmail__c', operation: 'insert' },
        rows,
      );
      const stored = await rowsOf(
        admin,
        "SELECT Id, Subject__c, ReplyCount__c FROM TrackedEmail__c WHERE MessageKey__c = 'one@example.com'",
      );
      expect(successfulResults.map(({ sf__Created }) => sf__Created)).to.deep.equal(['true', 'true']);
      expect(stored[0]).to.include({
        Id: successfulResults[0]?.['sf__Id'],
        Subject__c: 'Offer, with comma',
        ReplyCount__c: 7,
      });
      expect([failedResults, unprocessedRecords]).to.deep.equal([[], []]);
    });

    it('keeps the good rows and names the reason of each bad one', async () => {
      const { successfulResults, failedResults } = await load(
        { object: 'Contact', operation: 'insert' },
        'LastName,Email\nGood,good@example.com\n,nobody@example.com\nBad,no address\n',
      );
      expect(successfulResults.map(({ LastName }) => LastName)).to.deep.equal(['Good']);
      expect(failedResults.map(({ sf__Error }) => sf__Error)).to.deep.equal([
        'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --',
        'INVALID_EMAIL_ADDRESS:Email: invalid email address: no address:Email --',
      ]);
    });

    it('upserts by external id, and tells what it created', async () => {
      const options = { object: 'TrackedEmail__c', operation: 'upsert', externalIdFieldName: 'MessageKey__c' } as const;
      await load(options, 'MessageKey__c,Subject__c\nbulk-1@example.com,First\n');
      const { successfulResults } = await load(
        options,
        'MessageKey__c,Subject__c\nbulk-1@example.com,Changed\nbulk-2@example.com,New\n',
      );
      const subjects = await rowsOf(admin, "SELECT Subject__c FROM TrackedEmail__c WHERE MessageKey__c LIKE 'bulk-%'");
      expect(successfulResults.map(({ sf__Created }) => sf__Created)).to.deep.equal(['false', 'true']);
      expect(subjects.map(({ Subject__c }) => Subject__c)).to.have.members(['Changed', 'New']);
    });

    it('names parents by external id in the header', async () => {
      await load(
        { object: 'TrackedEmail__c', operation: 'insert' },
        'MessageKey__c,Subject__c\nparent@example.com,Offer\n',
      );
      const csv = [
        'TrackedEmail__r.MessageKey__c,RecipientKey__c,Address__c,Role__c',
        `parent@example.com,${'c'.repeat(64)},someone@example.com,To`,
        `nobody@example.com,${'d'.repeat(64)},someone@example.com,To`,
      ].join('\n');
      const { successfulResults, failedResults } = await load(
        { object: 'TrackedRecipient__c', operation: 'insert' },
        csv,
      );
      expect(successfulResults).to.have.lengthOf(1);
      expect(failedResults[0]?.['sf__Error']).to.match(/^INVALID_FIELD:Foreign key external ID: nobody@example\.com/);
    });

    it('names a parent of several possible types by its type', async () => {
      const { successfulResults: parents } = await load({ object: 'Contact', operation: 'insert' }, [
        { LastName: 'Addressed' },
      ]);
      const csv = `Subject,Contact:Who.Id\nRe: offer,${parents[0]?.['sf__Id']}\n`;
      await load({ object: 'Task', operation: 'insert' }, csv);
      const { message } = await failureOf({ object: 'Task', operation: 'insert' }, csv.replace('Contact:', ''));
      const [task] = await rowsOf(admin, "SELECT WhoId FROM Task WHERE Subject = 'Re: offer'");
      expect(task).to.include({ WhoId: parents[0]?.['sf__Id'] });
      expect(message).to.include('Field name not found : Who.Id');
    });

    it('empties a field that says #N/A and leaves one alone that says nothing', async () => {
      const options = { object: 'Account', operation: 'insert' } as const;
      const { successfulResults } = await load(options, 'Name,Phone,Website\nKept,111,https://kept.example.com\n');
      const id = successfulResults[0]?.['sf__Id'];
      await load({ object: 'Account', operation: 'update' }, `Id,Phone,Website\n${id},#N/A,\n`);
      const account = await admin.sobject('Account').retrieve(String(id));
      expect(account).to.include({ Phone: null, Website: 'https://kept.example.com' });
    });

    it('deletes by id, and says of each row that is not there', async () => {
      const { successfulResults } = await load({ object: 'Lead', operation: 'insert' }, [
        { LastName: 'Short', Company: 'Lived' },
      ]);
      const id = String(successfulResults[0]?.['sf__Id']);
      const { successfulResults: deleted, failedResults } = await load(
        { object: 'Lead', operation: 'delete' },
        `Id\n${id}\n${id}\n`,
      );
      expect(deleted.map(({ sf__Id }) => sf__Id)).to.deep.equal([id]);
      expect(failedResults.map(({ sf__Error }) => sf__Error)).to.deep.equal(['ENTITY_IS_DELETED:entity is deleted:--']);
    });

    it('reads quoted line breaks, doubled quotes and another delimiter, and writes them back', async () => {
      const job = await close(
        { object: 'Account', operation: 'insert', columnDelimiter: 'SEMICOLON', lineEnding: 'CRLF' },
        'Name;Description\r\n"The ""Top""; Ltd";"two\nlines"\r\n',
      );
      await job.poll();
      const [row] = await rowsOf(admin, "SELECT Id, Name, Description FROM Account WHERE Name LIKE 'The %'");
      expect(row).to.include({ Name: 'The "Top"; Ltd', Description: 'two\nlines' });
      expect(await job.getSuccessfulResults(true)).to.equal(
        `"sf__Id";"sf__Created";"Name";"Description"\r\n"${String(row?.['Id'])}";"true";"The ""Top""; Ltd";"two\nlines"\r\n`,
      );
    });

    it('refuses rows of a wrong length and with a space beside a quote', async () => {
      const { successfulResults, failedResults } = await load(
        { object: 'Account', operation: 'insert' },
        'Name,Phone\n"Fine","1"\n"Spaced", "2"\nShort\nLong,3,4\n',
      );
      expect(successfulResults.map(({ Name }) => Name)).to.deep.equal(['Fine']);
      expect(failedResults.map((row) => row['sf__Error']?.split(':')[0])).to.deep.equal([
        'CLIENT_ERROR',
        'CLIENT_ERROR',
        'CLIENT_ERROR',
      ]);
    });

    it('refuses a value and a record that are too long', async () => {
      const value = 'x'.repeat(131_073);
      const record = Array.from({ length: 4 }, () => 'x'.repeat(100_001));
      const { failedResults } = await load(
        { object: 'Lead', operation: 'insert' },
        `LastName,Company,Title,Description\n${value},a,b,c\n${record.join(',')}\n`,
      );
      expect(failedResults.map((row) => row['sf__Error'])).to.deep.equal([
        'CLIENT_ERROR:A value has more than 131072 characters:--',
        'CLIENT_ERROR:The record has more than 400000 characters:--',
      ]);
    });

    it('refuses values of another type than their field', async () => {
      const { failedResults } = await load(
        { object: 'SalesSequence__c', operation: 'insert' },
        'Name,Active__c\nPerhaps,maybe\n',
      );
      expect(failedResults[0]?.['sf__Error']).to.match(/^INVALID_TYPE_ON_FIELD_IN_RECORD:.*:Active__c --$/);
    });

    it('fails as a whole, with all rows unprocessed, for a wrong line ending, header or quote', async () => {
      const insert = { object: 'Account', operation: 'insert' } as const;
      const ending = await failureOf(insert, 'Name\r\nOne\r\n');
      const header = await failureOf(insert, 'Name,Nope__c\nOne,1\n');
      const quote = await failureOf(insert, 'Name\n"One\n');
      const noKey = await failureOf({ object: 'Account', operation: 'update' }, 'Name\nOne\n');
      expect(ending.message).to.include('ClientInputError : LineEnding is invalid on user data.');
      expect(header.message).to.include('InvalidBatch : Field name not found : Nope__c');
      expect(header.left).to.equal('"Name","Nope__c"\n"One","1"\n');
      expect(quote.message).to.include('ClientInputError');
      expect(noKey.message).to.include('Field name not found : Id');
      expect(await names("SELECT Name FROM Account WHERE Name = 'One'")).to.deep.equal([]);
    });

    it('saves two hundred rows in one transaction', async () => {
      const before = org.transactions.length;
      await load(
        { object: 'Account', operation: 'insert' },
        Array.from({ length: 401 }, (_, index) => ({ Name: `Chunk ${index}` })),
      );
      expect(org.transactions.slice(before).map(({ rows }) => rows)).to.deep.equal([200, 200, 1]);
    });

    it('refuses one external id twice in a chunk', async () => {
      const { failedResults } = await load(
        { object: 'TrackedEmail__c', operation: 'upsert', externalIdFieldName: 'MessageKey__c' },
        'MessageKey__c\ntwice@example.com\ntwice@example.com\n',
      );
      expect(failedResults.map((row) => row['sf__Error']?.split(':')[0])).to.deep.equal([
        'DUPLICATE_VALUE',
        'DUPLICATE_VALUE',
      ]);
    });
  });

  describe('the states of a job', () => {
    const insert = { object: 'Account', operation: 'insert' } as const;

    it('is in progress until its work is done, and has no results before', async () => {
      const release = org.holdJobs();
      const job = await close(insert, 'Name\nHeld\n');
      const early = await refusalOf(job.getSuccessfulResults());
      const waiting = new Promise((resolve) => job.once('inProgress', resolve));
      const polled = job.poll();
      await waiting;
      release();
      await polled;
      const { state, numberRecordsProcessed, numberRecordsFailed } = job.getInfo();
      expect(early.message).to.include('INVALIDJOBSTATE');
      expect({ state, numberRecordsProcessed, numberRecordsFailed }).to.deep.equal({
        state: 'JobComplete',
        numberRecordsProcessed: 1,
        numberRecordsFailed: 0,
      });
    });

    it('leaves its rows unprocessed when it is aborted', async () => {
      const release = org.holdJobs();
      const job = await close(insert, 'Name\nAborted\n');
      await job.abort();
      release();
      expect(await job.getUnprocessedRecords(true)).to.equal('"Name"\n"Aborted"\n');
      expect(await names("SELECT Name FROM Account WHERE Name = 'Aborted'")).to.deep.equal([]);
    });

    it('takes one upload, and none once it is closed', async () => {
      const job = admin.bulk2.createJob(insert);
      await job.open();
      const unclosed = await refusalOf(job.close());
      await job.uploadData('Name\nOnce\n');
      const again = await refusalOf(admin.bulk2.job('ingest', { id: job.id }).uploadData('Name\nTwice\n'));
      await job.close();
      const late = await refusalOf(job.close());
      expect([unclosed.errorCode, again.errorCode, late.errorCode]).to.deep.equal([
        'INVALIDJOBSTATE',
        'INVALIDJOBSTATE',
        'INVALIDJOBSTATE',
      ]);
    });

    it('is gone once it is deleted, which needs it to be ended', async () => {
      const open = admin.bulk2.createJob(insert);
      await open.open();
      const refused = await refusalOf(open.delete());
      await open.abort();
      await open.delete();
      const gone = await refusalOf(open.check());
      expect([refused.errorCode, gone.errorCode]).to.deep.equal(['INVALIDJOBSTATE', 'NOT_FOUND']);
    });

    it('refuses jobs that the platform does not have', async () => {
      const open = (options: object) => refusalOf(admin.bulk2.createJob(options as JobOptions).open());
      const refusals = await Promise.all([
        open({ object: 'Account', operation: 'hardDelete' }),
        open({ object: 'Account', operation: 'merge' }),
        open({ object: 'Account', operation: 'upsert' }),
        open({ object: 'Account', operation: 'upsert', externalIdFieldName: 'Name' }),
        open({ object: 'Nope__c', operation: 'insert' }),
        open({ object: 'Account', operation: 'insert', lineEnding: 'CR' }),
      ]);
      expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal([
        'FEATURENOTENABLED',
        'INVALIDJOB',
        'INVALIDJOB',
        'NOT_FOUND',
        'INVALID_TYPE',
        'INVALIDJOB',
      ]);
    });
  });

  describe('query', () => {
    before(async () => {
      await load({ object: 'Account', operation: 'insert' }, 'Name,Phone\n"Read ""1""",1\nRead 2,\n');
      const [account] = await rowsOf(admin, "SELECT Id FROM Account WHERE Name = 'Read 2'");
      await load(
        { object: 'Contact', operation: 'insert' },
        `LastName,AccountId\nReader,${String(account?.['Id'])}\nAlone,\n`,
      );
    });

    const read = async (soql: string): Promise<unknown[]> => (await admin.bulk2.query(soql)).toArray();

    it('gives the rows with the fields of parents, and empty values as texts', async () => {
      const people = await read(
        "SELECT LastName, Account.Name, Account.Phone FROM Contact WHERE LastName IN ('Reader', 'Alone') ORDER BY LastName",
      );
      expect(people).to.deep.equal([
        { LastName: 'Alone', 'Account.Name': '', 'Account.Phone': '' },
        { LastName: 'Reader', 'Account.Name': 'Read 2', 'Account.Phone': '' },
      ]);
    });

    it('writes instants with a Z', async () => {
      const [row] = await read("SELECT CreatedDate FROM Account WHERE Name = 'Read 2'");
      expect((row as { CreatedDate: string }).CreatedDate).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    });

    it('is read page by page, each with the header', async () => {
      const job = await admin.request<{ id: string }>({
        method: 'POST',
        url: '/jobs/query',
        body: JSON.stringify({
          operation: 'query',
          query: "SELECT Name FROM Account WHERE Name LIKE 'Read %' ORDER BY Name",
        }),
        headers: { 'content-type': 'application/json' },
      });
      await admin.bulk2.job('query', { id: job.id }).poll();
      const page = async (search: string): Promise<Response> =>
        fetch(`${org.url}/services/data/v67.0/jobs/query/${job.id}/results?maxRecords=1${search}`, {
          headers: { Authorization: `Bearer ${org.accessToken}` },
        });
      const first = await page('');
      const locator = first.headers.get('sforce-locator');
      const second = await page(`&locator=${locator}`);
      expect(await first.text()).to.equal('"Name"\n"Read ""1"""\n');
      expect(await second.text()).to.equal('"Name"\n"Read 2"\n');
      expect(first.headers.get('sforce-numberofrecords')).to.equal('1');
      expect(second.headers.get('sforce-locator')).to.equal('null');
    });

    it('can be aborted while it runs, and deleted then', async () => {
      const release = org.holdJobs();
      const { id } = await admin.request<{ id: string }>({
        method: 'POST',
        url: '/jobs/query',
        body: JSON.stringify({ operation: 'query', query: 'SELECT Id FROM Account' }),
        headers: { 'content-type': 'application/json' },
      });
      const job = admin.bulk2.job('query', { id });
      const early = await refusalOf(job.delete());
      const { state } = await job.abort();
      release();
      const results = await refusalOf(admin.request(`/jobs/query/${id}/results`));
      await job.delete();
      const gone = await refusalOf(job.check());
      expect([early.errorCode, state, gone.errorCode]).to.deep.equal(['INVALIDJOBSTATE', 'Aborted', 'NOT_FOUND']);
      expect(results.errorCode).to.equal('INVALIDJOBSTATE');
    });

    it('finds deleted records by queryAll alone', async () => {
      const id = (await admin.sobject('Lead').create({ LastName: 'Binned', Company: 'Bin' })).id;
      await admin.sobject('Lead').destroy(String(id));
      const soql = "SELECT LastName FROM Lead WHERE LastName = 'Binned'";
      const all = await (await admin.bulk2.query(soql, { scanAll: true })).toArray();
      expect(await read(soql)).to.deep.equal([]);
      expect(all).to.deep.equal([{ LastName: 'Binned' }]);
    });

    it('refuses what a bulk query cannot hold', async () => {
      const refused = await Promise.all(
        [
          'SELECT COUNT() FROM Account',
          'SELECT Name, COUNT(Id) FROM Account GROUP BY Name',
          'SELECT Name FROM Account OFFSET 1',
          'SELECT Name, (SELECT LastName FROM Contacts) FROM Account',
          'SELECT Nope__c FROM Account',
        ].map((soql) => refusalOf(admin.bulk2.query(soql))),
      );
      const disabled = 'FUNCTIONALITY_NOT_ENABLED';
      expect(refused.map(({ errorCode }) => errorCode)).to.deep.equal([
        ...[disabled, disabled, disabled, disabled],
        'INVALID_FIELD',
      ]);
    });
  });

  describe('the rights of its user', () => {
    let rep: Connection;

    before(async () => {
      const repId = await createUser(admin, 'bulkrep', {});
      await assignPermissionSets(admin, repId, ['ReplyTrackingUser']);
      rep = patient(connect(org, org.openSession(repId)));
    });

    it('has no column that the user does not see, and writes none that is read-only', async () => {
      const stranger = patient(connect(org, org.openSession(await createUser(admin, 'bulkstranger', {}))));
      const hidden = await refusalOf(
        load({ object: 'Task', operation: 'insert' }, 'Subject,ReplyKey__c\nForged,x\n', stranger),
      );
      const { failedResults } = await load(
        { object: 'Task', operation: 'insert' },
        `Subject,ReplyKey__c\nForged,${'e'.repeat(64)}\n`,
        rep,
      );
      expect(hidden.message).to.include('Field name not found : ReplyKey__c');
      expect(failedResults[0]?.['sf__Error']).to.match(/^INVALID_FIELD_FOR_INSERT_UPDATE:/);
    });

    it('reads and changes no record that is not shared with the user', async () => {
      const { successfulResults } = await load({ object: 'TrackedEmail__c', operation: 'insert' }, [
        { MessageKey__c: 'private@example.com' },
      ]);
      const id = successfulResults[0]?.['sf__Id'];
      const seen = await (await rep.bulk2.query(`SELECT Id FROM TrackedEmail__c WHERE Id = '${id}'`)).toArray();
      const status = await admin.sobject('CampaignStatus__c').create({ Status__c: 'Active' });
      const { failedResults } = await load(
        { object: 'CampaignStatus__c', operation: 'update' },
        `Id,Status__c\n${status.id},Stopped\n`,
        rep,
      );
      expect(seen).to.deep.equal([]);
      expect(failedResults[0]?.['sf__Error']).to.match(/^INSUFFICIENT_ACCESS_OR_READONLY:/);
    });

    it('does not know the jobs of others', async () => {
      const job = admin.bulk2.createJob({ object: 'Account', operation: 'insert' });
      await job.open();
      const { errorCode } = await refusalOf(rep.bulk2.job('ingest', { id: job.id }).check());
      expect(errorCode).to.equal('NOT_FOUND');
    });

    it('asks for the rights that the user has when it runs', async () => {
      const userId = await createUser(admin, 'bulkleaver', {});
      await assignPermissionSets(admin, userId, ['ReplyTrackingUser']);
      const leaver = patient(connect(org, org.openSession(userId)));
      const job = leaver.bulk2.createJob({ object: 'CampaignStatus__c', operation: 'insert' });
      await job.open();
      await job.uploadData('Status__c\nActive\n');
      const assigned = await rowsOf(admin, `SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '${userId}'`);
      for (const { Id } of assigned) await admin.sobject('PermissionSetAssignment').destroy(String(Id));
      await job.close();
      const { message } = await refusalOf(job.poll());
      expect(message).to.include('NOT_FOUND');
    });

    it('lists the jobs that the user may see', async () => {
      const listed = async (connection: Connection): Promise<number> =>
        (await connection.request<{ records: unknown[] }>('/jobs/ingest')).records.length;
      const job = rep.bulk2.createJob({ object: 'Account', operation: 'insert' });
      const [own, all] = [await listed(rep), await listed(admin)];
      await job.open();
      expect([await listed(rep), await listed(admin)]).to.deep.equal([own + 1, all + 1]);
      expect(all).to.be.greaterThan(own);
    });

    it('lets an administrator see and abort the job of a user, and neither close nor read it', async () => {
      const job = rep.bulk2.createJob({ object: 'Account', operation: 'insert' });
      await job.open();
      await job.uploadData('Name\nMine\n');
      const seen = admin.bulk2.job('ingest', { id: job.id });
      const closed = await refusalOf(seen.close());
      await seen.abort();
      const read = await refusalOf(seen.getUnprocessedRecords(true));
      expect([closed.errorCode, (await job.check()).state]).to.deep.equal(['INSUFFICIENT_ACCESS', 'Aborted']);
      expect(read.message).to.include('NOT_FOUND');
      expect(await job.getUnprocessedRecords(true)).to.equal('"Name"\n"Mine"\n');
    });
  });
});

/** Asks for the state of a job often enough for a test. */
function patient(connection: Connection): Connection {
  connection.bulk2.pollInterval = 5;
  connection.bulk2.pollTimeout = 20_000;
  return connection;
}
