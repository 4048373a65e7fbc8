import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { assignPermissionSets } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { deploy, field, metadataFile, objectHead } from './metadata-files.ts';

const KEY = { length: 64, unique: true, caseSensitive: true, externalId: true, required: true };
const PARENT = { referenceTo: 'Thing__c', relationshipName: 'Parts', relationshipOrder: 0 };
const COLOURS = `<fields><fullName>Colour__c</fullName><label>Colour</label><type>Picklist</type><valueSet><restricted>true</restricted>
<valueSetDefinition><sorted>false</sorted>${['Red', 'Blue'].map((name) => `<value><fullName>${name}</fullName><default>${name === 'Red'}</default><label>${name}</label></value>`).join('')}</valueSetDefinition></valueSet></fields>`;
const RULE = `<validationRules><fullName>NoBad</fullName><active>true</active><errorConditionFormula>Word__c = "bad"</errorConditionFormula>
<errorMessage>Not this word</errorMessage></validationRules>`;

/** Every new account gets a contact named like its website; an account without one makes the flow fail. */
const FLOW = `<apiVersion>67.0</apiVersion><label>Add</label><processType>AutoLaunchedFlow</processType><status>Active</status>
<recordCreates><name>Add</name><label>Add</label><locationX>0</locationX><locationY>0</locationY>
<inputAssignments><field>LastName</field><value><elementReference>$Record.Website</elementReference></value></inputAssignments>
<object>Contact</object></recordCreates>
<start><locationX>0</locationX><locationY>0</locationY><connector><targetReference>Add</targetReference></connector>
<object>Account</object><recordTriggerType>Create</recordTriggerType><triggerType>RecordAfterSave</triggerType></start>`;

const FILES = {
  'flows/Add.flow': metadataFile('Flow', FLOW),
  'objects/Thing__c.object': metadataFile(
    'CustomObject',
    objectHead('Thing') + field('Key__c', 'Text', KEY) + field('Word__c', 'Text', { length: 20 }) + COLOURS + RULE,
  ),
  'objects/Part__c.object': metadataFile(
    'CustomObject',
    objectHead('Part', 'ControlledByParent') + field('Thing__c', 'MasterDetail', PARENT),
  ),
  'permissionsets/Users.permissionset': metadataFile(
    'PermissionSet',
    `<label>Users</label>${['Word__c', 'Colour__c'].map((name) => `<fieldPermissions><editable>true</editable><field>Thing__c.${name}</field><readable>true</readable></fieldPermissions>`).join('')}`,
  ),
};

interface RowResult {
  readonly id?: string;
  readonly success: boolean;
  readonly created?: boolean;
  readonly errors: readonly { readonly statusCode: string; readonly message: string }[];
}

const codes = (results: readonly RowResult[]): string[] =>
  results.map(({ success, errors }) => (success ? 'saved' : (errors[0]?.statusCode ?? '')));

