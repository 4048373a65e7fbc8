import { expect } from 'chai';
import { HALT_FIELDS, instant, openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const EARLY = '2026-11-20T08:00:00.000Z';
const LATE = '2026-11-20T10:00:00.000Z';
const RESUME = '2026-11-29T08:00:00.000Z';
const LATER = '2026-12-06T08:00:00.000Z';

/** What transitions.test.ts cannot show, since it has no org around the two flows. */
describe('CampaignStatus - Before Save - Stamp Halt', () => {
  let stage: SequenceOrg;
  let keys = 0;

  before(async () => {
    stage = await openSequenceOrg();
    await stage.openFields('CampaignStatus__c', ...HALT_FIELDS);
  });

  after(() => stage.close());

  /** The save of a reply, as the connector's flow or other software makes it. */
  const event = (Status__c: string, HaltedAt__c: string): Row => ({
    ...{ Status__c, HaltedAt__c, HaltReason__c: 'an event' },
    HaltedByReplyKey__c: String((keys += 1)).padStart(64, '0'),
  });
  const read = (id: string): Promise<Row> => stage.read('CampaignStatus__c', id);

  /** The status after one event on another, whose moments are given. */
  async function statusAfter(standing: Row, next: Row): Promise<unknown> {
    const id = await stage.create('CampaignStatus__c', { Status__c: 'Active' });
    await stage.update('CampaignStatus__c', id, standing);
    await stage.update('CampaignStatus__c', id, next);
    return (await read(id))['Status__c'];
  }

  it('dates a new status that is halted, and leaves a new one that is Active as it comes', async () => {
    const stopped = await stage.create('CampaignStatus__c', { Status__c: 'Stopped' });
    const active = await stage.create('CampaignStatus__c', { Status__c: 'Active', NextStepAt__c: RESUME });
    expect(instant((await read(stopped))['HaltedAt__c'])).to.equal(stage.now.toISOString());
    expect(await read(active)).to.include({ HaltedAt__c: null });
  });

  it('empties the resume date when a person makes a paused status Active', async () => {
    const id = await stage.create('CampaignStatus__c', { Status__c: 'Paused', ResumeAt__c: RESUME });
    await stage.update('CampaignStatus__c', id, { Status__c: 'Active' });
    expect(await read(id)).to.include({ Status__c: 'Active', ResumeAt__c: null, HaltedAt__c: null });
  });

  for (const strong of ['Stopped', 'Finished']) {
    it(`lets an event make a Bounced status ${strong}, and no Replied one`, async () => {
      expect(await statusAfter(event('Bounced', LATE), event(strong, EARLY))).to.equal(strong);
      expect(await statusAfter(event('Replied', LATE), event(strong, EARLY))).to.equal('Replied');
    });
  }

  it('lets no event make a Paused status Active', async () => {
    expect(await statusAfter(event('Paused', LATE), event('Active', EARLY))).to.equal('Paused');
  });

  it('takes an event out of the save that leaves an Active status Active', async () => {
    const id = await stage.create('CampaignStatus__c', { Status__c: 'Active' });
    await stage.update('CampaignStatus__c', id, event('Active', EARLY));
    expect(await read(id)).to.include({ Status__c: 'Active', HaltedByReplyKey__c: null, HaltReason__c: null });
  });

  it('takes any status for stronger than none', async () => {
    expect(await statusAfter({ Status__c: null }, event('Active', EARLY))).to.equal('Active');
  });

  it('takes the longer of two resume dates for a pause alone: not for Active, nor over what is Bounced', async () => {
    const soon = { ...event('Paused', EARLY), ResumeAt__c: RESUME };
    expect(await statusAfter(soon, { ...event('Active', LATE), ResumeAt__c: LATER })).to.equal('Paused');
    const bounced = { Status__c: 'Bounced', ResumeAt__c: RESUME };
    expect(await statusAfter(bounced, { ...event('Paused', LATE), ResumeAt__c: LATER })).to.equal('Bounced');
  });

  it('takes a change for one by hand that calls the reply undone and leaves its key, or empties its key', async () => {
    const standing = event('Replied', EARLY);
    const id = await stage.create('CampaignStatus__c', { Status__c: 'Active' });
    await stage.update('CampaignStatus__c', id, standing);
    const undone = { Status__c: 'Active', UndoneReplyKey__c: standing['HaltedByReplyKey__c']! };
    await stage.update('CampaignStatus__c', id, undone);
    expect(await read(id)).to.include({ Status__c: 'Active', HaltedByReplyKey__c: null, HaltReason__c: null });
    const emptied = { Status__c: 'Stopped', HaltedByReplyKey__c: null };
    expect(await statusAfter(event('Replied', EARLY), emptied)).to.equal('Stopped');
  });

  it('takes an event out of the save that names no status, whether or not one stands', async () => {
    for (const Status__c of ['Active', null]) {
      const id = await stage.create('CampaignStatus__c', { Status__c: 'Active' });
      await stage.update('CampaignStatus__c', id, { Status__c });
      await stage.update('CampaignStatus__c', id, { ...event('Replied', EARLY), Status__c: null });
      expect(await read(id)).to.include({ Status__c, HaltedByReplyKey__c: null, HaltReason__c: null });
    }
  });
});
