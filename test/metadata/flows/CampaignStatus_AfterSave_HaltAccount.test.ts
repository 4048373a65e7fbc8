import { expect } from 'chai';
import { HALT_FIELDS, openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const ENROLLED = '2026-11-01T08:00:00.000Z';
const RECEIVED = '2026-11-20T09:00:00.000Z';
const EARLIER = '2026-11-19T09:00:00.000Z';
const LATER = '2026-11-21T09:00:00.000Z';
const REFUSED = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Ask the owner first', fields: [] };

describe('CampaignStatus - After Save - Halt Account', () => {
  let stage: SequenceOrg;
  let accountId: string;
  let sequenceId: string;
  let answeredId: string;
  let keys = 0;

  before(async () => {
    stage = await openSequenceOrg();
    await stage.openFields('CampaignStatus__c', ...HALT_FIELDS);
    await stage.changeSettings({ HaltScope__c: 'Account' });
  });

  after(() => stage.close());

  beforeEach(async () => {
    accountId = await stage.create('Account', { Name: 'Buyers' });
    sequenceId = await stage.create('SalesSequence__c', { Name: 'Spring' });
    answeredId = await enrol();
  });

  const newKey = (): string => String((keys += 1)).padStart(64, '0');

  /** A status of somebody at the account, in the sequence; fields that are given come instead. */
  const enrol = (row: Row = {}): Promise<string> =>
    stage.create('CampaignStatus__c', {
      ...{ Account__c: accountId, SalesSequence__c: sequenceId, Status__c: 'Active', EnrolledAt__c: ENROLLED },
      ...row,
    });

  /** The status becomes Replied by an answer, as the flow of the Task writes it; gives the key of the answer. */
  async function answer(row: Row = {}, id = answeredId): Promise<string> {
    const key = newKey();
    await stage.update('CampaignStatus__c', id, {
      ...{ Status__c: 'Replied', HaltedAt__c: RECEIVED, HaltReason__c: 'A person answered: a@buyers.example' },
      ...{ HaltedByReplyKey__c: key, HaltedByTaskId__c: '00T000000000001AAA' },
      ...row,
    });
    return key;
  }

  const statusOf = async (id: string): Promise<unknown> => (await stage.read('CampaignStatus__c', id))['Status__c'];

  it('halts the colleagues who would still be written to, by the same answer', async () => {
    const colleagues = [await enrol(), await enrol({ Status__c: 'Paused' }), await enrol({ EnrolledAt__c: null })];
    const key = await answer();
    for (const id of colleagues) {
      const halted = await stage.read('CampaignStatus__c', id);
      expect(halted).to.include({
        ...{ Status__c: 'Replied', HaltedByReplyKey__c: key, HaltedByTaskId__c: '00T000000000001AAA' },
        HaltReason__c: 'Someone at the same account answered. A person answered: a@buyers.example',
      });
      expect(new Date(String(halted['HaltedAt__c'])).toISOString()).to.equal(RECEIVED);
    }
    expect(await stage.read('CampaignStatus__c', answeredId)).to.include({
      HaltReason__c: 'A person answered: a@buyers.example',
    });
  });

  for (const Status__c of ['Bounced', 'Stopped', 'Finished']) {
    it(`leaves a colleague alone who is ${Status__c}`, async () => {
      const id = await enrol({ Status__c });
      await answer();
      expect(await statusOf(id)).to.equal(Status__c);
    });
  }

  it('leaves everybody else alone: of another account, in another sequence, or enrolled after the answer', async () => {
    const others = [
      await enrol({ Account__c: await stage.create('Account', { Name: 'Others' }) }),
      await enrol({ Account__c: null }),
      await enrol({ SalesSequence__c: await stage.create('SalesSequence__c', { Name: 'Summer' }) }),
      await enrol({ SalesSequence__c: null }),
      await enrol({ EnrolledAt__c: LATER }),
    ];
    await answer();
    for (const id of others) expect(await statusOf(id), id).to.equal('Active');
  });

  it('takes an enrolment at the very moment of the answer', async () => {
    const id = await enrol({ EnrolledAt__c: RECEIVED });
    await answer();
    expect(await statusOf(id)).to.equal('Replied');
  });

  for (const [moment, wins] of [
    [LATER, true],
    [EARLIER, false],
    [RECEIVED, false],
  ] as const) {
    it(`${wins ? 'gives this answer to' : 'keeps the answer of'} a colleague who answered at ${moment}`, async () => {
      const id = await enrol();
      const own = await answer({ HaltedAt__c: moment }, id);
      await stage.update('CampaignStatus__c', answeredId, { Status__c: 'Active' });
      const key = await answer();
      expect(await stage.read('CampaignStatus__c', id)).to.include({ HaltedByReplyKey__c: wins ? key : own });
    });
  }

  for (const [what, row] of [
    ['an account', { Account__c: null }],
    ['a sequence', { SalesSequence__c: null }],
  ] as const) {
    it(`halts nobody for a status without ${what}, not even others without`, async () => {
      const [one, other] = [await enrol(row), await enrol(row)];
      await answer({}, one);
      expect(await statusOf(other)).to.equal('Active');
    });
  }

  it('halts nobody when a status is created Replied, or becomes so by hand', async () => {
    const id = await enrol();
    await enrol({ Status__c: 'Replied', HaltedByReplyKey__c: newKey(), HaltedAt__c: RECEIVED });
    await stage.update('CampaignStatus__c', answeredId, { Status__c: 'Replied' });
    expect(await statusOf(id)).to.equal('Active');
  });

  for (const Status__c of ['Paused', 'Bounced']) {
    it(`halts nobody when a machine's answer makes the status ${Status__c}`, async () => {
      const id = await enrol();
      await answer({ Status__c });
      expect(await statusOf(id)).to.equal('Active');
    });
  }

  it('halts nobody again when an undo hands the halt over or gives it back', async () => {
    const key = await answer();
    const id = await enrol();
    await answer({ UndoneReplyKey__c: key, HaltedAt__c: LATER });
    expect(await statusOf(id)).to.equal('Active');
    await answer({ UndoneReplyKey__c: newKey(), HaltedByReplyKey__c: null, Status__c: 'Active' });
    expect(await statusOf(id)).to.equal('Active');
  });

  it('halts nobody when a reply key is emptied', async () => {
    await answer();
    const id = await enrol();
    await stage.update('CampaignStatus__c', answeredId, { HaltedByReplyKey__c: null });
    expect(await statusOf(id)).to.equal('Active');
  });

  it('cuts the reason to the length of its field', async () => {
    const id = await enrol();
    await answer({ HaltReason__c: 'r'.repeat(255) });
    expect((await stage.read('CampaignStatus__c', id))['HaltReason__c']).to.have.lengthOf(255);
  });

  for (const HaltScope__c of ['Person', 'Sequence']) {
    it(`looks at no colleague when the scope is ${HaltScope__c}`, async () => {
      const id = await enrol();
      await stage.changeSettings({ HaltScope__c });
      await answer().finally(() => stage.changeSettings({ HaltScope__c: 'Account' }));
      expect(await statusOf(id)).to.equal('Active');
    });
  }

  it('halts the person all the same when an org refuses to change a colleague, and tells the admin', async () => {
    const id = await enrol();
    const allow = stage.org.refuseRows(({ object, record }) =>
      object === 'CampaignStatus__c' && String(record['HaltReason__c']).startsWith('Someone') ? REFUSED : undefined,
    );
    await answer().finally(allow);
    expect(await statusOf(answeredId)).to.equal('Replied');
    expect(await statusOf(id)).to.equal('Active');
    const [problem, ...others] = await stage.takeProblems();
    expect(others).to.deep.equal([]);
    expect(problem).to.include({ Source__c: 'CampaignStatus_AfterSave_HaltAccount', RecordId__c: answeredId });
    expect(problem?.['Problem__c']).to.contain('Ask the owner first');
    expect(new Date(String(problem?.['OccurredAt__c']))).to.deep.equal(stage.now);
  });
});
