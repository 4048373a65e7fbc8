import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { deliverInTurn, type TurnDelivery } from '../../../connector/src/deliver/deliver-in-turn.ts';
import { SHORTEST_MS } from '../../../connector/src/deliver/pace.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import type { SalesforceWrite } from '../../../connector/src/salesforce/salesforce.ts';
import type { Database } from '../../../connector/src/store/database.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Store } from '../../../connector/src/store/store.ts';
import { emptyTables } from '../../contract/store-contract.ts';
import { NOW, putOffReports, samplePage, sampleReply } from '../../contract/store-samples.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

const SENT = 'sent@seller.example';

/** An org of which only the calls count: it takes every row, or fails as a whole. */
class CountedOrg {
  apiCalls = 0;
  apiUsage = undefined;
  fault: SalesforceError | undefined;
  readonly batches: string[][] = [];

  async write(rows: readonly SalesforceWrite[]) {
    this.apiCalls += 1;
    await Promise.resolve();
    if (this.fault) throw this.fault;
    this.batches.push(rows.map(({ key }) => key));
    return rows.map(({ key }) => ({ key, outcome: 'written' as const, recordId: undefined }));
  }
}

describe('a delivery in its turn', () => {
  let folder: string;
  let database: Database;
  let store: Store;
  let mailboxId: string;
  let org: CountedOrg;
  let now: Date;
  let answers = 0;

  before(async function () {
    this.timeout(60_000);
    folder = await newDataFolder('deliver-in-turn-');
    database = await openPgliteDatabase(folder);
    store = await openStore(database);
  });
  after(async () => {
    await database?.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    now = NOW;
    org = new CountedOrg();
    await emptyTables(database);
    const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: '005000000000001AAA', readSince: NOW };
    mailboxId = (await store.connectMailbox(mailbox)).id;
    await putOffReports(store);
  });

  const delivery = (changes: Partial<TurnDelivery> = {}): TurnDelivery => ({
    ...{ store, salesforce: org, now: () => now, random: () => 0, holder: 'one', dailyCalls: 1000, ...changes },
  });
  const wait = (ms: number): void => void (now = new Date(now.getTime() + ms));
  /** Puts replies into the outbox and returns their keys, the oldest first. */
  const replies = async (count: number): Promise<string[]> => {
    const matched = Array.from({ length: count }, () => {
      const id = `answer-${(answers += 1)}@buyer.example`;
      return { digest: store.digest(id), replies: [sampleReply(id, SENT)], latches: [], aliasOf: [] };
    });
    await store.commitPage(samplePage(mailboxId, { matched }));
    return (await store.outboxDue(now, 10_000)).map(({ key }) => key);
  };
  const away = (): SalesforceError => new SalesforceError('retry', 'under maintenance', []);

  it('writes the first replies at once and says from when on the next may be', async () => {
    for (let count = 0; count < 8; count += 1) {
      await replies(1);
      expect(await deliverInTurn(delivery())).to.include({ delivered: 1, pauseUntil: undefined });
    }
    await replies(1);
    const held = await deliverInTurn(delivery());
    expect(held).to.include({ delivered: 0 });
    expect(held.pauseUntil).to.deep.equal(new Date(NOW.getTime() + SHORTEST_MS));
    wait(SHORTEST_MS);
    expect(await deliverInTurn(delivery())).to.include({ delivered: 1 });
    expect(org.apiCalls).to.equal(9);
  });

  it('writes at once for a person who waits for it', async () => {
    for (let count = 0; count < 9; count += 1) {
      await replies(1);
      expect(await deliverInTurn(delivery(), { asked: true })).to.include({ delivered: 1 });
    }
  });

  it('lets one process at a time write into the org', async () => {
    await replies(1);
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const slow = {
      ...{ apiCalls: 0, apiUsage: undefined },
      write: async (rows: readonly SalesforceWrite[]) => {
        begun.resolve();
        await finish.promise;
        return org.write(rows);
      },
    };
    const first = deliverInTurn(delivery({ salesforce: slow }));
    await begun.promise;
    const second = await deliverInTurn(delivery({ holder: 'two' }));
    expect(second).to.include({ delivered: 0, isOthersTurn: true });
    expect(org.apiCalls).to.equal(0);
    finish.resolve();
    expect(await first).to.include({ delivered: 1, isOthersTurn: false });
  });

  it('takes the turn of a process that died or was paused, and the paused one writes no further batch', async () => {
    await replies(1500);
    const paused = {
      ...{ apiCalls: 0, apiUsage: undefined },
      write: async (rows: readonly SalesforceWrite[]) => {
        wait(200_000);
        const other = await deliverInTurn(delivery({ holder: 'two' }));
        expect(other).to.include({ delivered: 1500 });
        return org.write(rows);
      },
    };
    await deliverInTurn(delivery({ salesforce: paused }));
    expect(org.batches.map((batch) => batch.length)).to.deep.equal([1000, 500, 1000]);
  });

  it('reads the outbox anew when it was paused between that and the call, for a Task may have been deleted since', async () => {
    await replies(3);
    const paused = {
      ...store,
      outboxDue: async (at: Date, limit: number) => {
        const due = await store.outboxDue(at, limit);
        if (org.batches.length > 0) return due;
        wait(1_000_000);
        expect(await deliverInTurn(delivery({ holder: 'two' }))).to.include({ delivered: 3 });
        return due;
      },
    };
    expect(await deliverInTurn(delivery({ store: paused }))).to.include({ delivered: 0 });
    expect(org.batches.map((batch) => batch.length)).to.deep.equal([3]);
  });

  it('leaves an org alone that is away, ever longer, tries it with one row, and then drains oldest first', async () => {
    const keys = await replies(2500);
    org.fault = away();
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const { stoppedBy, pauseUntil } = await deliverInTurn(delivery());
      expect(stoppedBy).to.equal(org.fault);
      expect(pauseUntil!.getTime() - now.getTime()).to.equal(seconds * 1000);
      const calls = org.apiCalls;
      expect(await deliverInTurn(delivery())).to.deep.include({ delivered: 0, pauseUntil });
      expect(org.apiCalls).to.equal(calls);
      now = pauseUntil!;
    }
    org.fault = undefined;
    wait(120_000);
    expect(await deliverInTurn(delivery())).to.include({ delivered: 2500, stoppedBy: undefined });
    expect(org.batches.map((batch) => batch.length)).to.deep.equal([1, 1000, 1000, 499]);
    expect(org.batches.flat()).to.deep.equal(keys);
  });

  it('lets a row that makes every call fail stand back, so that the others are written', async () => {
    const [poison, ...others] = await replies(20);
    org.write = async (rows) => {
      org.apiCalls += 1;
      await Promise.resolve();
      if (rows.some(({ key }) => key === poison)) throw away();
      org.batches.push(rows.map(({ key }) => key));
      return rows.map(({ key }) => ({ key, outcome: 'written' as const, recordId: undefined }));
    };
    for (let run = 0; run < 4; run += 1) now = (await deliverInTurn(delivery())).pauseUntil ?? now;
    expect(org.batches.flat()).to.deep.equal(others);
  });

  it('makes no call for a login that fails, and pauses all the same', async () => {
    await replies(1);
    const salesforce = { apiCalls: 0, apiUsage: undefined, write: () => Promise.reject(away()) };
    const { pauseUntil } = await deliverInTurn(delivery({ salesforce }));
    expect(await deliverInTurn(delivery({ salesforce }))).to.deep.include({ stoppedBy: undefined, pauseUntil });
  });

  it('tells when the budget of calls is nearly used up, and again when there is room', async () => {
    await replies(1);
    expect(await deliverInTurn(delivery({ dailyCalls: 1 }))).to.include({ delivered: 1, budget: 'used-up' });
    wait(25 * 3_600_000);
    expect(await deliverInTurn(delivery({ dailyCalls: 1 }))).to.include({ budget: 'ample' });
  });
});