describe('local org: saving lists', () => {
  let org: LocalOrg;
  let connection: Connection;

  before(async () => {
    org = await startLocalOrg();
    connection = connect(org);
    expect(await deploy(connection, FILES)).to.deep.equal([]);
    await assignPermissionSets(connection, org.userId, ['Users']);
  });

  after(() => org.close());

  const send = <T>(method: 'POST' | 'PATCH', url: string, body: object): Promise<T> =>
    connection.request<T>({ method, url, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const things = (rows: readonly object[]): object[] =>
    rows.map((row) => ({ attributes: { type: 'Thing__c' }, ...row }));
  const insert = (rows: readonly object[], allOrNone = false): Promise<RowResult[]> =>
    send('POST', '/composite/sobjects', { allOrNone, records: things(rows) });

  it('answers every row in order and saves the good ones', async () => {
    const results = await insert([
      { Key__c: 'a1' },
      { Word__c: 'no key' },
      { Key__c: 'a2', Colour__c: 'Green' },
      { Key__c: 'a3', Word__c: 'bad' },
      { Key__c: 'a4', Word__c: 'x'.repeat(21) },
      { Key__c: 'A1' },
    ]);
    expect(codes(results)).to.deep.equal([
      'saved',
      'REQUIRED_FIELD_MISSING',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'STRING_TOO_LONG',
      'saved',
    ]);
  });

  it('names the record that already has a unique value', async () => {
    const [first] = await insert([{ Key__c: 'u1' }]);
    const [second] = await insert([{ Key__c: 'u1' }]);
    expect(second?.errors[0]).to.include({
      statusCode: 'DUPLICATE_VALUE',
      message: `duplicate value found: Key__c duplicates value on record with id: ${first?.id?.slice(0, 15) ?? ''}`,
    });
  });

  it('saves all or none when asked to', async () => {
    const results = await insert([{ Key__c: 'n1' }, { Key__c: 'n2', Word__c: 'bad' }], true);
    const { totalSize } = await connection.query("SELECT Id FROM Thing__c WHERE Key__c LIKE 'n%'");
    expect(codes(results)).to.deep.equal(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'FIELD_CUSTOM_VALIDATION_EXCEPTION']);
    expect(totalSize).to.equal(0);
  });

  it('takes 200 rows and not one more', async () => {
    const rows = Array.from({ length: 201 }, (_, index) => ({ Key__c: `many ${index}` }));
    const { errorCode } = await refusalOf(insert(rows));
    const results = await insert(rows.slice(1));
    expect(errorCode).to.equal('EXCEEDED_MAX_SIZE_REQUEST');
    expect(new Set(codes(results))).to.deep.equal(new Set(['saved']));
  });

  it('upserts by external id, and refuses an id that stands twice in the list', async () => {
    await insert([{ Key__c: 'up1' }]);
    const rows = [{ Key__c: 'up1', Word__c: 'new' }, { Key__c: 'up2' }, { Key__c: 'up3' }, { Key__c: 'up3' }];
    const url = '/composite/sobjects/Thing__c/Key__c';
    const results = await send<RowResult[]>('PATCH', url, { allOrNone: false, records: things(rows) });
    expect(codes(results)).to.deep.equal(['saved', 'saved', 'DUPLICATE_VALUE', 'DUPLICATE_VALUE']);
    expect(results.map(({ created }) => created)).to.deep.equal([false, true, false, false]);
  });

  it('numbers, defaults and stamps a new record', async () => {
    const [{ id = '' } = { id: '' }] = await insert([{ Key__c: 'new' }]);
    const row = await connection.sobject('Thing__c').retrieve(id);
    expect(row).to.include({ Colour__c: 'Red', CreatedById: org.userId, OwnerId: org.userId, IsDeleted: false });
    expect(row['Name']).to.match(/^N-\d{4}$/);
    expect(row['SystemModstamp']).to.match(/\.000\+0000$/);
  });

  it('finds a parent by its external id, and deletes the details with their master', async () => {
    const [thing] = await insert([{ Key__c: 'master' }]);
    const part = await connection.sobject('Part__c').create({ Thing__r: { Key__c: 'master' } });
    const orphan = await refusalOf(connection.sobject('Part__c').create({ Thing__r: { Key__c: 'nobody' } }));
    await connection.sobject('Thing__c').destroy(thing?.id ?? '');
    const { totalSize } = await connection.query(`SELECT Id FROM Part__c WHERE Id = '${part.id ?? ''}'`);
    expect(orphan.message).to.include('Foreign key external ID: nobody not found');
    expect(totalSize).to.equal(0);
  });

  it('refuses the rows that a test wants refused, and no others', async () => {
    const stop = org.refuseRows(({ record }) =>
      record['Key__c'] === 'locked'
        ? { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] }
        : undefined,
    );
    const results = await insert([{ Key__c: 'locked' }, { Key__c: 'free' }]);
    stop();
    const [later] = await insert([{ Key__c: 'locked' }]);
    expect(codes(results)).to.deep.equal(['UNABLE_TO_LOCK_ROW', 'saved']);
    expect(later?.success).to.equal(true);
  });

  it('saves the other rows anew when an after-save flow fails for one, and keeps nothing of the first try', async () => {
    const rows = ['one.example', null, 'two.example'].map((Website) => ({
      attributes: { type: 'Account' },
      Name: 'A',
      Website,
    }));
    const results = await send<RowResult[]>('POST', '/composite/sobjects', { allOrNone: false, records: rows });
    const { records } = await connection.query<{ LastName: string }>('SELECT LastName FROM Contact ORDER BY LastName');
    expect(codes(results)).to.deep.equal(['saved', 'CANNOT_EXECUTE_FLOW_TRIGGER', 'saved']);
    expect(records.map(({ LastName }) => LastName)).to.deep.equal(['one.example', 'two.example']);
  });

  describe('Composite', () => {
    interface CompositeAnswer {
      readonly compositeResponse: readonly {
        readonly httpStatusCode: number;
        readonly body: unknown;
        readonly referenceId: string;
      }[];
    }
    const BASE = '/services/data/v67.0';
    const collection = (referenceId: string, rows: readonly object[]): object => ({
      method: 'POST',
      url: `${BASE}/composite/sobjects`,
      referenceId,
      body: { records: things(rows) },
    });
    const composite = (compositeRequest: readonly object[], allOrNone = false): Promise<CompositeAnswer> =>
      send('POST', '/composite', { allOrNone, compositeRequest });

    it('runs its parts in order, hands their answers on, and is one API call', async () => {
      const before = org.apiCalls;
      const { compositeResponse } = await composite([
        { method: 'POST', url: `${BASE}/sobjects/Thing__c`, referenceId: 'thing', body: { Key__c: 'c1' } },
        { method: 'POST', url: `${BASE}/sobjects/Part__c`, referenceId: 'part', body: { Thing__c: '@{thing.id}' } },
        {
          method: 'GET',
          url: `${BASE}/query?q=SELECT+Thing__r.Key__c+FROM+Part__c+WHERE+Id='@{part.id}'`,
          referenceId: 'read',
        },
      ]);
      expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).to.deep.equal([201, 201, 200]);
      expect(compositeResponse[2]?.body).to.have.nested.property('records[0].Thing__r.Key__c', 'c1');
      expect(org.apiCalls - before).to.equal(1);
    });

    it('answers queries beside each other, page by page, and refuses one alone', async () => {
      const ask = (referenceId: string, soql: string): object => ({
        method: 'GET',
        url: `${BASE}/query?q=${encodeURIComponent(soql)}`,
        referenceId,
        httpHeaders: { 'Sforce-Query-Options': 'batchSize=200' },
      });
      const rows = Array.from({ length: 200 }, (_, index) => ({ Key__c: `page ${index}` }));
      await composite([collection('first', rows), collection('second', [{ Key__c: 'page more' }])]);
      const before = org.apiCalls;
      const { compositeResponse } = await composite([
        ask('paged', "SELECT Id FROM Thing__c WHERE Key__c LIKE 'page%'"),
        ask('broken', 'SELECT Nope FROM Thing__c'),
        ask('users', 'SELECT Id FROM User'),
      ]);
      const [paged, broken, users] = compositeResponse;
      expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).to.deep.equal([200, 400, 200]);
      expect(paged?.body).to.include({ done: false, totalSize: 201 });
      expect(broken?.body).to.have.nested.property('[0].errorCode', 'INVALID_FIELD');
      expect(users?.body).to.include({ done: true, totalSize: 1 });
      const { nextRecordsUrl } = paged?.body as { readonly nextRecordsUrl: string };
      expect(await connection.request<object>(nextRecordsUrl)).to.include({ done: true, totalSize: 201 });
      expect(org.apiCalls - before).to.equal(2);
    });

    it('halts the parts that depend on a failed one', async () => {
      const { compositeResponse } = await composite([
        { method: 'POST', url: `${BASE}/sobjects/Thing__c`, referenceId: 'thing', body: {} },
        { method: 'POST', url: `${BASE}/sobjects/Part__c`, referenceId: 'part', body: { Thing__c: '@{thing.id}' } },
      ]);
      expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).to.deep.equal([400, 400]);
      expect(compositeResponse[1]?.body).to.have.nested.property('[0].errorCode', 'PROCESSING_HALTED');
    });

    it('takes everything back when all or none is asked for', async () => {
      const good = {
        method: 'POST',
        url: `${BASE}/sobjects/Thing__c`,
        referenceId: 'good',
        body: { Key__c: 'rolled back' },
      };
      const bad = { method: 'POST', url: `${BASE}/sobjects/Thing__c`, referenceId: 'bad', body: {} };
      const { compositeResponse } = await composite([good, bad], true);
      const { totalSize } = await connection.query("SELECT Id FROM Thing__c WHERE Key__c = 'rolled back'");
      expect(compositeResponse[0]?.body).to.have.nested.property('[0].errorCode', 'PROCESSING_HALTED');
      expect(totalSize).to.equal(0);
    });

    it('takes five collections and 25 parts, and not one more', async () => {
      const collections = Array.from({ length: 6 }, (_, index) =>
        collection(`c${index}`, [{ Key__c: `limit ${index}` }]),
      );
      const parts = Array.from({ length: 26 }, (_, index) => ({
        method: 'GET',
        url: `${BASE}/sobjects/Thing__c`,
        referenceId: `p${index}`,
      }));
      const five = await composite(collections.slice(0, 5));
      const refusals = [await refusalOf(composite(collections)), await refusalOf(composite(parts))];
      expect(five.compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).to.deep.equal([
        200, 200, 200, 200, 200,
      ]);
      expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal(['LIMIT_EXCEEDED', 'LIMIT_EXCEEDED']);
      const query = { method: 'GET', url: `${BASE}/query?q=SELECT+Id+FROM+User`, referenceId: 'query' };
      const mixed = await refusalOf(composite([...collections.slice(0, 5), query]));
      expect(mixed.errorCode).to.equal('LIMIT_EXCEEDED');
    });
  });
});
