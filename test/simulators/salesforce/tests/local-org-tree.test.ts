import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { assignPermissionSets, deployForceApp } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { createUser, rowsOf } from './people.ts';

interface TreeResult {
  readonly referenceId: string;
  readonly id?: string;
  readonly errors?: readonly { readonly statusCode: string; readonly message: string; readonly fields: string[] }[];
}

interface TreeAnswer {
  readonly hasErrors: boolean;
  readonly results: readonly TreeResult[];
}

describe('local org: composite tree', () => {
  let org: LocalOrg;
  let admin: Connection;

  before(async () => {
    org = await startLocalOrg();
    admin = connect(org);
    await deployForceApp(admin, 'force-app/main');
    await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
  });

  after(() => org.close());

  /** A refusal of records is an answer with status 400, which the client does not take for one of its errors. */
  async function plant(type: string, records: readonly object[], connection = admin): Promise<TreeAnswer> {
    const response = await fetch(`${org.url}/services/data/v67.0/composite/tree/${type}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${connection.accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ records }),
    });
    return (await response.json()) as TreeAnswer;
  }

  const ask = (type: string, records: readonly object[]): Promise<TreeAnswer> =>
    admin.request<TreeAnswer>({
      method: 'POST',
      url: `/composite/tree/${type}`,
      body: JSON.stringify({ records }),
      headers: { 'content-type': 'application/json' },
    });

  const refuse = (type: string, records: readonly object[]) => refusalOf(ask(type, records));

  const account = (referenceId: string, Name: string, children: object = {}): object => ({
    attributes: { type: 'Account', referenceId },
    Name,
    ...children,
  });

  const contact = (referenceId: string, LastName: string, fields: object = {}): object => ({
    attributes: { type: 'Contact', referenceId },
    LastName,
    ...fields,
  });

  const count = async (soql: string): Promise<number> => (await admin.query(soql)).totalSize;

  it('creates parents with their children and names the ids by reference, level by level', async () => {
    const people = { Contacts: { records: [contact('p1', 'Lindgren'), contact('p2', 'Okafor')] } };
    const { hasErrors, results } = await ask('Account', [account('a1', 'Fjord', people), account('a2', 'Savanna')]);
    const rows = await rowsOf(admin, "SELECT Id, Account.Name FROM Contact WHERE LastName = 'Okafor'");
    expect(hasErrors).to.equal(false);
    expect(results.map(({ referenceId }) => referenceId)).to.deep.equal(['a1', 'a2', 'p1', 'p2']);
    expect(rows[0]).to.deep.include({ Id: results[3]?.id });
    expect(rows[0]).to.have.nested.property('Account.Name', 'Fjord');
  });

  it('reaches the details of a custom object by their relationship', async () => {
    const step = (referenceId: string, StepOrder__c: number): object => ({
      attributes: { type: 'SalesSequenceStep__c', referenceId },
      Name: `Step ${StepOrder__c}`,
      StepOrder__c,
    });
    const attributes = { type: 'SalesSequence__c', referenceId: 's' };
    const { results } = await ask('SalesSequence__c', [
      { attributes, Name: 'Spring', Steps__r: { records: [step('one', 1), step('two', 2)] } },
    ]);
    expect(results).to.have.lengthOf(3);
    expect(await count("SELECT Id FROM SalesSequenceStep__c WHERE SalesSequence__r.Name = 'Spring'")).to.equal(2);
  });

  it('keeps nothing when one record is refused, and names that record alone', async () => {
    const bad = contact('bad', 'Nobody', { Email: 'no address' });
    const answer = await plant('Account', [
      account('fine', 'Half', { Contacts: { records: [contact('good', 'Somebody'), bad] } }),
    ]);
    expect(answer.hasErrors).to.equal(true);
    expect(answer.results.map(({ referenceId }) => referenceId)).to.deep.equal(['bad']);
    expect(answer.results[0]?.errors?.[0]).to.include({ statusCode: 'INVALID_EMAIL_ADDRESS' });
    expect(await count("SELECT Id FROM Account WHERE Name = 'Half'")).to.equal(0);
    expect(await count("SELECT Id FROM Contact WHERE LastName = 'Somebody'")).to.equal(0);
  });

  it('names each record whose reference is there twice', async () => {
    const { hasErrors, results } = await plant('Account', [account('same', 'A'), account('same', 'B')]);
    expect(hasErrors).to.equal(true);
    expect(results.map(({ errors }) => errors?.[0]?.statusCode)).to.deep.equal(['INVALID_INPUT', 'INVALID_INPUT']);
  });

  it('takes two hundred records and no more', async () => {
    const many = Array.from({ length: 200 }, (_, index) => account(`a${index}`, `Many ${index}`));
    const { results } = await ask('Account', many);
    const { errorCode } = await refuse('Account', [...many, account('last', 'Too many')]);
    expect(results).to.have.lengthOf(200);
    expect(errorCode).to.equal('LIMIT_EXCEEDED');
  });

  it('takes five levels and no more', async () => {
    const reports = (depth: number): object =>
      depth === 0
        ? {}
        : { ChildAccounts: { records: [account(`level${depth}`, `Level ${depth}`, reports(depth - 1))] } };
    const { errorCode } = await refuse('Account', [account('root', 'Root', reports(5))]);
    expect(errorCode).to.equal('LIMIT_EXCEEDED');
  });

  it('refuses records without a reference, of another type, or below an unknown relationship', async () => {
    const refusals = await Promise.all([
      refuse('Account', [{ attributes: { type: 'Account' }, Name: 'No reference' }]),
      refuse('Account', [contact('c', 'Wrong')]),
      refuse('Account', [account('a', 'A', { Nobodies: { records: [contact('c', 'Lost')] } })]),
      refuse('Account', [account('a', 'A', { Nope__c: 1 })]),
    ]);
    expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal([
      'INVALID_INPUT',
      'INVALID_INPUT',
      'INVALID_TYPE',
      'INVALID_FIELD',
    ]);
  });

  it('counts one call however many records it takes', async () => {
    const before = org.apiCalls;
    await ask('Account', [account('a', 'One call', { Contacts: { records: [contact('c', 'Same call')] } })]);
    expect(org.apiCalls - before).to.equal(1);
  });

  it('holds to the rights of its user', async () => {
    const repId = await createUser(admin, 'treerep', {});
    const rep = connect(org, org.openSession(repId));
    const sequence = [{ attributes: { type: 'SalesSequence__c', referenceId: 's' }, Name: 'Forbidden' }];
    const task = [{ attributes: { type: 'Task', referenceId: 't' }, Subject: 'Forged', ReplyKey__c: 'a'.repeat(64) }];
    const [byObject, byField] = await Promise.all([
      refusalOf(rep.request({ method: 'POST', url: '/composite/tree/SalesSequence__c', ...bodyOf(sequence) })),
      refusalOf(rep.request({ method: 'POST', url: '/composite/tree/Task', ...bodyOf(task) })),
    ]);
    expect([byObject.errorCode, byField.errorCode]).to.deep.equal(['NOT_FOUND', 'INVALID_FIELD']);
  });

  it('runs the flows of what it creates', async () => {
    const { id } = await admin.sobject('Contact').create({ LastName: 'Answerer' });
    const status = await admin.sobject('CampaignStatus__c').create({ Contact__c: id, Status__c: 'Active' });
    await ask('Task', [
      {
        attributes: { type: 'Task', referenceId: 'reply' },
        ...{ Subject: 'Re: offer', Status: 'Completed', WhoId: id, CampaignStatus__c: status.id },
        ...{ ReplyKey__c: 'b'.repeat(64), ReplyKind__c: 'Human', ReplyReceivedAt__c: new Date().toISOString() },
      },
    ]);
    const halted = await admin.sobject('CampaignStatus__c').retrieve(String(status.id));
    expect(halted['Status__c']).to.equal('Replied');
  });
});

function bodyOf(records: readonly object[]): { body: string; headers: Record<string, string> } {
  return { body: JSON.stringify({ records }), headers: { 'content-type': 'application/json' } };
}
