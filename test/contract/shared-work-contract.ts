import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import type { ServiceStart, Store } from '../../connector/src/store/store.ts';
import { daysLater, NOW, REP, sampleMatch, samplePage, sampleRegistration } from './store-samples.ts';

interface Parts {
  readonly store: Store;
  readonly mailboxId: string;
}

const newService = (changes: Partial<ServiceStart> = {}): ServiceStart => ({
  ...{ id: randomUUID(), host: 'worker-1', pid: 42, version: '1.0.0', startedAt: NOW },
  ...changes,
});

/** What the store promises of the processes that share it. */
export function describeServices(parts: () => Parts): void {
  describe('services', () => {
    const begin = async (): Promise<string> => {
      const service = newService();
      await parts().store.registerService(service);
      return service.id;
    };

    it('shows who runs on it, since when, with a last sign of life', async () => {
      const { store } = parts();
      const service = newService();
      await store.registerService(service);
      await store.beatService(service.id, daysLater(1));
      expect(await store.services()).to.deep.equal([{ ...service, beatAt: daysLater(1), watched: 0 }]);
      await store.endService(service.id);
      expect(await store.services()).to.deep.equal([]);
    });

    it('gives each mailbox to one service at a time', async () => {
      const { store, mailboxId } = parts();
      const id = await begin();
      expect(await store.watchMailboxes(id, 0)).to.deep.equal([]);
      expect(await store.watchMailboxes(id, 5)).to.deep.equal([mailboxId]);
      expect(await store.watchMailboxes(id, 5)).to.deep.equal([]);
      expect(await store.watchedBy(id)).to.deep.equal([mailboxId]);
      await store.unwatchMailboxes(id, [mailboxId]);
      expect(await store.watchMailboxes(id, 5)).to.deep.equal([mailboxId]);
    });

    it('frees what a service watches that is forgotten, unless it has given a sign of life since it was looked at', async () => {
      const { store } = parts();
      const id = await begin();
      await store.watchMailboxes(id, 5);
      const seen = (await store.beatService(id, NOW))!.services[0]!;
      expect(seen).to.deep.equal({ id, beats: 1, watched: 1 });
      await store.beatService(id, NOW);
      expect(await store.forgetService(seen)).to.equal(false);
      expect(await store.forgetService({ id, beats: 2 })).to.equal(true);
      expect(await store.watchedBy(id)).to.deep.equal([]);
    });

    it('ends the turn to write of a service that is forgotten, and of no other', async () => {
      const { store } = parts();
      const [id, other] = [await begin(), randomUUID()];
      const until = daysLater(1);
      await store.takeDeliveryTurn({ holder: other, at: NOW, until });
      await store.forgetService({ id, beats: 0 });
      expect(await store.deliveryTurn(NOW)).to.include({ holder: other });
      const dead = newService({ id: other });
      await store.registerService(dead);
      await store.takeDeliveryTurn({ holder: other, at: NOW, until });
      await store.forgetService({ id: other, beats: 0 });
      expect(await store.takeDeliveryTurn({ holder: randomUUID(), at: NOW, until })).to.equal(true);
    });

    it('ends the turn to write of a service that ends', async () => {
      const { store } = parts();
      const [id, until] = [await begin(), daysLater(1)];
      await store.takeDeliveryTurn({ holder: id, at: NOW, until });
      await store.endService(id);
      expect(await store.takeDeliveryTurn({ holder: randomUUID(), at: NOW, until })).to.equal(true);
    });

    it('tells a service that was taken for dead so, and gives it no mailbox any more', async () => {
      const { store } = parts();
      const id = await begin();
      await store.forgetService({ id, beats: 0 });
      expect(await store.beatService(id, NOW)).to.equal(undefined);
      expect(await store.watchMailboxes(id, 5)).to.deep.equal([]);
    });

    it('ends the watch of a mailbox that is disconnected', async () => {
      const { store, mailboxId } = parts();
      const id = await begin();
      await store.watchMailboxes(id, 5);
      await store.disconnectMailbox(mailboxId);
      expect(await store.watchedBy(id)).to.deep.equal([]);
    });
  });
}

