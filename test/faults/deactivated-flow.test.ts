import { expect } from 'chai';

import { readFigures } from '../../connector/src/store/figures.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { composeWork, type ComposedWork } from '../../connector/src/work.ts';
import { deployFlow, startSampleOrg, type SampleOrg } from '../connector/salesforce/sample-org.ts';
import { headerBlock } from '../connector/sync/header-text.ts';
import { newWorld, type SyncWorld } from '../connector/sync/sync-world.ts';
import { putOffReports } from '../contract/store-samples.ts';

const FLOW = 'Task_AfterSave_ApplyReply';

describe('an org whose flow does not halt sequences', function () {
  this.timeout(60_000);
  let sample: SampleOrg;
  let world: SyncWorld;
  let work: ComposedWork;
  const told: (readonly string[])[] = [];

  before(async () => {
    sample = await startSampleOrg();
    world = await newWorld();
    const salesforce = sample.connect();
    const mails = [sample.mailRow('to-contact@seller.example'), mailToLead()];
    await salesforce.write(mails);
    await putOffReports(world.store);
    work = composeWork({
      ...{ store: world.store, mailboxes: { rows: [], get: () => world.mailbox }, salesforce },
      ...{ now: () => new Date(), random: Math.random, holder: 'one', dailyCalls: undefined },
      report: { onUnhalted: (ids) => void told.push(ids) },
    });
    await work.pull();
  });
  after(() => sample?.org.close());

  const mailToLead = () => {
    const person = { personId: sample.leadId, campaignStatusId: sample.leadStatusId };
    return sample.mailRow('to-lead@seller.example', {
      recipients: [{ address: 'other@buyer.example', role: 'To', ...person }],
    });
  };
  const answer = async (answered: string): Promise<void> => {
    world.mailbox.deliver({
      fields: headerBlock({ id: `answer-${answered}`, inReplyTo: answered }),
      receivedAt: new Date(),
    });
    await syncMailbox(world.mailboxId, work.syncOptions);
    expect(await work.deliveries.atOnce()).to.include({ delivered: 1 });
    await work.pull();
  };
  it('is noticed by the first answer whose sequence goes on, until that is halted by hand', async () => {
    await deployFlow(sample.admin, FLOW, 'Draft');
    await answer('to-contact@seller.example');
    expect(told).to.deep.equal([[sample.contactStatusId]]);
    expect(await world.store.unhalted()).to.deep.equal([sample.contactStatusId]);
    expect(await readFigures(world.database, new Date())).to.include({ unhalted: 1 });
    await sample.admin.sobject('CampaignStatus__c').update({ Id: sample.contactStatusId, Status__c: 'Replied' });
    await work.pull();
    expect(await world.store.unhalted()).to.deep.equal([]);
  });

  it('is not told of when the flow is active again and halts', async () => {
    told.length = 0;
    await deployFlow(sample.admin, FLOW, 'Active');
    await answer('to-lead@seller.example');
    expect(told).to.deep.equal([]);
    expect(await world.store.unhalted()).to.deep.equal([]);
  });
});
