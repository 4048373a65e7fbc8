import { expect } from 'chai';
import { createHash } from 'node:crypto';

import type { MailboxMessage } from '../../../connector/src/mailbox/mailbox.ts';
import type { TrackedMail } from '../../../connector/src/match/tracked-mail.ts';
import type { Enrolment, KnownId } from '../../../connector/src/store/store.ts';
import { decidePage, type PageDecision, type PageFacts } from '../../../connector/src/sync/decide-page.ts';
import { readMessage, type ReadMessage } from '../../../connector/src/sync/read-message.ts';
import { daysLater, ENROLMENT, NOW, PERSON, REP, sampleMail, STATUS } from '../../contract/store-samples.ts';
import { headerBlock, sentText, type HeaderText } from './header-text.ts';

const SENT = 'sent-1@seller.example';
const ANSWER = 'answer-1@buyer.example';

const OUT_OF_OFFICE = ['Auto-Submitted: auto-replied'];
const BOUNCE: HeaderText = {
  id: 'bounce@mx.example',
  from: 'MAILER-DAEMON@mx.example',
  inReplyTo: SENT,
  subject: 'Undelivered Mail Returned to Sender',
  extra: [
    'Return-Path: <>',
    'Auto-Submitted: auto-replied',
    'Content-Type: multipart/report; report-type=delivery-status',
  ],
};

let lastReference = 0;

function read(text: HeaderText, folder: MailboxMessage['folder'] = 'other'): ReadMessage {
  lastReference += 1;
  const receivedAt = daysLater(-0.5);
  return readMessage({ reference: `${folder}/${lastReference}`, folder, receivedAt, fields: headerBlock(text) });
}

const answer = (text: HeaderText = {}): ReadMessage => read({ id: ANSWER, inReplyTo: SENT, ...text });
const sent = (text: HeaderText = {}): ReadMessage => read(sentText(SENT, text), 'sent');

/** Facts in which SENT, a mail to one person, is known. */
function facts(changes: Partial<PageFacts> = {}, mail: TrackedMail = sampleMail(SENT)): PageFacts {
  return {
    mailboxId: '1',
    ownerId: REP,
    digest: (id) => `id ${id}`,
    addressDigest: (address) => `address ${address}`,
    known: new Map<string, KnownId[]>([[`id ${mail.messageId}`, [{ role: 'own', mail }]]]),
    enrolments: [],
    mailsToFailed: [],
    excludedDomains: new Set(),
    ownSide: {
      addresses: new Set(['rep@seller.example', 'second@seller.example']),
      domains: new Set(['seller.example']),
    },
    at: NOW,
    ...changes,
  };
}

const NOTHING_KNOWN: Partial<PageFacts> = { known: new Map() };
const decide = (messages: ReadMessage[], changes?: Partial<PageFacts>, mail?: TrackedMail): PageDecision =>
  decidePage(messages, facts(changes, mail));

