import { expect } from 'chai';

import { ActionableError } from '../../../connector/src/errors.ts';
import { MailboxError } from '../../../connector/src/mailbox/mailbox-error.ts';
import { conservationDifference } from '../../../connector/src/store/conservation.ts';
import type { MailboxRow } from '../../../connector/src/store/store.ts';
import { daysLater, NOW, PERSON, STATUS } from '../../contract/store-samples.ts';
import { headerBlock, sentText } from './header-text.ts';
import { syncMailbox } from '../../../connector/src/sync/sync-mailbox.ts';
import { newWorld, type SyncWorld } from './sync-world.ts';

const SENT = 'sent-1@seller.example';

describe('syncMailbox', () => {
  let world: SyncWorld;
  beforeEach(async () => {
    world = await newWorld();
  });
  afterEach(async () => expect(conservationDifference(await world.store.counts())).to.equal(0));

  const row = async (): Promise<MailboxRow> => (await world.store.mailbox(world.mailboxId))!;
  const answer = (id: string, cited = SENT): string =>
    world.mailbox.deliver({ fields: headerBlock({ id, inReplyTo: cited }) });
  const answers = (count: number): void => {
    for (let number = 1; number <= count; number += 1) answer(`answer-${number}@buyer.example`);
  };
  const failure = (changes?: Parameters<SyncWorld['sync']>[0]): Promise<unknown> =>
    world.sync(changes).catch((error: unknown) => error);

  it('reads a mailbox to its end: the sent mail first, then its answer, although that arrived before', async () => {
    await world.enrol();
    answer('answer-1@buyer.example');
    world.mailbox.deliver({ fields: headerBlock(sentText(SENT)), folder: 'sent' });
    expect(await world.sync()).to.deep.equal({ messages: 2, newReplies: 1, more: false });
    expect((await world.outbox()).map(({ type }) => type)).to.deep.equal(['TrackedEmail', 'Task']);
    expect((await world.replies())[0]).to.include({ messageKey: SENT, personId: PERSON, campaignStatusId: STATUS });
    expect(await world.store.isLatched(PERSON)).to.equal(true);
    expect((await row()).caughtUpAt).to.deep.equal(NOW);
    expect(await world.store.counts()).to.include({ seen: 2, matched: 1, waiting: 0 });
  });

  it('leaves mail alone that is older than the first read reaches back', async () => {
    await world.register(SENT);
    world.mailbox.deliver({
      fields: headerBlock({ id: 'old@buyer.example', inReplyTo: SENT }),
      receivedAt: daysLater(-2),
    });
    expect(await world.sync()).to.deep.equal({ messages: 0, newReplies: 0, more: false });
  });

  it('finds nothing new when nothing is new', async () => {
    await world.register(SENT);
    answers(2);
    await world.sync();
    expect(await world.sync()).to.deep.equal({ messages: 0, newReplies: 0, more: false });
    expect(await world.replies()).to.have.lengthOf(2);
  });

  it('gives the name of the run to its pages, and to the Tasks that come of them', async () => {
    await world.register(SENT);
    world.mailbox.deliver({ fields: headerBlock({ id: 'answer@buyer.example', inReplyTo: SENT }) });
    const pages: (string | undefined)[] = [];
    await world.sync({ trace: 'run-1', onPage: ({ trace }) => void pages.push(trace) });
    const [item] = await world.outbox();
    const delivered = await world.store.recordDeliveries([{ id: item!.id, outcome: 'delivered' }], NOW);
    expect([...pages, ...delivered.map(({ trace }) => trace)]).to.deep.equal(['run-1', 'run-1']);
  });

  it('tells of each committed page', async () => {
    answers(3);
    world.mailbox.pageSize = 2;
    const pages: number[] = [];
    await world.sync({ onPage: ({ messages }) => pages.push(messages) });
    expect(pages).to.deep.equal([2, 1]);
  });

  it('does nothing for a mailbox that this process has no way into, or that nobody knows', async () => {
    answers(1);
    expect(await world.sync({ mailboxOf: () => undefined })).to.deep.equal({ messages: 0, newReplies: 0, more: false });
    expect(await world.sync({ mailboxOf: () => world.mailbox })).to.include({ messages: 1 });
    expect(world.mailbox.reads).to.equal(1);
  });

  it('goes on where a run was ended in the middle, and finds every reply once', async () => {
    await world.register(SENT);
    answers(5);
    world.mailbox.pageSize = 2;
    const stop = new AbortController();
    const first = await world.sync({ signal: stop.signal, onPage: () => stop.abort() });
    expect(first).to.deep.equal({ messages: 2, newReplies: 2, more: true });
    expect((await row()).caughtUpAt).to.equal(undefined);
    expect(await world.sync()).to.deep.equal({ messages: 3, newReplies: 3, more: false });
    expect(await world.replies()).to.have.lengthOf(5);
  });

  it('goes on behind the last committed page when a later one fails, and loses nothing', async () => {
    await world.register(SENT);
    answers(5);
    world.mailbox.pageSize = 2;
    const outage = new MailboxError('retry', 'imap.seller.example does not answer.');
    const failed = await failure({ onPage: () => void (world.mailbox.failure = outage) });
    expect(failed).to.equal(outage);
    expect(await row()).to.include({ state: 'active', lastError: outage.message });
    // The second page was being read while the first was stored.
    expect(await world.replies()).to.have.lengthOf(4);
    world.mailbox.failure = undefined;
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 1, more: false });
    expect(await row()).to.include({ state: 'active', lastError: undefined });
  });

  it('remembers at the mailbox why its credential does not open, and tries again', async () => {
    world.mailbox.failure = new ActionableError('The credential does not open.', ['Bring the key back.']);
    expect(await failure()).to.equal(world.mailbox.failure);
    expect(await row()).to.include({ state: 'active', lastError: 'The credential does not open.' });
  });

  it('stores nothing of a page that another worker has read meanwhile, and stops', async () => {
    await world.register(SENT);
    answers(3);
    world.mailbox.pageSize = 2;
    let overtaking: Promise<unknown> | undefined;
    const slow = {
      ...world.mailbox,
      changesSince: async (...asked: Parameters<typeof world.mailbox.changesSince>) => {
        const page = await world.mailbox.changesSince(...asked);
        await (overtaking ??= world.sync());
        return page;
      },
    };
    expect(await world.sync({ mailboxOf: () => slow })).to.deep.equal({ messages: 0, newReplies: 0, more: false });
    expect(await overtaking).to.deep.equal({ messages: 3, newReplies: 3, more: false });
    expect((await row()).cursorVersion).to.equal(2);
    expect(await world.replies()).to.have.lengthOf(3);
  });

  it('reads again from a day before the last complete read when its place is lost, and nothing twice', async () => {
    await world.register(SENT);
    const readAt = daysLater(10);
    answers(2);
    await world.sync({ now: () => readAt });
    const at = (days: number, id: string): string =>
      world.mailbox.deliver({ fields: headerBlock({ id, inReplyTo: SENT }), receivedAt: daysLater(days) });
    at(8.9, 'before@buyer.example');
    at(9.1, 'within@buyer.example');
    world.mailbox.forgetPlaces();
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 1, more: false });
    expect(await world.replies()).to.have.lengthOf(3);
    at(12, 'after@buyer.example');
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 1, more: false });
  });

  it('reads again from the start when its place is lost during the first read', async () => {
    await world.register(SENT);
    answers(5);
    world.mailbox.pageSize = 2;
    let pages = 0;
    const summary = await world.sync({
      onPage: () => {
        pages += 1;
        if (pages === 1) world.mailbox.forgetPlaces();
      },
    });
    expect(summary).to.deep.equal({ messages: 9, newReplies: 5, more: false });
    expect(await world.replies()).to.have.lengthOf(5);
    expect(await world.store.counts()).to.include({ seen: 5, matched: 5 });
  });

  it('reads a page while the one before is stored, and none behind the last', async () => {
    answers(4);
    world.mailbox.pageSize = 2;
    const reads: number[] = [];
    const { store } = world;
    const commitPage: typeof store.commitPage = async (page) => {
      const outcome = await store.commitPage(page);
      reads.push(world.mailbox.reads);
      return outcome;
    };
    await world.sync({ store: { ...store, commitPage } });
    expect(reads).to.deep.equal([2, 2]);
  });

  it('decides about a page that was read ahead by what the page before led to', async () => {
    await world.register(SENT);
    answer('answer-1@buyer.example');
    answer('answer-2@buyer.example', 'answer-1@buyer.example');
    world.mailbox.pageSize = 1;
    expect(await world.sync()).to.deep.equal({ messages: 2, newReplies: 2, more: false });
    expect(await world.store.counts()).to.include({ waiting: 0 });
  });

  it('forgets a page that was read ahead when the one before cannot be stored, and says only that', async () => {
    answers(4);
    world.mailbox.pageSize = 2;
    const refused = new Error('The disk is full.');
    const commitPage = (): Promise<never> => {
      world.mailbox.failure = new MailboxError('retry', 'Busy.');
      return Promise.reject(refused);
    };
    expect(await failure({ store: { ...world.store, commitPage } })).to.equal(refused);
    world.mailbox.failure = undefined;
    expect(await world.sync()).to.include({ messages: 4 });
  });

  it('asks a provider that refuses the place it has just given for no other one in the same run', async () => {
    const gone = new MailboxError('cursor_expired', 'Unknown place.');
    const forgetful = { ...world.mailbox, changesSince: () => Promise.reject(gone) };
    expect(await failure({ mailboxOf: () => forgetful })).to.equal(gone);
    expect(await row()).to.include({ cursorVersion: 1, lastError: gone.message });
    answers(1);
    expect(await world.sync()).to.include({ messages: 1 });
  });

  it('records a dead grant at the mailbox, ends the run, and is active again when the mailbox can be read', async () => {
    await world.register(SENT);
    answers(1);
    world.mailbox.failure = new MailboxError('reconnect', 'rep@seller.example: the password was refused.');
    expect(await world.sync()).to.deep.equal({ messages: 0, newReplies: 0, more: false });
    expect(await row()).to.include({ state: 'reconnect', lastError: world.mailbox.failure.message });
    world.mailbox.failure = new MailboxError('retry', 'Busy.');
    expect(await failure()).to.equal(world.mailbox.failure);
    expect(await row()).to.include({ state: 'reconnect' });
    world.mailbox.failure = undefined;
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 1, more: false });
    expect(await row()).to.include({ state: 'active', lastError: undefined });
  });

  it('records a grant that dies while a lost place is taken up again', async () => {
    await world.sync();
    world.mailbox.forgetPlaces();
    const refused = new MailboxError('reconnect', 'Consent was withdrawn.');
    const mailbox = { ...world.mailbox, openingCursor: () => Promise.reject(refused) };
    expect(await world.sync({ mailboxOf: () => mailbox })).to.deep.equal({ messages: 0, newReplies: 0, more: false });
    expect(await row()).to.include({ state: 'reconnect', lastError: refused.message });
  });

  it('counts one reply that two reps have received as one Task', async () => {
    await world.register(SENT);
    const other = await world.connect('other@seller.example');
    answer('answer-1@buyer.example');
    other.mailbox.deliver({ fields: headerBlock({ id: 'answer-1@buyer.example', inReplyTo: SENT }) });
    await world.sync();
    expect(await syncMailbox(other.id, world.options)).to.deep.equal({ messages: 1, newReplies: 0, more: false });
    expect(await world.replies()).to.have.lengthOf(1);
  });

  it('finds the mail that a delivery report is about in the parts of the report', async () => {
    await world.register(SENT);
    const fields = headerBlock({
      id: 'report@mx.example',
      from: 'MAILER-DAEMON@mx.example',
      extra: ['Return-Path: <>', 'Content-Type: multipart/report; report-type=delivery-status'],
    });
    const parts = {
      status: Buffer.from(
        'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; lead@buyer.example\r\nAction: failed\r\n',
      ),
      returned: Buffer.from(`Message-ID: <${SENT}>\r\nTo: lead@buyer.example\r\n`),
    };
    world.mailbox.deliver({ fields, parts });
    await world.sync();
    expect((await world.replies())[0]).to.include({ kind: 'bounce', matchedBy: 'Delivery Report', personId: PERSON });
    expect(await world.store.isLatched(PERSON)).to.equal(false);
  });
});
