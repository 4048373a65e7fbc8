import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';

describe('local org: query', () => {
  let org: LocalOrg;
  let connection: Connection;
  let clock = Date.parse('2026-11-01T10:00:00Z');

  before(async () => {
    org = await startLocalOrg({ now: () => new Date(clock) });
    connection = connect(org);
    const { id } = await connection.sobject('Account').create({ Name: "O'Hara \\ Sons" });
    const people = ['Ann', 'bob', 'Cid', 'Dee'].map((LastName, index) => ({
      LastName,
      ...(index < 2 ? { AccountId: id, Email: `${LastName.toLowerCase()}@acme.example` } : {}),
    }));
    for (const person of people) {
      await connection.sobject('Contact').create(person);
      clock += 86_400_000;
    }
  });

  after(() => org.close());

  async function names(where: string): Promise<string[]> {
    const { records } = await connection.query<{ LastName: string }>(`SELECT LastName FROM Contact WHERE ${where}`);
    return records.map(({ LastName }) => LastName).sort();
  }

  const cases: readonly [string, readonly string[]][] = [
    ["LastName = 'ANN'", ['Ann']],
    ["LastName != 'Ann'", ['Cid', 'Dee', 'bob']],
    ["LastName IN ('Ann', 'Bob', 'Zoe')", ['Ann', 'bob']],
    ["LastName NOT IN ('Ann', 'Bob')", ['Cid', 'Dee']],
    ["LastName LIKE '_o%'", ['bob']],
    ['Email = null', ['Cid', 'Dee']],
    ["(NOT Email LIKE '%acme.example') AND LastName > 'Cid'", ['Dee']],
    ["Email != null AND (LastName = 'Ann' OR LastName = 'Cid')", ['Ann']],
    ['CreatedDate < 2026-11-02T10:00:00Z', ['Ann']],
    ['CreatedDate >= 2026-11-02T12:00:00+02:00 AND CreatedDate < 2026-11-04T00:00:00Z', ['Cid', 'bob']],
    ['CreatedDate = LAST_N_DAYS:2', ['Cid', 'Dee']],
    ["Account.Name = 'O\\'Hara \\\\ Sons'", ['Ann', 'bob']],
    ["AccountId IN (SELECT Id FROM Account WHERE Name LIKE 'O%')", ['Ann', 'bob']],
  ];
  for (const [where, expected] of cases) {
    it(`finds by ${where}`, async () => {
      expect(await names(where)).to.deep.equal([...expected].sort());
    });
  }

  it('orders by several fields, nulls first, and promises no order without ORDER BY', async () => {
    const ordered = await connection.query<{ LastName: string }>(
      'SELECT LastName FROM Contact ORDER BY Email, LastName DESC',
    );
    const limited = await connection.query<{ LastName: string }>(
      'SELECT LastName FROM Contact ORDER BY LastName LIMIT 2 OFFSET 1',
    );
    const unordered = await connection.query<{ LastName: string }>('SELECT LastName FROM Contact');
    expect(ordered.records.map(({ LastName }) => LastName)).to.deep.equal(['Dee', 'Cid', 'Ann', 'bob']);
    expect(limited.records.map(({ LastName }) => LastName)).to.deep.equal(['bob', 'Cid']);
    expect(unordered.records[0]?.LastName).to.equal('Dee');
  });

  it('answers parents, children and aggregates', async () => {
    const parents = await connection.query("SELECT Account.Owner.Name FROM Contact WHERE LastName = 'Ann'");
    const children = await connection.query(
      'SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account',
    );
    const groups = await connection.query(
      'SELECT AccountId, COUNT(Id) n, MAX(LastName) FROM Contact GROUP BY AccountId',
    );
    expect(parents.records[0]).to.have.nested.property('Account.Owner.Name', 'Ada Admin');
    expect(children.records[0]).to.have.nested.property('Contacts.records[1].LastName', 'bob');
    expect(groups.records.map((group): unknown[] => [group['n'], group['expr0']])).to.have.deep.members([
      [2, 'bob'],
      [2, 'Dee'],
    ]);
  });

  const refusals: readonly [string, string][] = [
    ["SELECT Id FROM Contact WHERE LastName = 'a' AND Email = 'b' OR Email = 'c'", 'MALFORMED_QUERY'],
    ['SELECT Id FROM Contact WHERE', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Contact WHERE LastName = 'a\\xb'", 'MALFORMED_QUERY'],
    ['SELECT Nope FROM Contact', 'INVALID_FIELD'],
    ['SELECT Nope__r.Name FROM Contact', 'INVALID_FIELD'],
    ['SELECT Id, Id FROM Contact', 'INVALID_FIELD'],
    ["SELECT Id FROM Contact WHERE CreatedDate > '2026-01-01'", 'INVALID_FIELD'],
    ['SELECT Id FROM Contact WHERE LastName = 5', 'INVALID_FIELD'],
    ["SELECT Id FROM Contact WHERE Description = 'a'", 'INVALID_FIELD'],
    ["SELECT Id FROM Contact WHERE Id = 'no id'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id FROM Nope__c', 'INVALID_TYPE'],
    ['SELECT Id, (SELECT Id FROM Recipients) FROM Contact', 'INVALID_TYPE'],
    ['SELECT Id FROM Contact LIMIT 1 OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE'],
    ['SELECT FIELDS(ALL) FROM Contact LIMIT 200', 'NOT_SIMULATED'],
    ['SELECT Id FROM Contact FOR UPDATE', 'NOT_SIMULATED'],
  ];
  for (const [soql, code] of refusals) {
    it(`refuses ${soql} with ${code}`, async () => {
      expect((await refusalOf(connection.query(soql))).errorCode).to.equal(code);
    });
  }

  it('answers page by page, and never fewer than 200 rows a page', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => ({ LastName: `Many ${index}`, Company: 'Many' }));
    for (let round = 0; round < 2; round += 1) await connection.sobject('Lead').create(rows, { allowRecursive: true });
    const headers = { 'Sforce-Query-Options': 'batchSize=10' };
    const first = await connection.query('SELECT Id FROM Lead ORDER BY Id', { headers });
    const second = await connection.queryMore(first.nextRecordsUrl ?? '');
    expect([first.totalSize, first.records.length, first.done]).to.deep.equal([400, 200, false]);
    expect([second.records.length, second.done]).to.deep.equal([200, true]);
    expect(new Set([...first.records, ...second.records].map(({ Id }) => Id)).size).to.equal(400);
  });
});
