import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { deliverDue } from '../../connector/src/deliver/deliver.ts';
import type { Salesforce } from '../../connector/src/salesforce/salesforce.ts';
import type { Database } from '../../connector/src/store/database.ts';
import { openPgliteDatabase } from '../../connector/src/store/pglite-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { pullSalesforce } from '../../connector/src/track/pull-salesforce.ts';
import { startSampleOrg, type SampleOrg } from '../connector/salesforce/sample-org.ts';
import { headerBlock, sentText, type HeaderText } from '../connector/sync/header-text.ts';
import { memoryMailbox, type MemoryMailbox } from '../connector/sync/memory-mailbox.ts';
import { daysLater, NOW } from '../contract/store-samples.ts';
import { newDataFolder } from '../fixtures/data-folder.ts';

const MAIL = 'offer@seller.example';
const OTHER = 'second-offer@seller.example';
const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

describe('The figures of a tracked mail', function () {
  this.timeout(60_000);
  let folder: string;
  let database: Database;
  let store: Store;
  let sample: SampleOrg;
  let salesforce: Salesforce;
  let now = NOW;
  const mailboxes = new Map<string, MemoryMailbox>();

  before(async () => {
    folder = await newDataFolder('figures-');
    database = await openPgliteDatabase(folder);
    store = await openStore(database);
    sample = await startSampleOrg();
    salesforce = sample.connect();
    for (const address of ['rep@seller.example', 'boss@seller.example']) {
      const row = { provider: 'imap', address, ownerId: sample.repId, readSince: daysLater(-1) };
      mailboxes.set((await store.connectMailbox(row)).id, memoryMailbox());
    }
    await pullSalesforce({ store, salesforce, now: () => now });
    for (const id of [MAIL, OTHER]) rep().deliver({ fields: headerBlock(sentText(id)), folder: 'sent' });
  });
  after(async () => {
    await sample?.org.close();
    await database?.close();
    await rm(folder, { recursive: true });
  });

  const rep = (): MemoryMailbox => [...mailboxes.values()][0]!;
  const arrives = (minutes: number, text: HeaderText, where = rep()): void =>
    void where.deliver({ fields: headerBlock({ inReplyTo: MAIL, ...text }), receivedAt: minutesLater(minutes) });
  /** Reads every mailbox and delivers, at that minute. */
  const run = async (minute: number): Promise<void> => {
    now = minutesLater(minute);
    const ownSide = ownSideOf([{ address: 'rep@seller.example' }]);
    const options = { store, ownSide, mailboxOf: (id: string) => mailboxes.get(id), now: () => now };
    for (const id of mailboxes.keys()) await syncMailbox(id, options);
    await deliverDue({ store, salesforce, now: () => now, random: () => 0 });
  };
  const figures = async (key: string): Promise<Record<string, unknown>> => {
    const fields = 'ReplyCount__c, FirstReplyAt__c, LastReplyAt__c, LastReplyKind__c';
    const { records } = await sample.admin.query<Record<string, unknown>>(
      `SELECT ${fields} FROM TrackedEmail__c WHERE MessageKey__c = '${key}'`,
    );
    const { attributes: _, ...found } = records[0]!;
    return found;
  };

  it('say how often people answered, when first, and what came last', async () => {
    arrives(1, { id: 'away@buyer.example', extra: ['Auto-Submitted: auto-replied'], subject: 'Automatic reply' });
    await run(1);
    arrives(2, { id: 'yes@buyer.example' });
    arrives(3, { id: 'colleague@buyer.example', from: 'Someone <someone@buyer.example>' });
    arrives(4, { id: 'mate@seller.example', from: 'Mate <mate@seller.example>' });
    await run(5);
    await run(6);
    await run(10);
    expect(await figures(MAIL)).to.deep.equal({
      ReplyCount__c: 2,
      FirstReplyAt__c: '2026-03-02T09:02:00.000+0000',
      LastReplyAt__c: '2026-03-02T09:04:00.000+0000',
      LastReplyKind__c: 'Human',
    });
  });

  it('count an answer once that lies in two mailboxes, and one that comes late in its own time', async () => {
    const boss = [...mailboxes.values()][1]!;
    arrives(2, { id: 'yes@buyer.example' }, boss);
    arrives(0, { id: 'late@buyer.example' });
    await run(20);
    await run(30);
    expect(await figures(MAIL)).to.include({
      ReplyCount__c: 3,
      FirstReplyAt__c: '2026-03-02T09:00:00.000+0000',
      LastReplyAt__c: '2026-03-02T09:04:00.000+0000',
    });
  });

  it('are empty for a mail that nobody answered', async () => {
    expect(await figures(OTHER)).to.include({ ReplyCount__c: null, LastReplyAt__c: null });
  });

  it('are what the Tasks of the org come to', async () => {
    const { records } = await sample.admin.query<{ people: number }>(
      `SELECT COUNT(Id) people FROM Task WHERE TrackedEmail__r.MessageKey__c = '${MAIL}'
       AND ReplyKind__c = 'Human' AND Replier__c != 'Internal'`.replace(/\s+/g, ' '),
    );
    expect(await figures(MAIL)).to.include({ ReplyCount__c: records[0]?.people });
  });
});
