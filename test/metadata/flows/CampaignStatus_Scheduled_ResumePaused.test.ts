import { expect } from 'chai';
import { openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const NOON = '2026-11-24T12:00:00.000Z';
const PAST = '2026-11-23T08:00:00.000Z';
const FUTURE = '2026-11-27T08:00:00.000Z';
const FLOW = 'CampaignStatus_Scheduled_ResumePaused';

describe('CampaignStatus - Scheduled - Resume Paused', () => {
  let stage: SequenceOrg;

  before(async () => {
    stage = await openSequenceOrg();
  });

  after(() => stage.close());

  const enrol = (row: Row): Promise<string> => stage.create('CampaignStatus__c', { Status__c: 'Paused', ...row });
  const statusOf = async (id: string): Promise<unknown> => (await stage.read('CampaignStatus__c', id))['Status__c'];

  it('resumes every pause that is over and nothing else', async () => {
    const over = [await enrol({ ResumeAt__c: PAST }), await enrol({ ResumeAt__c: NOON })];
    const others = [await enrol({ ResumeAt__c: FUTURE }), await enrol({ ResumeAt__c: null })];
    const stopped = await enrol({ Status__c: 'Stopped', ResumeAt__c: PAST });
    stage.org.runScheduledFlow(FLOW);
    for (const id of over) expect(await statusOf(id)).to.equal('Active');
    for (const id of others) expect(await statusOf(id)).to.equal('Paused');
    expect(await statusOf(stopped)).to.equal('Stopped');
    expect(await stage.takeProblems()).to.deep.equal([]);
  });

  it('calls the other flow for what is due alone', async () => {
    await enrol({ ResumeAt__c: FUTURE });
    const before = stage.org.transactions.length;
    stage.org.runScheduledFlow(FLOW);
    expect(stage.org.transactions.slice(before).map(({ statements }) => statements)).to.deep.equal([]);
  });
});
