import { expect } from 'chai';

import { openPgliteDatabase } from '../../connector/src/store/pglite-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { sampleMail, samplePage, sampleRegistration, sampleReply } from '../contract/store-samples.ts';
import { startConnector, type ConnectorProcess } from '../journeys/connector-process.ts';
import { startSalesStage, type Prospect, type SalesStage } from '../journeys/sales-stage.ts';
import { until } from '../servers/poll.ts';
import { holdAnswer, type HeldLine } from './held-line.ts';

const SENT = 'sent-before-the-stop@seller.example';
const REPLIES = 3;

describe('a service that is told to stop while it writes', function () {
  this.timeout(60_000);
  let stage: SalesStage;
  let prospect: Prospect;
  let line: HeldLine | undefined;
  let connector: ConnectorProcess | undefined;

  before(async () => {
    stage = await startSalesStage('rep@seller.example');
    prospect = await stage.enrol();
  });
  after(async () => {
    await connector?.kill();
    await line?.close();
    await stage?.close();
  });

  const withStore = async (work: (store: Store) => Promise<unknown>): Promise<void> => {
    const store = await openStore(await openPgliteDatabase(stage.dataFolder));
    await work(store).finally(() => store.close());
  };
  /** A mail and its answers wait to be written, after an org that failed: it is tried with the mail alone. */
  const fill = async (store: Store): Promise<void> => {
    const at = new Date();
    const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: stage.userId, readSince: at };
    const { id } = await store.connectMailbox(mailbox);
    const person = { personId: prospect.contactId, campaignStatusId: prospect.statusId };
    const recipients = [{ address: prospect.address, role: 'To' as const, ...person }];
    const mail = sampleMail(SENT, { ownerId: stage.userId, recipients });
    await store.register([sampleRegistration(store, SENT, { mail, deliver: true })], at);
    const matched = Array.from({ length: REPLIES }, (_, number) => ({
      digest: store.digest(`answer-${number}`),
      replies: [sampleReply(`answer-${number}`, SENT, { ownerId: stage.userId, ...person })],
      ...{ latches: [], aliasOf: [] },
    }));
    await store.commitPage(samplePage(id, { matched }));
    await store.takeDeliveryTurn({ holder: 'before', at, until: at });
    await store.endDeliveryTurn({ holder: 'before', at, calls: 1, usedUntil: undefined, failures: 1, pausedUntil: at });
  };

  it('ends in order after the batch that is under way, and writes the rest once after its next start', async () => {
    await withStore(fill);
    line = await holdAnswer(stage.org.url, SENT);
    connector = await startConnector({ ...stage.variables, SALESFORCE_INSTANCE_URL: line.url });
    await line.held;
    const ended = connector.stop();
    await until('the stop', () => Promise.resolve(connector!.log().includes('Stopping')));
    line.release();
    expect(await ended, connector.log()).to.equal(0);
    expect(connector.log()).to.include('"delivered":1,');
    expect(await stage.tasksNow(prospect)).to.deep.equal([]);

    connector = await startConnector(stage.variables);
    await stage.tasks(prospect, REPLIES, () => connector!.log());
    expect(await connector.stop()).to.equal(0);
    expect(await stage.tasksNow(prospect)).to.have.lengthOf(REPLIES);
  });

  it('ends in order although an org that it writes to never answers, and writes once after its next start', async () => {
    await withStore(async (store) => {
      const answer = sampleReply('late-answer', SENT, {
        ownerId: stage.userId,
        personId: prospect.contactId,
        campaignStatusId: prospect.statusId,
      });
      const match = { digest: store.digest('late-answer'), replies: [answer], latches: [], aliasOf: [] };
      const [mailbox] = await store.mailboxes();
      await store.commitPage(samplePage(mailbox!.id, { matched: [match] }));
    });
    await line?.close();
    line = await holdAnswer(stage.org.url, SENT);
    connector = await startConnector({ ...stage.variables, SALESFORCE_INSTANCE_URL: line.url });
    await line.held;
    expect(await connector.stop(), connector.log()).to.equal(0);

    connector = await startConnector(stage.variables);
    await stage.tasks(prospect, REPLIES + 1, () => connector!.log());
    expect(await connector.stop()).to.equal(0);
    expect(await stage.tasksNow(prospect)).to.have.lengthOf(REPLIES + 1);
  });
});
