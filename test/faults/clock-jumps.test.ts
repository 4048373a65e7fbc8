import { expect } from 'chai';

import { deliverInTurn } from '../../connector/src/deliver/deliver-in-turn.ts';
import { SalesforceError } from '../../connector/src/salesforce/salesforce-error.ts';
import type { Salesforce } from '../../connector/src/salesforce/salesforce.ts';
import { startSampleOrg, type SampleOrg } from '../connector/salesforce/sample-org.ts';
import { headerBlock } from '../connector/sync/header-text.ts';
import { newWorld, type SyncWorld } from '../connector/sync/sync-world.ts';
import { NOW, putOffReports, sampleRegistration } from '../contract/store-samples.ts';

const SENT = 'sent-before-the-jumps@seller.example';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const JUMPS = [HOUR, -HOUR, 3 * DAY, -3 * DAY, -3 * DAY, 3 * DAY];
const PATIENCE = 2 * HOUR;
const LOOK = HOUR / 12;

describe('reading and writing under a clock that jumps by an hour and by three days, back and forth,', function () {
  this.timeout(60_000);
  let sample: SampleOrg;
  let world: SyncWorld;

  before(async () => {
    sample = await startSampleOrg();
    world = await newWorld();
    const { mail } = sample.mailRow(SENT);
    const expiresAt = new Date('2100-01-01T00:00:00.000Z');
    await world.store.register([sampleRegistration(world.store, SENT, { mail, deliver: true, expiresAt })], NOW);
    await putOffReports(world.store);
  });
  after(() => sample?.org.close());

  it('write each reply once and hold none for longer than two hours', async () => {
    let at = NOW.getTime();
    const now = (): Date => new Date(at);
    const salesforce = sample.connect();
    const away = {
      apiCalls: 0,
      apiUsage: undefined,
      write: () => Promise.reject(new SalesforceError('retry', 'away', [])),
    };
    const deliver = (org: Pick<Salesforce, 'write' | 'apiCalls' | 'apiUsage'>): Promise<unknown> =>
      deliverInTurn({ store: world.store, salesforce: org, now, random: () => 0, holder: 'one', dailyCalls: 10_000 });
    const tasks = async (): Promise<number> =>
      (await sample.admin.query('SELECT COUNT() FROM Task WHERE ReplyKey__c != null')).totalSize;
    let replies = 0;
    const answer = (): void => {
      replies += 1;
      world.mailbox.deliver({ fields: headerBlock({ id: `answer-${replies}@buyer.example`, inReplyTo: SENT }) });
    };
    for (const jump of JUMPS) {
      answer();
      await world.sync({ now });
      // What fails now is to be tried again at a time of this clock.
      await deliver(away);
      at += jump;
      answer();
      await world.sync({ now });
      for (let waited = 0; waited < PATIENCE; waited += LOOK) {
        await deliver(salesforce);
        at += LOOK;
      }
      expect(await tasks(), `after a jump of ${jump / HOUR} hours`).to.equal(replies);
    }
  });
});
