import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { deliverDue } from '../../../connector/src/deliver/deliver.ts';
import { connectSalesforce } from '../../../connector/src/salesforce/jsforce-salesforce.ts';
import type { Database } from '../../../connector/src/store/database.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Store } from '../../../connector/src/store/store.ts';
import { pullSalesforce } from '../../../connector/src/track/pull-salesforce.ts';
import { NOW, samplePage } from '../../contract/store-samples.ts';
import { CLIENT_APP, loginTo } from './client-app.ts';
import { startSampleOrg, type SampleOrg } from './sample-org.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

const SENT = 'sent@seller.example';

describe('a cold start', function () {
  this.timeout(90_000);
  let sample: SampleOrg;
  let folder: string;
  let database: Database;
  let store: Store;

  before(async () => {
    sample = await startSampleOrg({ clientApps: [CLIENT_APP] });
    folder = await newDataFolder('cold-');
    database = await openPgliteDatabase(folder);
    store = await openStore(database);
  });
  after(async () => {
    await database?.close();
    await rm(folder, { recursive: true });
    await sample?.org.close();
  });

  const queueReplies = async (count: number): Promise<void> => {
    const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: sample.repId, readSince: NOW } as const;
    const { id } = await store.connectMailbox(mailbox);
    const matched = Array.from({ length: count }, (_, index) => ({
      digest: store.digest(`answer-${index}`),
      replies: [sample.taskRow(`answer-${index}`, SENT).reply],
      latches: [],
      aliasOf: [],
    }));
    await store.commitPage(samplePage(id, { matched }));
  };

  it('needs a login and eleven calls for 10,000 replies that wait', async () => {
    await sample.connect().write([sample.mailRow(SENT)]);
    await queueReplies(10_000);
    const requests = sample.org.requests.length;
    const calls = sample.org.apiCalls;
    const salesforce = connectSalesforce({ login: loginTo(sample.org.url) });
    const pulled = await pullSalesforce({ store, salesforce, now: () => NOW });
    const { delivered, stoppedBy } = await deliverDue({ store, salesforce, now: () => NOW, random: () => 0 });
    expect({ ...pulled, delivered, stoppedBy }).to.deep.equal({
      trackedMails: 1,
      enrolments: 2,
      delivered: 10_000,
      stoppedBy: undefined,
    });
    const composites = Array.from({ length: 11 }, () => '/services/data/v67.0/composite');
    const paths = sample.org.requests.slice(requests).map(({ path }) => path);
    expect(paths).to.deep.equal(['/services/oauth2/token', ...composites]);
    expect(sample.org.apiCalls - calls).to.equal(11);
    expect(salesforce.apiCalls).to.equal(11);
    expect(salesforce.apiUsage).to.deep.include({ used: sample.org.apiCalls, limit: 15_000 });
    expect(await sample.count('Task')).to.equal(10_000);
    expect(sample.org.notSimulated).to.deep.equal([]);
  });
});
