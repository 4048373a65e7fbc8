import { expect } from 'chai';

import type { Reply } from '../../../connector/src/match/reply.ts';
import { conservationDifference } from '../../../connector/src/store/conservation.ts';
import { openRehearsal } from '../../../connector/src/sync/rehearsal-store.ts';
import { syncMailbox } from '../../../connector/src/sync/sync-mailbox.ts';
import { ENROLMENT, PERSON, sampleMail, sampleRegistration } from '../../contract/store-samples.ts';
import { headerBlock, sentText, type HeaderText } from './header-text.ts';
import type { Delivered } from './memory-mailbox.ts';
import { newWorld, type SyncWorld } from './sync-world.ts';

const SENT = 'sent-1@seller.example';
const THREAD = 'gmail-7';
const SENT_AT = new Date('2026-03-01T12:00:00.000Z');
const later = (hours: number): Date => new Date(SENT_AT.getTime() + hours * 3_600_000);

type Message = Omit<Delivered, 'fields'>;

describe('a message that names no tracked mail', () => {
  let world: SyncWorld;
  beforeEach(async () => {
    world = await newWorld();
  });
  afterEach(async () => expect(conservationDifference(await world.store.counts())).to.equal(0));

  const deliver = (text: HeaderText, message: Message = {}): string =>
    world.mailbox.deliver({ fields: headerBlock(text), receivedAt: later(1), ...message });
  const deliverSent = (text: HeaderText = {}, message: Message = {}): string =>
    deliver(sentText(SENT, text), { folder: 'sent', receivedAt: SENT_AT, thread: THREAD, ...message });
  /** The replies that a dry run finds, after it has been seen that the real one finds the same. */
  const found = async (): Promise<Reply[]> => {
    const rehearsed: Reply[] = [];
    const onReplies = (replies: readonly Reply[]): void => void rehearsed.push(...replies);
    const before = await world.replies();
    await syncMailbox(world.mailboxId, { ...world.options, store: openRehearsal(world.store), onReplies });
    await world.sync();
    const replies = (await world.replies()).slice(before.length);
    expect(rehearsed).to.deep.equal(replies);
    return replies;
  };

  describe("in the provider's thread of one", () => {
    beforeEach(() => world.enrol());

    it('answers it, and leads there itself from then on', async () => {
      deliverSent();
      deliver({ id: 'a@buyer.example' }, { thread: THREAD });
      deliver({ id: 'b@buyer.example', inReplyTo: 'a@buyer.example', from: 'boss@buyer.example' });
      const replies = await found();
      expect(replies[0]).to.include({ kind: 'human', messageKey: SENT, personId: PERSON, replier: 'Recipient' });
      expect(replies[0]).to.include({ matchedBy: 'Provider Thread', confidence: 'medium' });
      expect(replies[1]).to.include({ matchedBy: 'In-Reply-To', messageKey: SENT, replier: 'Same Domain' });
      expect(await world.store.isLatched(PERSON)).to.equal(true);
    });

    it('answers it although the mail was stored before, and although it names unknown mail', async () => {
      deliverSent();
      await world.sync();
      deliver({ id: 'a@buyer.example', inReplyTo: 'deleted@buyer.example' }, { thread: THREAD });
      expect((await found()).map(({ matchedBy }) => matchedBy)).to.deep.equal(['Provider Thread']);
    });

    it('answers nothing when it is older than the mail', async () => {
      deliverSent();
      deliver({ id: 'a@buyer.example' }, { thread: THREAD, receivedAt: later(-1) });
      expect(await found()).to.deep.equal([]);
    });

    it('answers nothing when it began the thread itself, or stands in one of that name elsewhere', async () => {
      deliverSent();
      deliver({ id: 'a@buyer.example' }, { thread: THREAD, startsThread: true });
      expect(await found()).to.deep.equal([]);
      const second = await world.connect('second@seller.example');
      second.mailbox.deliver({ fields: headerBlock({ id: 'b@x' }), receivedAt: later(1), thread: THREAD });
      await syncMailbox(second.id, world.options);
      expect(await world.replies()).to.deep.equal([]);
    });

    it('answers nothing, and leads nowhere, when the rep sent it', async () => {
      deliverSent();
      deliver(
        { id: 'note@seller.example', from: 'rep@seller.example', to: 'friend@x' },
        { folder: 'sent', thread: THREAD },
      );
      expect(await found()).to.deep.equal([]);
      expect((await world.store.knownIds([world.store.digest('note@seller.example')])).size).to.equal(0);
    });

    it('halts nothing when a colleague or a mailing list wrote it', async () => {
      deliverSent();
      deliver({ id: 'a@seller.example', from: 'boss@seller.example' }, { thread: THREAD });
      deliver({ id: 'b@x', subject: 'News', extra: ['List-Id: <news.x>'] }, { thread: THREAD });
      const replies = await found();
      expect(replies.map(({ kind, replier }) => [kind, replier])).to.deep.equal([
        ['human', 'Internal'],
        ['list_bulk', 'Recipient'],
      ]);
      expect(await world.store.isLatched(PERSON)).to.equal(false);
    });

    it('is automatic when a machine wrote it', async () => {
      deliverSent();
      deliver({ id: 'a@buyer.example', extra: ['Auto-Submitted: auto-replied'] }, { thread: THREAD });
      expect((await found())[0]).to.include({ kind: 'auto_reply', personId: PERSON });
      expect(await world.store.isLatched(PERSON)).to.equal(false);
    });

    it('answers the mail to its writer, where mails to several people make one thread', async () => {
      const other = { ...ENROLMENT, campaignStatusId: 'a02000000000002AAA', personId: '003000000000002AAA' };
      await world.enrol({ ...other, address: 'other@buyer.example' });
      deliverSent();
      deliverSent({ id: 'sent-2@seller.example', to: 'other@buyer.example' }, { receivedAt: later(0.5) });
      const aside = deliver({ id: 'a@buyer.example' }, { thread: THREAD });
      expect((await found()).map(({ messageKey, personId }) => [messageKey, personId])).to.deep.equal([[SENT, PERSON]]);
      world.mailbox.remove(aside);
      deliver({ id: 'c@x', from: 'stranger@x' }, { thread: THREAD, receivedAt: later(2) });
      expect((await found()).map(({ messageKey }) => messageKey)).to.deep.equal(['sent-2@seller.example']);
    });

    it('answers the mail that it names rather than the last one of the thread', async () => {
      deliverSent();
      deliverSent({ id: 'sent-2@seller.example', inReplyTo: SENT }, { receivedAt: later(0.5) });
      deliver({ id: 'a@buyer.example', inReplyTo: SENT }, { thread: THREAD });
      const replies = await found();
      expect(replies.map(({ messageKey, matchedBy }) => [messageKey, matchedBy])).to.deep.equal([
        [SENT, 'In-Reply-To'],
      ]);
    });
  });

  describe('in the thread of a mail that becomes tracked later', () => {
    for (const [deleted, words] of [
      [false, 'answers it then'],
      [true, 'answers it then although it has been deleted'],
    ] as const) {
      it(words, async () => {
        deliverSent();
        const reference = deliver({ id: 'a@buyer.example' }, { thread: THREAD });
        expect(await found()).to.deep.equal([]);
        if (deleted) world.mailbox.remove(reference);
        await world.enrol();
        await world.sync();
        const replies = await world.replies();
        expect(replies.map(({ matchedBy, messageKey }) => [matchedBy, messageKey])).to.deep.equal([
          ['Provider Thread', SENT],
        ]);
        expect(await world.store.counts()).to.include({ waiting: 0 });
      });
    }

    it('waits for two days, and not at all when it is list mail', async () => {
      deliver({ id: 'a@buyer.example' }, { thread: THREAD });
      deliver({ id: 'b@x', subject: 'News', extra: ['List-Id: <news.x>'] }, { thread: THREAD });
      await world.sync();
      const at = (days: number): Date => new Date(world.options.now().getTime() + days * 86_400_000);
      expect(await world.store.counts()).to.include({ waiting: 1 });
      expect(await world.store.expire(at(1.9))).to.equal(0);
      expect(await world.store.expire(at(2))).to.equal(1);
    });
  });

  describe('but the recipient of one', () => {
    const bounce = (address: string, changes: HeaderText = {}): HeaderText => ({
      id: 'bounce@mx.example',
      from: 'MAILER-DAEMON@mx.example',
      subject: 'Undelivered Mail Returned to Sender',
      ...changes,
      extra: ['Return-Path: <>', `X-Failed-Recipients: ${address}`, ...(changes.extra ?? [])],
    });
    const delivered = [{ kind: 'bounce', matchedBy: 'Delivery Report', confidence: 'medium', personId: PERSON }];
    const facts = (replies: readonly Reply[]): object[] =>
      replies.map(({ kind, matchedBy, confidence, personId }) => ({ kind, matchedBy, confidence, personId }));

    it('is about that mail, when both stand in one page', async () => {
      await world.enrol();
      deliverSent();
      deliver(bounce('Lead@Buyer.example'));
      expect(facts(await found())).to.deep.equal(delivered);
      expect(await world.store.isLatched(PERSON)).to.equal(false);
    });

    it('is about that mail, when it was stored before', async () => {
      await world.register(SENT);
      deliver(bounce('lead@buyer.example'), { receivedAt: later(48) });
      expect(facts(await found())).to.deep.equal(delivered);
    });

    it('is about the last of several mails, which is less sure', async () => {
      await world.enrol();
      deliverSent();
      deliverSent({ id: 'sent-2@seller.example' }, { receivedAt: later(0.5), thread: 'gmail-8' });
      deliver(bounce('lead@buyer.example'));
      const [reply] = await found();
      expect(reply).to.include({ messageKey: 'sent-2@seller.example', confidence: 'low' });
    });

    it('is about the mail in whose thread it stands', async () => {
      await world.enrol();
      deliverSent();
      deliverSent({ id: 'sent-2@seller.example' }, { receivedAt: later(0.5), thread: 'gmail-8' });
      deliver(bounce('lead@buyer.example'), { thread: THREAD });
      expect((await found())[0]).to.include({ messageKey: SENT, matchedBy: 'Provider Thread', personId: PERSON });
    });

    it('is about no mail of another rep, of another week, or to somebody else', async () => {
      const mail = sampleMail(SENT, { ownerId: '005000000000009AAA', sentAt: SENT_AT });
      await world.store.register([sampleRegistration(world.store, SENT, { mail })], world.options.now());
      const old = sampleMail('old@seller.example', { sentAt: later(-6 * 24) });
      await world.store.register([sampleRegistration(world.store, 'old@x', { mail: old })], world.options.now());
      deliver(bounce('lead@buyer.example'));
      deliver(bounce('nobody@buyer.example', { id: 'bounce-2@mx.example' }));
      expect(await found()).to.deep.equal([]);
    });

    it('is about no mail when it names another, fails for several, or no server wrote it', async () => {
      await world.register(SENT);
      deliver(bounce('lead@buyer.example', { inReplyTo: 'unknown@x' }));
      deliver(bounce('lead@buyer.example, second@buyer.example', { id: 'several@mx.example' }));
      deliver({ id: 'human@x', extra: ['X-Failed-Recipients: lead@buyer.example'], from: 'lead@buyer.example' });
      expect((await found()).map(({ from }) => from)).to.deep.equal([]);
    });

    it('is found once the recipient is enrolled', async () => {
      deliverSent();
      deliver(bounce('lead@buyer.example'));
      expect(await found()).to.deep.equal([]);
      await world.enrol();
      await world.sync();
      expect(facts(await world.replies())).to.deep.equal(delivered);
    });

    it('costs no look-up in a page without such reports', async () => {
      const asked: unknown[] = [];
      const trackedMailsTo: SyncWorld['store']['trackedMailsTo'] = (addresses, ownerId, since) => {
        asked.push(addresses);
        return world.store.trackedMailsTo(addresses, ownerId, since);
      };
      deliver({ id: 'a@x' });
      await world.sync({ store: { ...world.store, trackedMailsTo } });
      expect(asked).to.deep.equal([]);
      deliver(bounce('a@x'));
      deliver(bounce('b@x', { id: 'bounce-2@mx.example' }));
      await world.sync({ store: { ...world.store, trackedMailsTo } });
      expect(asked).to.deep.equal([['a@x', 'b@x']]);
    });
  });
});