/** What the store promises of looking into mailboxes that nothing is heard of. */
export function describeSweeps(parts: () => Parts): void {
  describe('sweeps', () => {
    const due = async (at = NOW): Promise<string[]> =>
      (await parts().store.dueSweeps(at, 9)).map(({ mailboxId }) => mailboxId);
    const pushOf = async () => (await parts().store.dueSweeps(daysLater(99), 9))[0]!.push;

    it('are due for a mailbox that was never swept, and again when its time has come', async () => {
      const { store, mailboxId } = parts();
      expect(await due()).to.deep.equal([mailboxId]);
      await store.scheduleSweeps([{ mailboxId, at: daysLater(1) }]);
      expect(await due()).to.deep.equal([]);
      expect(await due(daysLater(1))).to.deep.equal([mailboxId]);
    });

    it('take those that wait longest first, and no more than they are asked for', async () => {
      const { store, mailboxId } = parts();
      const { id } = await store.connectMailbox({ provider: 'imap', address: 'b@x', ownerId: REP, readSince: NOW });
      await store.scheduleSweeps([
        { mailboxId, at: daysLater(2) },
        { mailboxId: id, at: daysLater(1) },
      ]);
      expect(await due(daysLater(3))).to.deep.equal([id, mailboxId]);
      expect(await store.dueSweeps(daysLater(3), 1)).to.have.lengthOf(1);
    });

    it('know what the provider has promised and how often in a row it told of news', async () => {
      const { store, mailboxId } = parts();
      await store.recordNews(mailboxId, 'by the provider');
      expect(await pushOf()).to.deep.equal({ until: undefined, renewAt: undefined, told: 0 });
      await store.recordPush(mailboxId, daysLater(7), daysLater(1));
      await store.recordNews(mailboxId, 'by the provider');
      await store.recordNews(mailboxId, 'by the provider');
      expect(await pushOf()).to.deep.equal({ until: daysLater(7), renewAt: daysLater(1), told: 2 });
      await store.recordNews(mailboxId, 'by nobody');
      expect(await pushOf()).to.include({ told: 0 });
    });

    it('pass over a mailbox that is gone', async () => {
      const { store } = parts();
      await store.scheduleSweeps([{ mailboxId: '999', at: NOW }]);
      await store.recordPush('999', daysLater(7), daysLater(1));
      expect(await due()).to.have.lengthOf(1);
    });
  });
}

/** What the store promises of how long it keeps rows that are of no use but against doing something twice. */
export function describeLives(parts: () => Parts): void {
  describe('the lives of rows', () => {
    const SENT = 'sent-1@seller.example';
    const ANSWER = 'answer-1@buyer.example';
    const answered = async ({ delivered }: { delivered: boolean }): Promise<void> => {
      const { store, mailboxId } = parts();
      await store.register([sampleRegistration(store, SENT, { expiresAt: daysLater(365) })], NOW);
      await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, ANSWER, SENT)] }));
      const [item] = await store.outboxDue(NOW, 9);
      if (delivered) await store.recordDeliveries([{ id: item!.id, outcome: 'delivered' }], NOW);
    };
    const matched = async (): Promise<number> => {
      const { store } = parts();
      return (await store.matchedBefore([store.digest(ANSWER)])).size;
    };

    it('knows a matched message and its delivered Task for as long as anything could match it again', async () => {
      await answered({ delivered: true });
      const { store } = parts();
      const [key] = sampleMatch(store, ANSWER, SENT).replies.map(({ replyKey }) => replyKey);
      await store.expire(daysLater(399));
      expect(await matched()).to.equal(1);
      expect(await store.taskStates([key!])).to.have.lengthOf(1);
      await store.expire(daysLater(400));
      expect(await matched()).to.equal(0);
      expect(await store.taskStates([key!])).to.deep.equal([]);
    });

    it('keeps what Salesforce does not have, however old it is', async () => {
      await answered({ delivered: false });
      const { store } = parts();
      await store.expire(daysLater(4000));
      expect(await store.counts()).to.include({ outboxPending: 1 });
    });

    it('keeps a latch that holds, and forgets one that has let go after a month', async () => {
      await answered({ delivered: true });
      const { store } = parts();
      expect(await store.expire(daysLater(60))).to.equal(0);
      await store.endReadBack(await store.beginReadBack(), NOW);
      expect(await store.expire(daysLater(29))).to.equal(0);
      expect(await store.expire(daysLater(30))).to.equal(1);
    });
  });
}
