import { expect } from 'chai';
import { hash } from 'node:crypto';

import { READ_FIELDS } from '../../../connector/src/mail/read-fields.ts';
import { conservationDifference } from '../../../connector/src/store/conservation.ts';
import { pullSalesforce } from '../../../connector/src/track/pull-salesforce.ts';
import { dumpOf } from '../../contract/personal-data-contract.ts';
import { ENROLMENT, PERSON, REP, sampleMail } from '../../contract/store-samples.ts';
import { headerBlock, sentText } from './header-text.ts';
import { newWorld, type SyncWorld } from './sync-world.ts';

const SENT = 'sent-1@seller.example';
const CANARY = 'canary-7f3a';

describe('what is kept of mail', () => {
  let world: SyncWorld;
  beforeEach(async () => {
    world = await newWorld();
  });
  afterEach(async () => expect(conservationDifference(await world.store.counts())).to.equal(0));

  /** A value that a field of this name may have, with the canary in it. */
  const valueOf = (name: string): string =>
    /-?(id|to|references)$/i.test(name) ? `<${CANARY}@${CANARY}.example>` : CANARY;

  it('is no word of a header that answers nothing tracked, whichever field it stands in', async () => {
    for (const folder of ['other', 'sent'] as const) {
      for (const name of READ_FIELDS) {
        const fields = (
          [
            ['From', `"${CANARY}" <${CANARY}@${CANARY}.example>`],
            ['Message-ID', `<${name}-${folder}-${CANARY}@buyer.example>`],
            ['In-Reply-To', `<unknown-${CANARY}@buyer.example>`],
          ] as const
        ).filter(([other]) => other.toLowerCase() !== name.toLowerCase());
        world.mailbox.deliver({ fields: [...fields, [name, valueOf(name)]], folder });
      }
    }
    await world.sync();
    expect((await world.store.counts()).waiting).to.be.greaterThan(0);
    expect(await dumpOf(world.database)).to.not.contain(CANARY);
  });

  it('does not let be tested from outside whether a certain message waits', async () => {
    world.mailbox.deliver({ fields: headerBlock({ id: 'known@buyer.example', inReplyTo: 'unknown@seller.example' }) });
    await world.sync();
    expect((await world.store.counts()).waiting).to.equal(1);
    expect(await dumpOf(world.database)).to.not.contain(hash('sha256', 'known@buyer.example'));
    const [waiting] = await world.store.waitingFor([world.store.digest('unknown@seller.example')]);
    expect(waiting?.messageHash).to.equal(hash('sha256', 'known@buyer.example'));
  });

  describe('of an excluded domain', () => {
    const excluded = { excludedDomains: new Set(['family.example']) };
    const sync = (): Promise<unknown> => world.sync(excluded);

    it('is a count alone, although it answers a tracked mail', async () => {
      await world.register(SENT);
      for (const from of ['mary@family.example', 'mary@mail.family.example', 'm@notfamily.example']) {
        world.mailbox.deliver({ fields: headerBlock({ id: `of-${from}`, inReplyTo: SENT, from }) });
      }
      await sync();
      expect((await world.replies()).map(({ from }) => from)).to.deep.equal(['m@notfamily.example']);
      expect(await world.store.counts()).to.include({ seen: 3, matched: 1, excluded: 2, waiting: 0 });
      expect(await dumpOf(world.database)).to.not.contain('mary@');
    });

    it('is nothing of a recipient there, also when others got the mail as well', async () => {
      await world.enrol();
      const both = 'lead@buyer.example, mary@family.example';
      world.mailbox.deliver({ fields: headerBlock(sentText(SENT, { to: both })), folder: 'sent' });
      world.mailbox.deliver({ fields: headerBlock(sentText('2@x', { to: 'mary@family.example' })), folder: 'sent' });
      await sync();
      expect(await world.store.counts()).to.include({ seen: 2, notReply: 1, excluded: 1, waiting: 0 });
      const known = (await world.store.knownIds([world.store.digest(SENT)])).get(world.store.digest(SENT));
      expect(known?.[0]?.mail.recipients.map(({ address }) => address)).to.deep.equal(['lead@buyer.example']);
    });

    it('is nothing that is pulled from Salesforce', async () => {
      const recipients = [{ address: 'mary@family.example', role: 'To' as const, personId: PERSON }];
      const position = { systemModstamp: '2026-03-02T09:00:00.000Z', id: 'a02000000000001AAA' };
      const enrolments = { rows: [{ ...ENROLMENT, address: 'mary@family.example' }], position, next: undefined };
      const trackedMails = { rows: [sampleMail(SENT, { recipients, ownerId: REP })], position, next: undefined };
      const salesforce = {
        changesSince: () => Promise.resolve({ enrolments, trackedMails }),
        ...{ trackedMailsSince: () => Promise.reject(new Error()), enrolmentsSince: () => Promise.reject(new Error()) },
      };
      await pullSalesforce({ store: world.store, salesforce, now: world.options.now, ...excluded });
      expect(await dumpOf(world.database)).to.not.contain('mary@');
    });
  });
});
