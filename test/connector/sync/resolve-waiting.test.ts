import { expect } from 'chai';

import { MailboxError } from '../../../connector/src/mailbox/mailbox-error.ts';
import type { HeaderField } from '../../../connector/src/mail/header-field.ts';
import { messageIdOf } from '../../../connector/src/mail/own-message-ids.ts';
import type { Mailbox, MailboxMessage } from '../../../connector/src/mailbox/mailbox.ts';
import { conservationDifference } from '../../../connector/src/store/conservation.ts';
import { resolveWaiting } from '../../../connector/src/sync/resolve-waiting.ts';
import { syncMailbox } from '../../../connector/src/sync/sync-mailbox.ts';
import {
  daysLater,
  ENROLMENT,
  NOW,
  PERSON,
  sampleMail,
  samplePage,
  sampleRegistration,
  sampleWaiting,
  STATUS,
} from '../../contract/store-samples.ts';
import { headerBlock, sentText, type HeaderText } from './header-text.ts';
import { newWorld, type SyncWorld } from './sync-world.ts';

const SENT = 'sent-1@seller.example';
const FOLLOW_UP = 'follow-up@seller.example';
const ANSWER = 'answer-1@buyer.example';
const OUTAGE = new MailboxError('retry', 'imap.seller.example does not answer.');

