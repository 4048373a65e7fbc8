import { expect } from 'chai';

import { deliverDue } from '../../connector/src/deliver/deliver.ts';
import { openPostgresDatabase } from '../../connector/src/store/postgres-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { headerBlock } from '../connector/sync/header-text.ts';
import { memoryMailbox } from '../connector/sync/memory-mailbox.ts';
import { startSampleOrg, type SampleOrg } from '../connector/salesforce/sample-org.ts';
import { NOW, putOffReports, sampleRegistration } from '../contract/store-samples.ts';
import { startPostgresql, type Postgresql } from '../servers/postgresql.ts';
import { requireServer } from '../servers/require-server.ts';

const SENT = 'sent-before-the-backup@seller.example';

describe('a PostgreSQL database that is restored from an older backup', function () {
  this.timeout(60_000);
  let postgresql: Postgresql;
  let sample: SampleOrg | undefined;

  before(async function () {
    requireServer(this, 'postgresql');
    postgresql = await startPostgresql();
    sample = await startSampleOrg();
  });
  after(() => sample?.org.close());

  it('reads on from the older place: what is in Salesforce since then stays single, and later replies are found', async () => {
    const { admin, repId, ...org } = sample!;
    const salesforce = org.connect();
    const mailbox = memoryMailbox();
    const answer = (number: number): unknown =>
      mailbox.deliver({ fields: headerBlock({ id: `answer-${number}@buyer.example`, inReplyTo: SENT }) });
    /** Reads and writes with the database of this URL, as a process does that then ends. */
    const work = async (url: string, prepare?: (store: Store) => Promise<unknown>): Promise<void> => {
      const store = await openStore(await openPostgresDatabase(url));
      await prepare?.(store);
      const [row] = await store.mailboxes();
      await syncMailbox(row!.id, { store, ownSide: ownSideOf([]), mailboxOf: () => mailbox, now: () => NOW });
      const written = await deliverDue({ store, salesforce, now: () => NOW, random: () => 0 });
      expect(written).to.include({ retried: 0, dead: 0, stoppedBy: undefined });
      await store.close();
    };
    const tasks = async (): Promise<number> =>
      (await admin.query('SELECT COUNT() FROM Task WHERE ReplyKey__c != null')).totalSize;

    const url = await postgresql.createDatabase();
    answer(1);
    await work(url, async (store) => {
      const address = { provider: 'imap', address: 'rep@seller.example' };
      await store.connectMailbox({ ...address, ownerId: repId, readSince: new Date(0) });
      await store.register([sampleRegistration(store, SENT, { mail: org.mailRow(SENT).mail, deliver: true })], NOW);
      await putOffReports(store);
    });
    const backup = await postgresql.createDatabase(url);
    answer(2);
    answer(3);
    await work(url);
    expect(await tasks()).to.equal(3);

    answer(4);
    await work(backup);
    expect(await tasks()).to.equal(4);
  });
});