describe('the Thread-Index of a sent mail', () => {
  /** 22 bytes, and the same with the five of an answer. */
  const conversation = (letter: string): string => Buffer.alloc(22, letter).toString('base64');
  const answerTo = (letter: string): string =>
    Buffer.concat([Buffer.alloc(22, letter), Buffer.alloc(5)]).toString('base64');

  it('tells which of two mails an answer to an answer of both belongs to', async () => {
    const world = await newWorld();
    await world.enrol();
    const deliver = (text: HeaderText, message: Message = {}): void =>
      void world.mailbox.deliver({ fields: headerBlock(text), receivedAt: later(1), ...message });
    for (const [hours, letter] of ['a', 'b'].entries()) {
      const extra = [`Thread-Index: ${conversation(letter)}`];
      deliver(sentText(`${letter}@seller.example`, { extra }), { folder: 'sent', receivedAt: later(hours / 4) });
    }
    await world.sync();
    deliver({ id: 'both@buyer.example', references: ['a@seller.example', 'b@seller.example'] });
    await world.sync();
    deliver({ id: 'plain@buyer.example', inReplyTo: 'both@buyer.example' });
    deliver({
      id: 'outlook@buyer.example',
      inReplyTo: 'both@buyer.example',
      extra: [`Thread-Index: ${answerTo('a')}`],
    });
    await world.sync();
    expect((await world.replies()).map(({ messageKey }) => messageKey)).to.deep.equal([
      'b@seller.example',
      'b@seller.example',
      'a@seller.example',
    ]);
  });
});
