import { expect } from 'chai';
import { HALT_FIELDS, instant, openSequenceOrg, outputsOf, type Row, type SequenceOrg } from './sequence-org.ts';

const NOON = '2026-11-24T12:00:00.000Z';
const PAST = '2026-11-23T08:00:00.000Z';
const FUTURE = '2026-11-27T08:00:00.000Z';
const FLOW = 'CampaignStatus_Sub_Resume';
const REFUSED = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Ask the owner first', fields: [] };

describe('CampaignStatus - Sub - Resume', () => {
  let stage: SequenceOrg;

  before(async () => {
    stage = await openSequenceOrg();
    await stage.openFields('CampaignStatus__c', ...HALT_FIELDS);
  });

  after(() => stage.close());

  const pause = (row: Row = {}): Promise<string> =>
    stage.create('CampaignStatus__c', { Status__c: 'Paused', ResumeAt__c: PAST, HaltedAt__c: PAST, ...row });
  const resume = (StatusId: string): unknown => outputsOf(stage.org.runFlow(FLOW, { StatusId }))['Outcome'];
  const read = (id: string): Promise<Row> => stage.read('CampaignStatus__c', id);

  it('makes a status Active whose pause is over, and clears the halt', async () => {
    const id = await pause();
    expect(resume(id)).to.equal('Resumed');
    expect(await read(id)).to.include({ Status__c: 'Active', ResumeAt__c: null, HaltedAt__c: null });
  });

  it('ends a pause at the very moment of its end', async () => {
    const id = await pause({ ResumeAt__c: NOON });
    expect(resume(id)).to.equal('Resumed');
  });

  it('dates a step now that was due during the pause, and leaves a later one where it is', async () => {
    const [due, later, none] = [
      await pause({ NextStepAt__c: PAST }),
      await pause({ NextStepAt__c: FUTURE }),
      await pause(),
    ];
    for (const id of [due, later, none]) resume(id);
    const steps = await Promise.all([due, later, none].map(async (id) => instant((await read(id))['NextStepAt__c'])));
    expect(steps).to.deep.equal([NOON, FUTURE, null]);
  });

  it('takes the step that the halt remembers when the other was emptied, and the other when there is one', async () => {
    const emptied = await pause({ NextStepAt__c: null, PriorNextStepAt__c: FUTURE });
    const changed = await pause({ NextStepAt__c: FUTURE, PriorNextStepAt__c: '2026-12-01T08:00:00.000Z' });
    for (const id of [emptied, changed]) resume(id);
    expect(instant((await read(emptied))['NextStepAt__c'])).to.equal(FUTURE);
    expect(instant((await read(changed))['NextStepAt__c'])).to.equal(FUTURE);
  });

  for (const [what, row] of [
    ['is not over', { ResumeAt__c: FUTURE }],
    ['has no end', { ResumeAt__c: null }],
    ['is none: the status is Stopped', { Status__c: 'Stopped' }],
  ] as const) {
    it(`leaves a pause alone that ${what}`, async () => {
      const id = await pause(row);
      expect(resume(id)).to.equal('Not Due');
      expect(await read(id)).to.include({ Status__c: 'Status__c' in row ? row.Status__c : 'Paused' });
    });
  }

  it('resumes the status that it is called with and no other', async () => {
    const [id, other] = [await pause(), await pause()];
    resume(id);
    expect(await read(other)).to.include({ Status__c: 'Paused' });
  });

  it('does nothing for a status that is not there', () => {
    expect(resume('a00000000000000AAA')).to.equal('Not Due');
  });

  it('leaves the pause and tells the admin when an org refuses to end it', async () => {
    const id = await pause();
    const allow = stage.org.refuseRows(({ object, operation }) =>
      object === 'CampaignStatus__c' && operation === 'update' ? REFUSED : undefined,
    );
    expect(resume(id)).to.equal('Failed');
    allow();
    expect(await read(id)).to.include({ Status__c: 'Paused' });
    const [problem, ...others] = await stage.takeProblems();
    expect(others).to.deep.equal([]);
    expect(problem).to.include({ Source__c: FLOW, RecordId__c: id });
    expect(problem?.['Problem__c']).to.contain('Ask the owner first');
    expect(new Date(String(problem?.['OccurredAt__c']))).to.deep.equal(stage.now);
  });
});
