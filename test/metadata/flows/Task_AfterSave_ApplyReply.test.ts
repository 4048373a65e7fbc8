import { expect } from 'chai';
import { instant, openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const RECEIVED = '2026-11-24T09:00:00.000Z';
const LATER = '2026-11-24T11:00:00.000Z';

/** What settings and an org around the flow change; what it does as shipped is shown by transitions.test.ts. */
describe('Task - After Save - Apply Reply', () => {
  let stage: SequenceOrg;
  let personId: string;
  let keys = 0;

  before(async () => {
    stage = await openSequenceOrg();
  });

  after(() => stage.close());

  beforeEach(async () => {
    await stage.changeSettings({});
    personId = await stage.create('Contact', { LastName: 'Buyer' });
  });

  const enrol = (): Promise<string> =>
    stage.create('CampaignStatus__c', { Contact__c: personId, EnrolledAt__c: '2026-11-01T08:00:00.000Z' });
  const reply = (row: Row = {}): Promise<string> =>
    stage.create('Task', {
      ...{ Subject: 'Reply: offer', Status: 'Completed', WhoId: personId, Replier__c: 'Recipient' },
      ...{ ReplyKey__c: String((keys += 1)).padStart(64, '0'), ReplyKind__c: 'Human', ReplyReceivedAt__c: RECEIVED },
      ...row,
    });
  const read = (id: string): Promise<Row> => stage.read('CampaignStatus__c', id);
  const statusOf = async (id: string): Promise<unknown> => (await read(id))['Status__c'];

  it('halts when a Task is created, and not when one is changed', async () => {
    const id = await enrol();
    const taskId = await reply();
    expect(await statusOf(id)).to.equal('Replied');
    await stage.update('CampaignStatus__c', id, { Status__c: 'Active' });
    await stage.update('Task', taskId, { Subject: 'Changed by hand' });
    expect(await statusOf(id)).to.equal('Active');
  });

  it('does not so much as touch a status that an earlier answer has halted', async () => {
    const id = await enrol();
    await reply();
    const before = (await read(id))['LastModifiedDate'];
    stage.now = new Date(stage.now.getTime() + 60_000);
    await reply({ ReplyReceivedAt__c: LATER });
    expect((await read(id))['LastModifiedDate']).to.equal(before);
  });

  it('halts the answered status alone in the scope Sequence, and all of the person when none is named', async () => {
    await stage.changeSettings({ HaltScope__c: 'Sequence' });
    const [answered, other] = [await enrol(), await enrol()];
    await reply({ CampaignStatus__c: answered });
    expect([await statusOf(answered), await statusOf(other)]).to.deep.equal(['Replied', 'Active']);
    await reply();
    expect(await statusOf(other)).to.equal('Replied');
  });

  for (const [setting, days] of [
    [3, 3],
    [null, 7],
  ] as const) {
    it(`pauses for ${days} days when the setting is ${setting ?? 'empty'}`, async () => {
      await stage.changeSettings({ PauseDays__c: setting });
      const id = await enrol();
      await reply({ ReplyKind__c: 'Auto-Reply' });
      const end = new Date(Date.parse(RECEIVED) + days * 86_400_000).toISOString();
      expect(instant((await read(id))['ResumeAt__c'])).to.equal(end);
    });
  }

  for (const [setting, kind] of [
    ['ForwardHalts__c', 'Forward'],
    ['AutoReplyPauses__c', 'Auto-Reply'],
    ['BounceHalts__c', 'Bounce'],
  ] as const) {
    it(`leaves the status alone for ${kind} when ${setting} is off`, async () => {
      await stage.changeSettings({ [setting]: false });
      const id = await enrol();
      await reply({ ReplyKind__c: kind });
      expect(await statusOf(id)).to.equal('Active');
    });
  }
});