describe('decidePage', () => {
  it('matches the reply to a tracked mail, latches its person and makes its id an alias', () => {
    const { matched, waiting, registrations, seen } = decide([answer()]);
    expect(matched).to.have.lengthOf(1);
    expect(matched[0]).to.deep.include({ digest: `id ${ANSWER}`, latches: [PERSON], aliasOf: [SENT] });
    expect(matched[0]?.replies).to.have.lengthOf(1);
    expect(matched[0]?.replies[0]).to.deep.include({
      kind: 'human',
      from: 'lead@buyer.example',
      subject: 'Re: Our offer',
      receivedAt: daysLater(-0.5),
      matchedBy: 'In-Reply-To',
      replier: 'Recipient',
      messageKey: SENT,
      personId: PERSON,
    });
    expect([waiting, registrations]).to.deep.equal([[], []]);
    expect(seen).to.equal(1);
  });

  it('matches the reply to a message that stands earlier in the same page', () => {
    const second = answer({ id: 'second@buyer.example', inReplyTo: ANSWER });
    const { matched } = decide([answer(), second]);
    expect(matched.map(({ aliasOf }) => aliasOf)).to.deep.equal([[SENT], [SENT]]);
  });

  it('matches the reply to a mail that the same page registers', () => {
    const { registrations, matched } = decide([sent(), answer()], { ...NOTHING_KNOWN, enrolments: [ENROLMENT] });
    expect(registrations).to.have.lengthOf(1);
    expect(matched[0]?.replies[0]).to.include({ messageKey: SENT, personId: PERSON, campaignStatusId: STATUS });
  });

  it('lets a reply that stands before its mail in the page wait for it', () => {
    const { waiting } = decide([answer(), sent()], { ...NOTHING_KNOWN, enrolments: [ENROLMENT] });
    expect(waiting.map(({ cites }) => cites)).to.deep.equal([[`id ${SENT}`]]);
  });

  it('registers a sent mail to an enrolled person with its recipients, person and status', () => {
    const mail = sent({ to: 'Lead <LEAD@Buyer.example>, lead@buyer.example', cc: 'other@buyer.example' });
    const { registrations, matched, waiting } = decide([mail], { ...NOTHING_KNOWN, enrolments: [ENROLMENT] });
    expect([matched, waiting]).to.deep.equal([[], []]);
    expect(registrations).to.deep.equal([
      {
        mail: {
          messageId: SENT,
          subject: 'Our offer',
          sentAt: daysLater(-0.5),
          ownerId: REP,
          senderAddress: 'rep@seller.example',
          source: 'Sent Folder',
          recipients: [
            { address: 'lead@buyer.example', role: 'To', personId: PERSON, campaignStatusId: STATUS },
            { address: 'other@buyer.example', role: 'Cc' },
          ],
        },
        ids: [{ digest: `id ${SENT}`, role: 'own' }],
        expiresAt: daysLater(364.5),
        deliver: true,
      },
    ]);
  });

  it('registers the id that a provider replaced as another id of the mail', () => {
    const mail = sent({ extra: ['X-Google-Original-Message-ID: <minted@seller.example>'] });
    const first = decide([mail, answer({ inReplyTo: 'minted@seller.example' })], {
      ...NOTHING_KNOWN,
      enrolments: [ENROLMENT],
    });
    expect(first.registrations[0]?.ids).to.deep.equal([
      { digest: `id ${SENT}`, role: 'own' },
      { digest: 'id minted@seller.example', role: 'rewritten' },
    ]);
    expect(first.matched[0]?.aliasOf).to.deep.equal([SENT]);
  });

  it('looks at the first hundred recipients of a sent mail, in To and Cc together', () => {
    const many = (name: string): string =>
      Array.from({ length: 99 }, (_, number) => `${name}${number}@x.example`).join();
    const mail = sent({ to: `lead@buyer.example, ${many('to')}`, cc: many('cc') });
    const { registrations } = decide([mail], { ...NOTHING_KNOWN, enrolments: [ENROLMENT] });
    expect(registrations[0]?.mail.recipients).to.have.lengthOf(100);
  });

  for (const status of ['Replied', 'Stopped', 'Bounced', 'Finished']) {
    it(`registers no mail to a person whose sequence is ${status}`, () => {
      const enrolments = [{ ...ENROLMENT, status }];
      expect(decide([sent()], { ...NOTHING_KNOWN, enrolments }).registrations).to.deep.equal([]);
    });
  }

  // The mail is of half a day before NOW.
  const halted = (days: number, changes: Partial<Enrolment> = {}): Enrolment => ({
    ...ENROLMENT,
    ...{ status: 'Replied', haltedAt: daysLater(days) },
    ...changes,
  });

  it('registers a mail that is read in Sent only after an answer has taken its recipient out of the sequence', () => {
    const { registrations } = decide([sent()], { ...NOTHING_KNOWN, enrolments: [halted(-0.4)] });
    expect(registrations[0]?.mail.recipients[0]).to.include({ personId: PERSON, campaignStatusId: STATUS });
  });

  for (const days of [-0.5, -0.6]) {
    it(`registers no mail to a person who was halted ${-0.5 - days} days before, and lets it wait`, () => {
      const { registrations, waiting } = decide([sent()], { ...NOTHING_KNOWN, enrolments: [halted(days)] });
      expect(registrations).to.deep.equal([]);
      expect(waiting[0]?.cites).to.deep.equal(['address lead@buyer.example']);
    });
  }

  it('names of several sequences the one in which the person still is', () => {
    const enrolments = [halted(-0.4, { campaignStatusId: 'a02000000000009AAA' }), ENROLMENT];
    const { registrations } = decide([sent()], { ...NOTHING_KNOWN, enrolments });
    expect(registrations[0]?.mail.recipients[0]).to.include({ campaignStatusId: STATUS });
  });

  it('lets a sent mail to nobody enrolled wait for its recipients, a short time', () => {
    const { waiting, registrations } = decide([sent({ cc: 'other@buyer.example' })], NOTHING_KNOWN);
    expect(registrations).to.deep.equal([]);
    expect(waiting).to.have.lengthOf(1);
    expect(waiting[0]).to.deep.include({
      cites: ['address lead@buyer.example', 'address other@buyer.example'],
      side: 'sent',
      expiresAt: daysLater(2),
    });
  });

  it('lets a sent mail that cites an unknown id wait for both, as long as an answer waits', () => {
    const [waiting] = decide([sent({ inReplyTo: 'unknown@x' })], NOTHING_KNOWN).waiting;
    expect(waiting).to.deep.include({
      cites: ['id unknown@x', 'address lead@buyer.example'],
      expiresAt: daysLater(30),
    });
  });

  it("makes the rep's own follow-up an alias and no reply", () => {
    const { matched, registrations } = decide([
      read(sentText('follow-up@seller.example', { inReplyTo: SENT }), 'sent'),
    ]);
    expect(registrations).to.deep.equal([]);
    expect(matched).to.deep.equal([
      { digest: 'id follow-up@seller.example', replies: [], latches: [], aliasOf: [SENT] },
    ]);
  });

  it("lets the rep's own follow-up wait for its recipients as well, a short time and for nothing that it cites", () => {
    const text = sentText('follow-up@seller.example', { inReplyTo: SENT, cc: 'other@buyer.example' });
    const decision = decide([read(text, 'sent')]);
    expect([decision.seen, decision.notReplies]).to.deep.equal([1, 0]);
    expect(decision.waiting).to.have.lengthOf(1);
    expect(decision.waiting[0]).to.deep.include({
      digest: 'id follow-up@seller.example',
      cites: ['address lead@buyer.example', 'address other@buyer.example'],
      side: 'sent',
      expiresAt: daysLater(2),
    });
  });

  for (const [name, text, changes] of [
    ['without Message-ID', { id: '' }, {}],
    ['to an excluded domain alone', {}, { excludedDomains: new Set(['buyer.example']) }],
    ['to nobody', { to: '' }, {}],
  ] as const) {
    it(`lets the rep's own follow-up ${name} wait for nobody`, () => {
      const followUp = read(sentText('follow-up@seller.example', { inReplyTo: SENT, ...text }), 'sent');
      expect(decide([followUp], changes).waiting).to.deep.equal([]);
    });
  }

  it("registers the rep's own follow-up to an enrolled person, and lets it lead to the first mail too", () => {
    const followUp = read(sentText('follow-up@seller.example', { inReplyTo: SENT }), 'sent');
    const late = answer({ inReplyTo: 'follow-up@seller.example' });
    const { matched, registrations } = decide([followUp, late], { enrolments: [ENROLMENT] });
    expect(registrations.map(({ mail }) => mail.messageId)).to.deep.equal(['follow-up@seller.example']);
    expect(matched.map(({ aliasOf }) => aliasOf)).to.deep.equal([[SENT], ['follow-up@seller.example', SENT]]);
    expect(matched[1]?.replies.map(({ messageKey }) => messageKey)).to.deep.equal(['follow-up@seller.example']);
  });

  for (const from of ['rep@seller.example', 'second@seller.example']) {
    it(`takes mail of ${from} in the inbox for our own side's: an alias and no reply`, () => {
      const [matched] = decide([answer({ from })]).matched;
      expect(matched).to.deep.equal({ digest: `id ${ANSWER}`, replies: [], latches: [], aliasOf: [SENT] });
    });
  }

  it('takes the answer of one of our own addresses for one when the mail was sent to that very address', () => {
    const recipients = [{ address: 'second@seller.example', role: 'To' as const, personId: PERSON }];
    const [matched] = decide([answer({ from: 'second@seller.example' })], {}, sampleMail(SENT, { recipients })).matched;
    expect(matched?.replies[0]).to.include({ kind: 'human', replier: 'Recipient', personId: PERSON });
    expect(matched?.latches).to.deep.equal([PERSON]);
  });

  it("takes the rep's mail to the rep's own address for no answer", () => {
    const recipients = [{ address: 'rep@seller.example', role: 'To' as const, personId: PERSON }];
    const [matched] = decide([answer({ from: 'rep@seller.example' })], {}, sampleMail(SENT, { recipients })).matched;
    expect(matched).to.deep.include({ replies: [], latches: [] });
  });

  it("writes an internal colleague's reply down as Internal and latches nobody", () => {
    const [matched] = decide([answer({ from: 'boss@seller.example' })]).matched;
    expect(matched?.replies[0]).to.include({ replier: 'Internal', kind: 'human' });
    expect(matched?.latches).to.deep.equal([]);
  });

  it('latches every person the mail went to when somebody else answers', () => {
    const recipients = [
      { address: 'lead@buyer.example', role: 'To' as const, personId: PERSON },
      { address: 'second@buyer.example', role: 'To' as const, personId: '00Q000000000001AAA' },
      { address: 'copied@buyer.example', role: 'Cc' as const, personId: '003000000000009AAA' },
    ];
    const [matched] = decide([answer({ from: 'private@home.example' })], {}, sampleMail(SENT, { recipients })).matched;
    expect(matched?.latches).to.deep.equal([PERSON, '00Q000000000001AAA']);
  });

  for (const [name, message, kind] of [
    ['an out-of-office note', answer({ extra: OUT_OF_OFFICE }), 'auto_reply'],
    ['a bounce', read(BOUNCE), 'bounce'],
  ] as const) {
    it(`latches nobody for ${name}`, () => {
      const [matched] = decide([message]).matched;
      expect(matched?.replies.map((reply) => reply.kind)).to.deep.equal([kind]);
      expect(matched?.latches).to.deep.equal([]);
    });
  }

  it('lets a message that cites unknown ids wait for the nearest and the root', () => {
    const references = ['root@x', 'a@x', 'b@x', 'c@x'];
    const message = answer({ inReplyTo: 'c@x', references });
    const { waiting, matched } = decide([message], NOTHING_KNOWN);
    expect(matched).to.deep.equal([]);
    expect(waiting).to.deep.equal([
      {
        mailboxId: '1',
        reference: message.message.reference,
        digest: `id ${ANSWER}`,
        messageHash: createHash('sha256').update(ANSWER).digest('hex'),
        kind: 'human',
        side: 'outside',
        receivedAt: daysLater(-0.5),
        cites: ['id c@x', 'id b@x', 'id a@x', 'id root@x'],
        expiresAt: daysLater(30),
      },
    ]);
  });

  for (const [from, side] of [
    ['boss@seller.example', 'internal'],
    ['second@seller.example', 'internal'],
    ['stranger@gmail.com', 'outside'],
  ] as const) {
    it(`remembers of a waiting message of ${from} that it came from ${side}`, () => {
      expect(decide([answer({ from })], NOTHING_KNOWN).waiting.map((message) => message.side)).to.deep.equal([side]);
    });
  }

  it('lets nothing wait that names no id and was not sent by us', () => {
    const { waiting, matched, registrations, seen } = decide([read({ id: 'newsletter@x' })], NOTHING_KNOWN);
    expect([waiting, matched, registrations]).to.deep.equal([[], [], []]);
    expect(seen).to.equal(1);
  });

  it('gives a reply without Message-ID the same key whenever and wherever it is read', () => {
    const replies = [1, 2].map(() => decide([read({ inReplyTo: SENT })]).matched[0]);
    expect(replies[0]?.replies[0]?.replyKey).to.match(/^[0-9a-f]{64}$/);
    expect(replies[0]?.replies).to.deep.equal(replies[1]?.replies);
    const [other] = decide([read({ inReplyTo: SENT, subject: 'Another' })]).matched;
    expect(other?.replies[0]?.replyKey).not.to.equal(replies[0]?.replies[0]?.replyKey);
  });

  it('tracks no sent mail without Message-ID, which no answer could name', () => {
    const mail = read({ from: 'rep@seller.example', to: 'lead@buyer.example' }, 'sent');
    expect(decide([mail], { ...NOTHING_KNOWN, enrolments: [ENROLMENT] }).registrations).to.deep.equal([]);
  });

  it('does not deliver a mail again that Salesforce has already', () => {
    const mail = sampleMail(SENT, { trackedEmailId: 'a01000000000001AAA' });
    const { registrations } = decide([sent()], { enrolments: [ENROLMENT] }, mail);
    expect(registrations.map(({ deliver }) => deliver)).to.deep.equal([false]);
  });

  it('delivers a mail that an answer to it has made known, but Salesforce lacks', () => {
    const mail = sampleMail('root@x', { trackedEmailId: 'a01000000000001AAA' });
    const known = new Map<string, KnownId[]>([[`id ${SENT}`, [{ role: 'alias', mail }]]]);
    const { registrations } = decide([sent()], { enrolments: [ENROLMENT], known });
    expect(registrations.map(({ deliver }) => deliver)).to.deep.equal([true]);
  });

  it('registers a sent mail that the page holds twice under the same key', () => {
    const { registrations, matched } = decide([sent(), sent(), answer()], {
      ...NOTHING_KNOWN,
      enrolments: [ENROLMENT],
    });
    expect(registrations.map(({ mail }) => mail.messageId)).to.deep.equal([SENT, SENT]);
    expect(matched.map(({ aliasOf }) => aliasOf)).to.deep.equal([[SENT]]);
  });

  it('holds a message that could not be read, says so, and goes on with the next one', () => {
    const fault = new Error('a defect');
    const { waiting, matched, undecided } = decide([{ ...answer({ id: 'odd@x' }), fault }, answer()]);
    expect(waiting.map(({ cites, kind }) => [cites, kind])).to.deep.equal([[[`id ${SENT}`], 'human']]);
    expect(undecided.map((message) => message.fault)).to.deep.equal([fault]);
    expect(matched).to.have.lengthOf(1);
  });

  it('holds a message whose decision fails, and goes on with the next one', () => {
    const odd = answer({ id: 'odd@x' });
    const broken = {
      ...odd,
      message: { ...odd.message, receivedAt: undefined as unknown as Date, fields: null as never },
    };
    const { waiting, matched, undecided } = decide([broken, answer()]);
    expect(waiting.map(({ digest }) => digest)).to.deep.equal(['id odd@x']);
    expect(undecided[0]?.fault).to.be.instanceOf(TypeError);
    expect(matched.map(({ digest }) => digest)).to.deep.equal([`id ${ANSWER}`]);
  });
});

describe('readMessage', () => {
  it('reads nothing out of a message that a defect keeps from being read, and carries the fault', () => {
    const message = { reference: 'INBOX/7', folder: 'other', receivedAt: NOW, fields: null as never } as const;
    const read = readMessage(message);
    expect(read).to.deep.include({ message, cited: [], sentTo: [] });
    expect(read.fault).to.be.instanceOf(TypeError);
    expect(readMessage(message).messageId).to.equal(read.messageId);
  });
});
