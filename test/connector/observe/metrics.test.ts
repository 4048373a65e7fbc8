import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { openMetrics, type Metrics } from '../../../connector/src/observe/metrics.ts';
import type { ApiUsage } from '../../../connector/src/salesforce/salesforce.ts';
import type { Database } from '../../../connector/src/store/database.ts';
import { readFigures } from '../../../connector/src/store/figures.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Store } from '../../../connector/src/store/store.ts';
import { emptyTables } from '../../contract/store-contract.ts';
import { NOW, REP, sampleMatch, samplePage, sampleRegistration, sampleWaiting } from '../../contract/store-samples.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

const SENT = 'sent-1@seller.example';
const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

describe('the metrics', () => {
  let folder: string;
  let database: Database;
  let store: Store;
  let mailboxId: string;
  let metrics: Metrics;
  let now: Date;
  let apiUsage: ApiUsage | undefined;

  before(async function () {
    this.timeout(60_000);
    folder = await newDataFolder('metrics-');
    database = await openPgliteDatabase(folder);
    store = await openStore(database);
  });
  after(async () => {
    await database?.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    await emptyTables(database);
    const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: REP, readSince: NOW };
    mailboxId = (await store.connectMailbox(mailbox)).id;
    now = NOW;
    apiUsage = undefined;
    metrics = openMetrics({
      figures: () => readFigures(database, now),
      counts: () => store.counts(),
      apiUsage: () => apiUsage,
    });
  });

  /** The samples of one metric, by their labels. */
  const samples = async (name: string): Promise<Record<string, number>> => {
    const lines = (await metrics.text())
      .split('\n')
      .filter((line) => new RegExp(`^reply_tracking_${name}[ {]`).test(line));
    return Object.fromEntries(
      lines.map((line) => {
        const [, labels = '', value] = /^[a-z_]+(?:\{(.*)\})? (\S+)$/.exec(line)!;
        return [labels.replaceAll('"', ''), Number(value)];
      }),
    );
  };
  const readToEnd = async (at: Date, changes = {}): Promise<void> => {
    const { cursorVersion: expectedVersion } = (await store.mailbox(mailboxId))!;
    await store.commitPage(
      samplePage(mailboxId, { cursor: { expectedVersion, next: {}, caughtUp: true }, at, ...changes }),
    );
  };

  it('tell how far reading is behind, by provider', async () => {
    expect(await samples('mailboxes')).to.deep.equal({ 'provider=imap,state=reading': 1 });
    expect(await samples('mailbox_lag_seconds')).to.deep.equal({});
    await readToEnd(NOW);
    now = minutesLater(5);
    expect(await samples('mailbox_lag_seconds')).to.deep.equal({ 'provider=imap': 300 });
    expect(await samples('oldest_unread_seconds')).to.deep.equal({ '': 300 });
    await store.setMailboxState(mailboxId, 'reconnect', 'refused');
    expect(await samples('mailboxes')).to.deep.equal({ 'provider=imap,state=reconnect': 1 });
  });

  it('tell what became of every message, and whether they add up', async () => {
    const waiting = [sampleWaiting(store, mailboxId, 'w@x', ['unknown@x'])];
    await readToEnd(NOW, { seen: 5, notReplies: 2, excluded: 1, matched: [sampleMatch(store, 'a@x', SENT)], waiting });
    expect(await samples('messages')).to.deep.equal({
      ...{
        'fate=seen': 5,
        'fate=matched': 1,
        'fate=notReply': 2,
        'fate=excluded': 1,
        'fate=waiting': 1,
        'fate=dead': 0,
      },
    });
    expect(await samples('conservation_difference')).to.deep.equal({ '': 0 });
    await readToEnd(NOW, { seen: 1 });
    expect(await samples('conservation_difference')).to.deep.equal({ '': 1 });
  });

  it('tell what waits for Salesforce, how long, and what it refused', async () => {
    await store.register([sampleRegistration(store, SENT, { deliver: true })], NOW);
    await readToEnd(NOW, { seen: 1, matched: [sampleMatch(store, 'a@x', SENT)] });
    now = minutesLater(1);
    expect(await samples('outbox_items')).to.deep.equal({ 'type=Task': 1, 'type=TrackedEmail': 1 });
    expect(await samples('outbox_oldest_seconds')).to.deep.equal({ '': 60 });
    expect([await samples('halts'), await samples('held_people')]).to.deep.equal([{ '': 1 }, { '': 1 }]);
    expect(await samples('unhalted_sequences')).to.deep.equal({ '': 0 });
    const reasons = ['STRING_TOO_LONG: Subject: too long', 'A CODE OF <their own>: words'];
    const items = await store.outboxDue(now, 2);
    await store.recordDeliveries(
      items.map(({ id }, place) => ({ id, outcome: 'dead' as const, reason: reasons[place]! })),
      now,
    );
    expect(await samples('dead_letters')).to.deep.equal({ 'class=permanent': 1, 'class=unknown': 1 });
    expect(await samples('outbox_items')).to.deep.equal({});
  });

  it('tell what became of the notifications of each provider, under no label that a stranger could choose', async () => {
    expect(await samples('notifications_total')).to.deep.equal({});
    for (const outcome of ['accepted', 'accepted', 'forged'] as const) metrics.notified('gmail', outcome);
    metrics.notified('graph', 'unknown');
    metrics.notified('/told/<script>', 'malformed');
    expect(await samples('notifications_total')).to.deep.equal({
      'provider=gmail,outcome=accepted': 2,
      'provider=gmail,outcome=forged': 1,
      'provider=graph,outcome=unknown': 1,
      'provider=other,outcome=malformed': 1,
    });
    expect(await samples('notifications_total')).to.include({ 'provider=gmail,outcome=accepted': 2 });
  });

  it('tell the API calls that are left, once the org has said so', async () => {
    expect(await samples('salesforce_api_calls_left')).to.deep.equal({});
    apiUsage = { used: 900, limit: 1000, at: NOW };
    expect(await samples('salesforce_api_calls_left')).to.deep.equal({ '': 100 });
  });

  it('count how long replies took', async () => {
    const reply = { replyKey: 'k', recordId: undefined, trace: undefined, provider: 'gmail' };
    metrics.delivered([
      { ...reply, seconds: 4 },
      { ...reply, seconds: 400 },
      { ...reply, seconds: undefined },
    ]);
    expect(await samples('detection_seconds_count')).to.deep.equal({ 'provider=gmail': 2 });
    expect((await samples('detection_seconds_bucket'))['le=5,provider=gmail']).to.equal(1);
  });

  it('have as many lines with 10,000 mailboxes as with one, and name none of them', async () => {
    await readToEnd(NOW);
    const lines = async (): Promise<number> => (await metrics.text()).split('\n').length;
    const one = await lines();
    await database.query(
      `insert into mailbox (provider, address, owner_id, read_since, caught_up_at)
       select 'imap', 'rep-' || n || '@seller.example', $1, $2, $2 from generate_series(1, 10000) as n`,
      [REP, NOW],
    );
    expect(await lines()).to.equal(one);
    expect(await samples('mailboxes')).to.deep.equal({ 'provider=imap,state=active': 10_001 });
    await database.query(
      `update mailbox set provider = 'x' || id, last_error = 'of ' || address where address like 'rep-%'`,
    );
    expect(await lines()).to.be.at.most(one + 2);
    expect(await metrics.text()).to.not.match(/@|seller|rep-/);
  });
});
