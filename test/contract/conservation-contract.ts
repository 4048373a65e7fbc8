import { expect } from 'chai';
import fc from 'fast-check';

import { conservationDifference } from '../../connector/src/store/conservation.ts';
import type { DeliveryOutcome, PageCommit, Store, StoreCounts } from '../../connector/src/store/store.ts';
import {
  daysLater,
  NOW,
  REP,
  sampleMatch,
  samplePage,
  sampleRegistration,
  sampleReply,
  sampleWaiting,
} from './store-samples.ts';

const SENT = 'sent-1@seller.example';
const ANSWER = 'answer-1@buyer.example';
const next = { provider: 'imap', folders: [] };

/** What became of each message adds up at any moment, whatever happens to it. Part of the contract of the store. */
export function describeConservation(subject: () => { readonly store: Store; readonly mailboxId: string }): void {
  describe('the conservation law', () => {
    let store: Store;
    let mailboxId: string;
    beforeEach(() => {
      ({ store, mailboxId } = subject());
    });

    /** Commits a page of one mailbox behind the pages before it; `seen` is as many messages as it says. */
    const commit = async (changes: Partial<PageCommit>, id = mailboxId): Promise<void> => {
      const expectedVersion = (await store.mailbox(id))!.cursorVersion;
      const { matched = [], waiting = [], notReplies = 0, excluded = 0 } = changes;
      const seen = matched.length + waiting.length + notReplies + excluded;
      await store.commitPage(samplePage(id, { seen, cursor: { expectedVersion, next, caughtUp: true }, ...changes }));
    };
    const settle = (changes: Partial<PageCommit>, id = mailboxId): Promise<unknown> =>
      store.commitPage(samplePage(id, changes));
    const match = () => sampleMatch(store, ANSWER, SENT);
    const waiting = (id = mailboxId) => sampleWaiting(store, id, ANSWER, [SENT]);
    const secondMailbox = async (): Promise<string> =>
      (await store.connectMailbox({ provider: 'gmail', address: 'b@x', ownerId: REP, readSince: NOW })).id;
    const record = async (outcome: Pick<DeliveryOutcome & { outcome: 'dead' }, 'outcome' | 'reason'> | 'delivered') => {
      const [item] = await store.outboxDue(NOW, 1);
      const settled = outcome === 'delivered' ? { outcome } : outcome;
      await store.recordDeliveries([{ id: item!.id, ...settled }], NOW);
    };
    const dead = { outcome: 'dead', reason: 'A rule of the org.' } as const;

    /** Expects the law to hold, with the counts that a test names and 0 of everything else. */
    const expectCounts = async (named: Partial<StoreCounts>): Promise<void> => {
      const { seen, matched, notReply, excluded, waiting: held, dead: given } = await store.counts();
      const counts = { seen, matched, notReply, excluded, waiting: held, dead: given };
      const nothing = { seen: 0, matched: 0, notReply: 0, excluded: 0, waiting: 0, dead: 0 };
      expect(counts).to.deep.equal({ ...nothing, ...named });
      expect(conservationDifference(counts)).to.equal(0);
    };

    it('holds when nothing has been read', () => expectCounts({}));

    it('counts each message of a page under what became of it', async () => {
      const own = { ...sampleMatch(store, 'own@seller.example', SENT), replies: [], latches: [] };
      await commit({
        ...{ seen: 6, notReplies: 3, excluded: 1 },
        matched: [match(), own],
        waiting: [sampleWaiting(store, mailboxId, 'other@x', ['unknown@x'])],
      });
      await expectCounts({ seen: 6, matched: 1, notReply: 3, excluded: 1, waiting: 1 });
    });

    it('tells of a message that a page holds and nobody decides about', async () => {
      await commit({ seen: 3, notReplies: 2 });
      expect(conservationDifference(await store.counts())).to.equal(1);
    });

    it('counts a matched message once, however often and wherever it is read', async () => {
      const other = await secondMailbox();
      await commit({ matched: [match(), match()] });
      await commit({ matched: [match()] });
      await commit({ matched: [match()] }, other);
      await expectCounts({ seen: 1, matched: 1 });
    });

    it('counts a waiting message once, however often and wherever it is read', async () => {
      const other = await secondMailbox();
      const sentCopy = { ...waiting(other), side: 'sent' } as const;
      await commit({ waiting: [waiting(), waiting()] });
      await commit({ waiting: [waiting()] });
      await commit({ waiting: [waiting(other), sentCopy] }, other);
      await expectCounts({ seen: 1, waiting: 1 });
    });

    it('counts what waited as a reply, or as none, when it is settled', async () => {
      await commit({ waiting: [waiting(), sampleWaiting(store, mailboxId, 'other@x', [SENT])] });
      await settle({ matched: [match()], settled: [store.digest(ANSWER), store.digest('other@x')] });
      await expectCounts({ seen: 2, matched: 1, notReply: 1 });
    });

    it('counts a message that is settled and goes on waiting as one that waits', async () => {
      await commit({ waiting: [waiting()] });
      await settle({ waiting: [waiting()], settled: [store.digest(ANSWER)] });
      await expectCounts({ seen: 1, waiting: 1 });
      await settle({ settled: [store.digest(ANSWER)] });
      await settle({ waiting: [waiting()], settled: [store.digest(ANSWER)] });
      await expectCounts({ seen: 1, waiting: 1 });
    });

    it('counts a message once that two workers settle at once', async () => {
      await commit({ waiting: [waiting()] });
      const page = { matched: [match()], settled: [store.digest(ANSWER)] };
      await Promise.all([settle(page), settle(page), settle(page)]);
      await expectCounts({ seen: 1, matched: 1 });
    });

    it('counts a message once that matches in a page while it waits', async () => {
      await commit({ waiting: [waiting()] });
      await commit({ matched: [match()] });
      await expectCounts({ seen: 2, matched: 1, waiting: 1 });
      await settle({ matched: [match()], settled: [store.digest(ANSWER)] });
      await expectCounts({ seen: 1, matched: 1 });
    });

    it('counts a saved message that is replayed, also in the place of one that waits', async () => {
      await settle({ seen: 1, matched: [match()] });
      await expectCounts({ seen: 1, matched: 1 });
      await commit({ waiting: [sampleWaiting(store, mailboxId, 'other@x', [SENT])] });
      const other = { ...match(), digest: store.digest('other@x') };
      await settle({ seen: 1, matched: [other], settled: [other.digest] });
      await expectCounts({ seen: 2, matched: 2 });
      await commit({ waiting: [waiting()] });
      await settle({ seen: 1, waiting: [waiting()], settled: [store.digest(ANSWER)] });
      await expectCounts({ seen: 4, matched: 2, waiting: 1, notReply: 1 });
    });

    it('counts what waited in vain as no reply, and as dead what could never be decided', async () => {
      const undecided = { ...sampleWaiting(store, mailboxId, 'poison@x', []), undecided: true };
      await commit({ waiting: [waiting(), undecided] });
      await store.expire(daysLater(31));
      await expectCounts({ seen: 2, notReply: 1, dead: 1 });
    });

    it('goes on holding when a mailbox is disconnected, also for what it saw and another one holds', async () => {
      const other = await secondMailbox();
      await commit({ waiting: [waiting(), sampleWaiting(store, mailboxId, 'other@x', [SENT])], notReplies: 2 });
      await commit({ waiting: [waiting(other)], excluded: 1 }, other);
      await store.disconnectMailbox(mailboxId);
      await expectCounts({ seen: 5, notReply: 3, excluded: 1, waiting: 1 });
      await store.disconnectMailbox(other);
      await expectCounts({ seen: 5, notReply: 4, excluded: 1 });
    });

    it('counts a message that is settled when its mailbox has been disconnected', async () => {
      await commit({ waiting: [waiting()] });
      await store.disconnectMailbox(mailboxId);
      await settle({ matched: [match()], settled: [store.digest(ANSWER)] });
      await expectCounts({ seen: 1, matched: 1 });
    });

    it('counts a message as dead while a Task of it is a dead letter', async () => {
      const replies = ['003000000000001AAA', '003000000000002AAA'].map((personId) =>
        sampleReply(ANSWER, SENT, { personId }),
      );
      await commit({ matched: [{ ...match(), replies }] });
      await record(dead);
      await expectCounts({ seen: 1, dead: 1 });
      await record('delivered');
      await expectCounts({ seen: 1, dead: 1 });
    });

    it('counts no message as dead for a tracked mail that is a dead letter', async () => {
      await store.register([sampleRegistration(store, SENT, { deliver: true })], NOW);
      await commit({ matched: [match()] });
      await record(dead);
      expect(await store.counts()).to.include({ outboxDead: 1 });
      await expectCounts({ seen: 1, matched: 1 });
    });

    it('holds after every step of any course of events', async function () {
      this.timeout(30_000);
      const message = fc.integer({ min: 0, max: 4 }).map((number) => `m${number}@x`);
      const step = fc.oneof(
        fc.record({
          type: fc.constantFrom('matched', 'waiting', 'settled', 'answered', 'stays'),
          message,
          twice: fc.boolean(),
        }),
        fc.record({ type: fc.constantFrom('expire', 'disconnect', 'dead'), message, twice: fc.boolean() }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
          for (const { type, message: id, twice } of steps) {
            const mailbox = twice ? await secondMailbox() : mailboxId;
            const matched = [sampleMatch(store, id, SENT)];
            const held = [sampleWaiting(store, mailbox, id, [SENT])];
            const settled = [store.digest(id)];
            if (type === 'matched') await commit({ matched: twice ? [...matched, ...matched] : matched }, mailbox);
            if (type === 'waiting') await commit({ waiting: held, notReplies: 1 }, mailbox);
            if (type === 'settled') await settle({ settled }, mailbox);
            if (type === 'stays') await settle({ waiting: held, settled }, mailbox);
            if (type === 'answered') await settle({ matched, settled }, mailbox);
            if (type === 'expire') await store.expire(daysLater(twice ? 31 : 1));
            if (type === 'disconnect' && twice) await store.disconnectMailbox(mailbox);
            if (type === 'dead' && (await store.outboxDue(NOW, 1)).length > 0) await record(twice ? dead : 'delivered');
            expect(conservationDifference(await store.counts())).to.equal(0);
          }
        }),
        { numRuns: 20, seed: 7 },
      );
    });
  });
}
