import { expect } from 'chai';

import { explain, type ExplainOptions } from '../../../connector/src/explain/explain.ts';
import { replay, type ReplayOptions } from '../../../connector/src/explain/replay.ts';
import type { Explanation } from '../../../connector/src/facade.ts';
import { ActionableError } from '../../../connector/src/errors.ts';
import { ENROLMENT, NOW, PERSON, STATUS } from '../../contract/store-samples.ts';
import { headerBlock, sentText, type HeaderText } from '../sync/header-text.ts';
import { newWorld, type SyncWorld } from '../sync/sync-world.ts';

const SENT = 'sent-1@seller.example';
const ANSWER = 'answer-1@buyer.example';

describe('explaining a message', () => {
  let world: SyncWorld;
  let options: ReplayOptions & ExplainOptions;

  beforeEach(async () => {
    world = await newWorld();
    const { store, options: sync } = world;
    options = {
      store,
      ownSide: sync.ownSide,
      now: () => NOW,
      mailboxOf: sync.mailboxOf,
      rows: await store.mailboxes(),
    };
  });

  const textOf = (text: HeaderText, ...extra: string[]): string =>
    [...headerBlock(text).map(([name, value]) => `${name}:${value}`), ...extra, '', 'A body.'].join('\r\n');
  const explainText = (text: HeaderText, ...extra: string[]): Promise<Explanation> =>
    explain({ headers: textOf(text, ...extra) }, options);
  const explainId = (messageId: string): Promise<Explanation> => explain({ messageId }, options);

  it('says of a reply which mail it answers, for whom, by which field, and that a person wrote it', async () => {
    await world.register(SENT);
    const explanation = await explainText({ id: ANSWER, inReplyTo: SENT });
    expect(explanation).to.deep.include({ messageId: ANSWER, source: 'headers', kind: 'Human' });
    expect(explanation.signal).to.equal('no automatic signal');
    expect(explanation.cites).to.deep.equal([{ id: SENT, field: 'In-Reply-To', role: 'own', messageKey: SENT }]);
    expect(explanation.answers[0]).to.deep.include({ messageKey: SENT, subject: 'Our offer' });
    expect(explanation.replies[0]).to.deep.include({ personId: PERSON, halts: true, replier: 'Recipient' });
    expect(explanation.replies[0]?.task.state).to.equal('none');
    expect(explanation.verdict).to.equal(
      'A person answered the tracked mail "Our offer": it halts the sequences of one person. No Task of it is stored yet.',
    );
  });

  it('names the signal that makes an answer automatic', async () => {
    await world.register(SENT);
    const explanation = await explainText({ id: ANSWER, inReplyTo: SENT }, 'Auto-Submitted: auto-replied');
    expect(explanation.kind).to.equal('Auto-Reply');
    expect(explanation.signal).to.contain('Auto-Submitted');
    expect(explanation.verdict).to.contain('their sequences pause');
    expect(explanation.replies[0]?.halts).to.equal(false);
  });

  it('tells how far the Task of a reply has come that was found', async () => {
    await world.register(SENT);
    world.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: SENT }) });
    await world.sync();
    const [item] = await world.outbox();
    expect((await explainId(`<${ANSWER}>`)).replies[0]?.task.state).to.equal('pending');
    await world.store.recordDeliveries([{ id: item!.id, outcome: 'delivered', recordId: '00T1' }], NOW);
    const explanation = await explainId(ANSWER);
    expect(explanation).to.include({ source: 'mailbox', matchedAt: NOW.toISOString() });
    expect(explanation.replies[0]?.task).to.deep.equal({ state: 'delivered', recordId: '00T1', reason: null });
    expect(explanation.verdict).to.contain('Salesforce has its Task.');
  });

  it('says what is remembered of a reply that was deleted from the mailbox', async () => {
    await world.register(SENT);
    const reference = world.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: SENT }) });
    await world.sync();
    world.mailbox.remove(reference);
    const explanation = await explainId(ANSWER);
    expect(explanation).to.include({ source: 'store', matchedAt: NOW.toISOString(), from: null });
    expect(explanation.answers.map(({ messageKey }) => messageKey)).to.deep.equal([SENT]);
    expect(explanation.verdict).to.contain('its header cannot be read again');
  });

  it('says that a message waits for the mail that it names', async () => {
    world.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: SENT }) });
    await world.sync();
    const explanation = await explainId(ANSWER);
    expect(explanation).to.include({ source: 'mailbox', waiting: true });
    expect(explanation.cites).to.deep.equal([{ id: SENT, field: 'In-Reply-To', role: null, messageKey: null }]);
    expect(explanation.verdict).to.contain('names mail that is not known yet');
  });

  it('names the thread of the provider, which alone leads to the mail', async () => {
    await world.enrol();
    const thread = 'gmail-7';
    world.mailbox.deliver({ fields: headerBlock(sentText(SENT)), folder: 'sent', thread });
    world.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: 'unknown@x' }), receivedAt: NOW, thread });
    await world.sync();
    const explanation = await explainId(ANSWER);
    expect(explanation.cites).to.deep.equal([
      { id: 'unknown@x', field: 'In-Reply-To', role: null, messageKey: null },
      { id: thread, field: 'Provider Thread', role: 'thread', messageKey: SENT },
    ]);
    expect(explanation.answers.map(({ messageKey }) => messageKey)).to.deep.equal([SENT]);
    expect(explanation.replies[0]).to.include({ matchedBy: 'Provider Thread', halts: true });
    expect(explanation.verdict).to.contain('A person answered the tracked mail "Our offer"');
  });

  it('gives list mail its kind that only stands in the thread of a mail', async () => {
    await world.enrol();
    const extra = ['List-Id: <news.x>'];
    world.mailbox.deliver({ fields: headerBlock(sentText(SENT)), folder: 'sent', thread: 'gmail-7' });
    const list = headerBlock({ id: ANSWER, subject: 'News', extra });
    world.mailbox.deliver({ fields: list, receivedAt: NOW, thread: 'gmail-7' });
    await world.sync();
    const explanation = await explainId(ANSWER);
    expect(explanation).to.include({ kind: 'List', signal: 'List-Id' });
    expect(explanation.replies.map(({ kind, halts }) => [kind, halts])).to.deep.equal([['List', false]]);
  });

  describe('that names the recipient alone', () => {
    const report: HeaderText = {
      ...{ id: ANSWER, from: 'MAILER-DAEMON@mx.example', subject: 'Undelivered Mail Returned to Sender' },
      extra: ['Return-Path: <>', 'X-Failed-Recipients: lead@buyer.example'],
    };

    it('names that recipient, and the mail that went there', async () => {
      await world.register(SENT);
      const explanation = await explainText(report);
      const evidence = { id: 'lead@buyer.example', field: 'Failed Recipient', role: 'recipient', messageKey: SENT };
      expect(explanation.cites).to.deep.equal([evidence]);
      expect(explanation.answers.map(({ messageKey }) => messageKey)).to.deep.equal([SENT]);
      expect(explanation.replies[0]).to.include({ kind: 'Bounce', matchedBy: 'Delivery Report', personId: PERSON });
      expect(explanation.verdict).to.contain('their sequences count as bounced');
    });

    it('says that it is no reply while no mail went there', async () => {
      const explanation = await explainText(report);
      expect(explanation.cites).to.deep.equal([
        { id: 'lead@buyer.example', field: 'Failed Recipient', role: null, messageKey: null },
      ]);
      expect(explanation.verdict).to.equal('It names no other mail: it is no reply.');
    });

    it('says for what it waits', async () => {
      world.mailbox.deliver({ fields: headerBlock(report) });
      await world.sync();
      expect((await explainId(ANSWER)).verdict).to.contain('It names no other mail; it counts if');
    });

    it('is replayed like every other message', async () => {
      await world.register(SENT);
      expect((await replay({ message: textOf(report) }, options)).newReplies).to.equal(1);
      expect(await world.replies()).to.deep.equal([]);
      expect((await replay({ message: textOf(report), commit: true }, options)).newReplies).to.equal(1);
      expect((await world.replies()).map(({ kind }) => kind)).to.deep.equal(['bounce']);
    });
  });

  it('recognises a tracked mail by its own id', async () => {
    await world.register(SENT);
    const explanation = await explainId(SENT);
    expect(explanation.tracked).to.deep.include({ messageKey: SENT });
    expect(explanation.tracked?.recipients[0]).to.deep.include({ role: 'To', personId: PERSON });
    expect(explanation.verdict).to.contain('It is a tracked mail itself');
  });

  it('recognises a sent mail that would be tracked from now on', async () => {
    await world.enrol();
    const explanation = await explainText({ id: SENT, from: 'rep@seller.example', to: ENROLMENT.address });
    expect(explanation.tracked).to.deep.include({ messageKey: SENT });
  });

  it('knows nothing of a message that was never read', async () => {
    const explanation = await explainId('never@x');
    expect(explanation).to.include({ source: 'store', waiting: false, matchedAt: null, tracked: null });
    expect(explanation.verdict).to.contain('Nothing is known of it');
  });

  it('says of mail that answers no tracked mail that it is no reply', async () => {
    expect((await explainText({ id: 'a@x', inReplyTo: 'b@x' })).verdict).to.contain('none of that is tracked');
    expect((await explainText({ id: 'a@x' })).verdict).to.equal('It names no other mail: it is no reply.');
  });

  it('says that our own side halts nothing', async () => {
    await world.register(SENT);
    const explanation = await explainText({ id: ANSWER, inReplyTo: SENT, from: 'boss@seller.example' });
    expect(explanation.replies[0]).to.include({ replier: 'Internal', halts: false });
    expect(explanation.verdict).to.contain('our own side');
  });

  it('explains before any mailbox is connected', async () => {
    await world.register(SENT);
    const explanation = await explain({ headers: textOf({ id: ANSWER, inReplyTo: SENT }) }, { ...options, rows: [] });
    expect(explanation.kind).to.equal('Human');
  });

  it('refuses a text without any header field, and a mailbox that is not connected', async () => {
    const refused = async (work: Promise<unknown>): Promise<string> => {
      const error: unknown = await work.catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ActionableError);
      return (error as ActionableError).message;
    };
    expect(await refused(explain({ headers: '\r\nonly a body' }, options))).to.contain('no header field');
    const headers = textOf({ id: ANSWER });
    expect(await refused(explain({ headers, mailbox: 'other@x.example' }, options))).to.contain('other@x.example');
  });

  describe('replaying it', () => {
    const message = textOf({ id: ANSWER, inReplyTo: SENT });

    it('says what it would come to, and stores nothing', async () => {
      await world.register(SENT);
      const outcome = await replay({ message }, options);
      expect(outcome.newReplies).to.equal(1);
      expect(outcome.explanation.replies[0]).to.include({ halts: true });
      expect(await world.outbox()).to.deep.equal([]);
    });

    it('stores what it comes to when it is told to, once', async () => {
      await world.register(SENT);
      expect((await replay({ message, commit: true }, options)).newReplies).to.equal(1);
      expect(await world.replies()).to.have.lengthOf(1);
      expect((await replay({ message, commit: true }, options)).newReplies).to.equal(0);
      expect((await replay({ message }, options)).newReplies).to.equal(0);
    });

    it('adds nothing when the mailbox is read afterwards', async () => {
      await world.register(SENT);
      await replay({ message, commit: true }, options);
      world.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: SENT }) });
      expect(await world.sync()).to.include({ newReplies: 0 });
    });

    it('settles a message that waited when its mail is known by then', async () => {
      world.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: SENT }) });
      await world.sync();
      await world.register(SENT);
      expect((await replay({ message, commit: true }, options)).newReplies).to.equal(1);
      expect(await world.store.counts()).to.include({ waiting: 0 });
    });

    it('lets a message wait whose mail is not known', async () => {
      expect((await replay({ message, commit: true }, options)).newReplies).to.equal(0);
      expect(await world.store.counts()).to.include({ waiting: 1 });
    });

    it('tracks a sent mail', async () => {
      await world.enrol();
      const sent = textOf({ id: SENT, from: 'rep@seller.example', to: ENROLMENT.address });
      await replay({ message: sent, commit: true }, options);
      const [item] = await world.outbox();
      expect(item).to.include({ type: 'TrackedEmail', key: SENT });
      expect((await explainId(SENT)).tracked?.recipients).to.deep.equal([
        { address: ENROLMENT.address, role: 'To', personId: PERSON },
      ]);
      expect(STATUS).to.equal(ENROLMENT.campaignStatusId);
    });

    it('stores nothing while no mailbox is connected that could have received it', async () => {
      const error: unknown = await replay({ message, commit: true }, { ...options, rows: [] }).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(ActionableError);
    });
  });
});
