import { expect } from 'chai';

import type { DueMailboxReport, Store } from '../../connector/src/store/store.ts';
import { NOW, REP, sampleMatch, samplePage, sampleReply } from './store-samples.ts';

const SENT = 'sent-1@seller.example';
const next = { provider: 'imap', folders: [] };
const secondsLater = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
const MINUTE = 60;
const HOUR = 3600;

/** What Salesforce is told of the mailboxes, and how long their replies took. Part of the contract of the store. */
export function describeMailboxReports(subject: () => { readonly store: Store; readonly mailboxId: string }): void {
  describe('what is told of a mailbox', () => {
    let store: Store;
    let mailboxId: string;
    beforeEach(() => {
      ({ store, mailboxId } = subject());
    });

    const due = (at: Date, limit = 10): Promise<DueMailboxReport[]> => store.dueMailboxReports(at, limit);
    const report = async (at: Date): Promise<DueMailboxReport[]> => {
      const reports = await due(at);
      await store.settleMailboxReports(
        reports.map((one) => ({ report: one })),
        at,
      );
      return reports;
    };
    const readToEnd = async (at: Date): Promise<void> => {
      const expectedVersion = (await store.mailbox(mailboxId))!.cursorVersion;
      await store.commitPage(samplePage(mailboxId, { cursor: { expectedVersion, next, caughtUp: true }, at }));
    };
    /** An answer that reaches the mailbox at one instant and Salesforce at another. */
    const answer = async (id: string, receivedAt: Date, deliveredAt: Date): Promise<void> => {
      const replies = [sampleReply(id, SENT, { receivedAt })];
      const place = { mailboxId, reference: id };
      const matched = [{ ...sampleMatch(store, id, SENT), replies, place }];
      await store.commitPage(samplePage(mailboxId, { seen: 1, matched, at: receivedAt, trace: `page of ${id}` }));
      const [item] = await store.outboxDue(deliveredAt, 1);
      await store.recordDeliveries(
        [{ id: item!.id, outcome: 'delivered', recordId: '00T000000000001AAA' }],
        deliveredAt,
      );
    };

    it('is everything when it is new', async () => {
      await readToEnd(NOW);
      const [first] = await due(NOW);
      expect(first).to.deep.include({ mailboxId, provider: 'imap', address: 'Rep@Seller.example', ownerId: REP });
      expect(first).to.deep.include({ state: 'Active', caughtUpAt: NOW, lastError: undefined, detection: undefined });
    });

    it('comes again until it is settled, and then after an hour', async () => {
      expect(await due(NOW)).to.have.lengthOf(1);
      expect(await report(NOW)).to.have.lengthOf(1);
      expect(await due(secondsLater(HOUR - 1))).to.deep.equal([]);
      expect(await due(secondsLater(HOUR))).to.have.lengthOf(1);
    });

    it('is held back until its next try is due', async () => {
      const [refused] = await due(NOW);
      await store.settleMailboxReports([{ report: refused!, notBefore: secondsLater(HOUR) }], NOW);
      expect(await due(secondsLater(HOUR - 1))).to.deep.equal([]);
      expect(await due(secondsLater(HOUR))).to.have.lengthOf(1);
    });

    it('is a new state at once, and a fault within five minutes', async () => {
      await report(NOW);
      await store.setMailboxState(mailboxId, 'active', 'The server does not answer.');
      expect(await due(secondsLater(5 * MINUTE - 1))).to.deep.equal([]);
      expect((await report(secondsLater(5 * MINUTE)))[0]).to.include({ lastError: 'The server does not answer.' });
      await store.setMailboxState(mailboxId, 'reconnect', 'The login is refused.');
      expect((await report(secondsLater(5 * MINUTE + 1)))[0]).to.include({ state: 'Reconnect' });
      expect(await due(secondsLater(6 * MINUTE))).to.deep.equal([]);
    });

    it('is told when it has become late, and not each time that it is read', async () => {
      await readToEnd(NOW);
      await report(NOW);
      await readToEnd(secondsLater(10 * MINUTE));
      expect(await due(secondsLater(20 * MINUTE))).to.deep.equal([]);
      expect(await due(secondsLater(41 * MINUTE))).to.have.lengthOf(1);
    });

    it('is a last time that it has been disconnected, when it was told of before', async () => {
      await report(NOW);
      await store.disconnectMailbox(mailboxId);
      const [last] = await due(NOW);
      expect(last).to.include({ mailboxId: undefined, address: 'Rep@Seller.example', state: 'Disconnected' });
      await store.settleMailboxReports([{ report: last!, notBefore: secondsLater(MINUTE) }], NOW);
      expect(await due(NOW)).to.deep.equal([]);
      expect(await report(secondsLater(MINUTE))).to.have.lengthOf(1);
      expect(await due(secondsLater(2 * HOUR))).to.deep.equal([]);
    });

    it('is nothing of a mailbox that was disconnected before it was told of', async () => {
      await store.disconnectMailbox(mailboxId);
      expect(await due(NOW)).to.deep.equal([]);
    });

    it('is that it is connected again, and not that it was disconnected', async () => {
      await report(NOW);
      await store.disconnectMailbox(mailboxId);
      await store.connectMailbox({ provider: 'imap', address: 'rep@seller.example', ownerId: REP, readSince: NOW });
      expect((await due(NOW)).map(({ state }) => state)).to.deep.equal(['Active']);
    });

    it('says how long its replies took, in the median and at worst but for 5 in 100', async () => {
      await readToEnd(NOW);
      for (const [place, seconds] of [1, 2, 3, 4, 90].entries()) {
        await answer(`answer-${place}@x`, secondsLater(place), secondsLater(place + seconds));
      }
      expect((await due(secondsLater(HOUR)))[0]?.detection).to.deep.equal({ p50: 3, p95: 90 });
      await store.expire(secondsLater(8 * 24 * HOUR));
      expect((await due(secondsLater(HOUR)))[0]?.detection).to.equal(undefined);
    });

    it('leaves out how long what was there before the first read took', async () => {
      await answer('early@x', secondsLater(-HOUR), NOW);
      await readToEnd(NOW);
      expect((await due(NOW))[0]?.detection).to.equal(undefined);
    });

    it('goes together with what names the page of each delivered reply, and its Task', async () => {
      await readToEnd(NOW);
      const replies = [sampleReply('a@x', SENT)];
      const place = { mailboxId, reference: 'a' };
      const matched = [{ ...sampleMatch(store, 'a@x', SENT), replies, place }];
      await store.commitPage(samplePage(mailboxId, { seen: 1, matched, trace: 'one-page' }));
      const [item] = await store.outboxDue(NOW, 1);
      const outcome = { id: item!.id, outcome: 'delivered', recordId: '00T000000000001AAA' } as const;
      const at = secondsLater(2);
      expect(await store.recordDeliveries([outcome], at)).to.deep.equal([
        {
          ...{ replyKey: replies[0]!.replyKey, recordId: '00T000000000001AAA', trace: 'one-page' },
          ...{ provider: 'imap', seconds: 2 },
        },
      ]);
      expect(await store.recordDeliveries([outcome], at)).to.deep.equal([]);
    });
  });
}