describe('resolveWaiting', () => {
  let world: SyncWorld;
  beforeEach(async () => {
    world = await newWorld();
  });
  afterEach(async () => expect(conservationDifference(await world.store.counts())).to.equal(0));

  const resolve = (): Promise<number> => resolveWaiting(world.options);
  const deliver = (text: HeaderText, folder: MailboxMessage['folder'] = 'other'): string =>
    world.mailbox.deliver({ fields: headerBlock(text), folder });
  const answer = (text: HeaderText = {}): string => deliver({ id: ANSWER, inReplyTo: SENT, ...text });
  const waiting = async (): Promise<number> => (await world.store.counts()).waiting;

  it('finds the reply to a mail that is registered after the reply was read', async () => {
    answer();
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 0, more: false });
    await world.register(SENT);
    expect(await resolve()).to.equal(1);
    expect((await world.replies())[0]).to.include({ from: 'lead@buyer.example', messageKey: SENT, personId: PERSON });
    expect(await world.store.isLatched(PERSON)).to.equal(true);
    expect([await waiting(), await resolve()]).to.deep.equal([0, 0]);
  });

  it('follows a chain of replies to a mail that is registered late, in whichever order they were read', async () => {
    const chain = [SENT, 'a@buyer.example', 'b@seller.example', 'c@buyer.example', 'd@buyer.example'];
    for (const place of [4, 2, 3, 1]) {
      const inReplyTo = chain[place - 1]!;
      const own = chain[place]!.endsWith('@seller.example');
      deliver(own ? sentText(chain[place]!, { inReplyTo }) : { id: chain[place]!, inReplyTo }, own ? 'sent' : 'other');
    }
    await world.sync();
    expect(await waiting()).to.equal(4);
    await world.register(SENT);
    expect(await resolve()).to.equal(3);
    expect((await world.replies()).map(({ messageKey }) => messageKey)).to.deep.equal([SENT, SENT, SENT]);
    // The rep's own answer, which is tracked itself should its recipient be enrolled.
    expect(await waiting()).to.equal(1);
  });

  it('registers a sent mail when its recipient is enrolled after both it and its answer were read', async () => {
    deliver(sentText(SENT), 'sent');
    answer();
    await world.sync();
    expect(await waiting()).to.equal(2);
    await world.enrol();
    expect(await resolve()).to.equal(1);
    expect((await world.outbox()).map(({ type }) => type)).to.deep.equal(['TrackedEmail', 'Task']);
    expect((await world.replies())[0]).to.include({ messageKey: SENT, campaignStatusId: STATUS });
    expect(await waiting()).to.equal(0);
  });

  for (const known of ['before', 'after'] as const) {
    it(`tracks a follow-up whose recipient is enrolled late, its thread being known ${known} it was read`, async () => {
      if (known === 'before') await world.register(SENT);
      deliver(sentText(FOLLOW_UP, { inReplyTo: SENT }), 'sent');
      await world.sync();
      if (known === 'after') await world.register(SENT);
      expect(await resolve()).to.equal(0);
      expect(await waiting()).to.equal(1);
      answer({ inReplyTo: FOLLOW_UP });
      await world.sync();
      expect((await world.replies()).map(({ messageKey }) => messageKey)).to.deep.equal([SENT]);
      await world.enrol();
      await resolve();
      const mails = (await world.outbox()).flatMap((item) => (item.type === 'TrackedEmail' ? [item.mail] : []));
      expect(mails.map(({ messageId }) => messageId)).to.deep.equal([FOLLOW_UP]);
      expect(mails[0]?.recipients[0]).to.include({ personId: PERSON, campaignStatusId: STATUS });
      expect(await waiting()).to.equal(0);
    });
  }

  it('finds an answer that arrives after the recipient of its mail was enrolled late', async () => {
    deliver(sentText(SENT), 'sent');
    await world.sync();
    await world.enrol();
    expect(await resolve()).to.equal(0);
    answer();
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 1, more: false });
  });

  it('finds an answer that was read before its mail, whose recipient was enrolled between the two', async () => {
    answer();
    await world.sync();
    await world.enrol();
    expect(await resolve()).to.equal(0);
    deliver(sentText(SENT), 'sent');
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 1, more: false });
  });

  it('tracks no mail to a person who left the sequence before it was settled', async () => {
    deliver(sentText(SENT), 'sent');
    await world.sync();
    await world.enrol({ ...ENROLMENT, status: 'Replied' });
    expect(await resolve()).to.equal(0);
    expect([await world.outbox(), await waiting()]).to.deep.equal([[], 1]);
  });

  it('tracks a mail to a person whose enrolment becomes known only once an answer has ended it', async () => {
    deliver(sentText(SENT), 'sent');
    await world.sync();
    await world.enrol({ ...ENROLMENT, status: 'Replied', haltedAt: daysLater(1) });
    await resolve();
    expect((await world.outbox()).map(({ type }) => type)).to.deep.equal(['TrackedEmail']);
    expect(await waiting()).to.equal(0);
  });

  it('finds a message that was moved under its new reference', async () => {
    const before = answer();
    await world.sync();
    world.mailbox.move(before);
    await world.sync();
    await world.register(SENT);
    expect(await resolve()).to.equal(1);
    expect((await world.replies())[0]).to.include({ from: 'lead@buyer.example', subject: 'Re: Our offer' });
  });

  describe('when a message is gone from its mailbox', () => {
    it('writes the reply all the same, and halts', async () => {
      const reference = answer();
      await world.sync();
      world.mailbox.remove(reference);
      await world.register(SENT);
      expect(await resolve()).to.equal(1);
      expect((await world.replies())[0]).to.include({
        kind: 'human',
        from: '',
        subject: '(deleted from the mailbox)',
        messageKey: SENT,
        personId: PERSON,
      });
      expect(await world.store.isLatched(PERSON)).to.equal(true);
      expect(await waiting()).to.equal(0);
    });

    it('gives the reply the key that it would have had, so that a copy found later is the same Task', async () => {
      const reference = answer();
      await world.sync();
      world.mailbox.remove(reference);
      await world.register(SENT);
      await resolve();
      await world.database.query('delete from matched_message');
      answer();
      expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 0, more: false });
      expect(await world.replies()).to.have.lengthOf(1);
    });

    it('keeps what kind it was: a bounce halts nobody', async () => {
      const extra = ['Return-Path: <>', 'Auto-Submitted: auto-replied'];
      const reference = answer({
        from: 'MAILER-DAEMON@mx.example',
        subject: 'Undelivered Mail Returned to Sender',
        extra,
      });
      await world.sync();
      world.mailbox.remove(reference);
      await world.register(SENT);
      expect(await resolve()).to.equal(1);
      expect((await world.replies())[0]?.kind).to.equal('bounce');
      expect(await world.store.isLatched(PERSON)).to.equal(false);
    });

    it('writes a reply without person for a mail to nobody who is known', async () => {
      const reference = answer();
      await world.sync();
      world.mailbox.remove(reference);
      const mail = sampleMail(SENT, { recipients: [{ address: 'who@buyer.example', role: 'To' }] });
      await world.store.register([sampleRegistration(world.store, SENT, { mail })], NOW);
      await resolve();
      expect((await world.replies()).map((reply) => reply.personId)).to.deep.equal([undefined]);
    });

    for (const [whose, text, folder] of [
      ["the rep's own follow-up", sentText(ANSWER, { inReplyTo: SENT }), 'sent'],
      ["a colleague's message", { id: ANSWER, inReplyTo: SENT, from: 'boss@seller.example' }, 'other'],
    ] as const) {
      it(`takes ${whose} for no answer, and still finds the answer to it`, async () => {
        const reference = deliver(text, folder);
        await world.sync();
        world.mailbox.remove(reference);
        await world.register(SENT);
        expect(await resolve()).to.equal(0);
        expect(await world.store.isLatched(PERSON)).to.equal(false);
        answer({ id: 'answer-2@buyer.example', inReplyTo: ANSWER });
        expect(await world.sync()).to.include({ newReplies: 1 });
      });
    }

    it('takes a report whose parts can be read no more for the answer it was', async () => {
      const fields = headerBlock({
        id: 'report@mx.example',
        from: 'MAILER-DAEMON@mx.example',
        extra: ['Return-Path: <>', 'Content-Type: multipart/report; report-type=delivery-status'],
      });
      const status = Buffer.from('Final-Recipient: rfc822; lead@buyer.example\r\nAction: failed\r\n');
      world.mailbox.deliver({ fields, parts: { status, returned: Buffer.from(`Message-ID: <${SENT}>\r\n`) } });
      await world.sync();
      await world.register(SENT);
      const partless = { ...world.mailbox, readReport: () => Promise.resolve(undefined) };
      expect(await resolveWaiting({ ...world.options, mailboxOf: () => partless })).to.equal(1);
      expect((await world.replies())[0]).to.include({ kind: 'bounce', messageKey: SENT });
    });
  });

  describe('while a mailbox cannot be read', () => {
    it('lets its messages go on waiting, ends, and finds them once the mailbox is back', async () => {
      answer();
      await world.sync();
      await world.register(SENT);
      world.mailbox.failure = OUTAGE;
      expect(await resolve()).to.equal(0);
      expect([await waiting(), await world.replies()]).to.deep.equal([1, []]);
      world.mailbox.failure = undefined;
      expect(await resolve()).to.equal(1);
    });

    it('lets messages wait whose mailbox this process has no way into', async () => {
      answer();
      await world.sync();
      await world.register(SENT);
      expect(await resolveWaiting({ ...world.options, mailboxOf: () => undefined })).to.equal(0);
      expect(await waiting()).to.equal(1);
    });

    it('settles the messages of the other mailboxes, however many stand before them', async () => {
      const held = Array.from({ length: 501 }, (_, number) =>
        sampleWaiting(world.store, world.mailboxId, `held-${number}@x`, [SENT], { receivedAt: new Date(number) }),
      );
      await world.store.commitPage(samplePage(world.mailboxId, { seen: held.length, waiting: held }));
      const other = await world.connect('other@seller.example');
      other.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: SENT }) });
      await syncMailbox(other.id, world.options);
      world.mailbox.failure = OUTAGE;
      await world.register(SENT);
      expect(await resolve()).to.equal(1);
      expect(await waiting()).to.equal(501);
    });
  });

  it("takes the received copy for the answer when the author's own Sent copy is read last", async () => {
    const recipients = [{ address: 'second@seller.example', role: 'To' as const, personId: PERSON }];
    const second = await world.connect('second@seller.example');
    const text = { id: ANSWER, inReplyTo: SENT, from: 'second@seller.example' };
    deliver(text);
    second.mailbox.deliver({ fields: headerBlock(text), folder: 'sent' });
    await world.sync();
    await syncMailbox(second.id, world.options);
    const registration = sampleRegistration(world.store, SENT, { mail: sampleMail(SENT, { recipients }) });
    await world.store.register([registration], NOW);
    expect(await resolve()).to.equal(1);
    expect((await world.replies())[0]).to.include({ from: 'second@seller.example', personId: PERSON });
  });

  it('settles a message that a defect keeps from being decided from what is kept of it, and says so', async () => {
    await world.register(SENT);
    answer();
    deliver({ id: 'answer-2@buyer.example', inReplyTo: SENT });
    const faults: unknown[] = [];
    const broken = withDefect(world.mailbox, ANSWER);
    const mailboxOf = (): Mailbox => broken;
    const summary = await world.sync({ mailboxOf, onUndecided: ({ fault }) => faults.push(fault) });
    expect(summary).to.deep.equal({ messages: 2, newReplies: 2, more: false });
    expect(faults.map(String)).to.deep.equal(['Error: a defect']);
    expect((await world.replies()).map(({ subject }) => subject)).to.deep.equal([
      'Re: Our offer',
      '(deleted from the mailbox)',
    ]);
    expect(await waiting()).to.equal(0);
  });
});

/** The mailbox, with one message whose subject makes the program throw when it comes to decide about it. */
function withDefect(mailbox: Mailbox, id: string): Mailbox {
  const spoil = (messages: readonly MailboxMessage[]): MailboxMessage[] =>
    messages.map((message) => {
      if (messageIdOf(message.fields) !== id) return message;
      const subject: HeaderField = ['Subject', ''];
      Object.defineProperty(subject, 1, {
        get: () => {
          throw new Error('a defect');
        },
      });
      return { ...message, fields: [...message.fields.filter(([name]) => name !== 'Subject'), subject] };
    });
  return {
    ...mailbox,
    changesSince: async (...asked) => {
      const page = await mailbox.changesSince(...asked);
      return { ...page, messages: spoil(page.messages) };
    },
    read: async (references) => spoil(await mailbox.read(references)),
  };
}
