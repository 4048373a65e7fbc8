import { expect } from 'chai';
import fc from 'fast-check';

import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import { KINDS, type Kind } from '../../../connector/src/mail/kind.ts';
import {
  composeReplies,
  haltsPerson,
  type AnsweringMessage,
  peopleHalted,
} from '../../../connector/src/match/compose-replies.ts';
import type { TrackedMail } from '../../../connector/src/match/tracked-mail.ts';
import { headers, trackedMail } from './sample-mail.ts';

const ownSide = { addresses: new Set(['ida@rep.example.com']), domains: new Set(['rep.example.com']) };
const lena = { address: 'lena@lead.example.org', role: 'To', personId: 'lena', campaignStatusId: 'status' } as const;
const omar = { address: 'omar@lead.example.org', role: 'To', personId: 'omar' } as const;

const answer = headers(`
  Message-ID: <answer@lead.example.org>
  In-Reply-To: <offer@rep.example.com>
  From: Lena <Lena@lead.example.org>
  Subject: =?utf-8?Q?Re:_Gr=C3=BC=C3=9Fe?=`);

function answering(changes: Partial<AnsweringMessage> = {}, mail: TrackedMail = trackedMail({ recipients: [lena] })) {
  const nearest = { mail, citedId: mail.messageId, field: 'In-Reply-To', role: 'own', confidence: 'high' } as const;
  const receivedAt = new Date('2026-03-03T10:00:00Z');
  return { block: answer, match: { nearest, others: [] }, kind: 'human' as Kind, receivedAt, ownSide, ...changes };
}

const keysOf = (message: AnsweringMessage) => composeReplies(message).map(({ replyKey }) => replyKey);

describe('the replies that a message is', () => {
  it('say who answered what, when, how it was found and for whom it counts', () => {
    const [reply, ...others] = composeReplies(answering());
    expect(others).to.deep.equal([]);
    expect(reply).to.deep.include({
      kind: 'human',
      from: 'lena@lead.example.org',
      subject: 'Re: Grüße',
      receivedAt: new Date('2026-03-03T10:00:00Z'),
      matchedBy: 'In-Reply-To',
      confidence: 'high',
      replier: 'Recipient',
      messageKey: 'offer@rep.example.com',
      ownerId: '005000000000001AAA',
      personId: 'lena',
      campaignStatusId: 'status',
    });
    expect(reply.replyKey).to.match(/^[0-9a-f]{64}$/);
  });

  it('are one for each person when somebody answers for all', () => {
    const block = headers('Message-ID: <answer@x>\nFrom: boss@lead.example.org');
    const replies = composeReplies(answering({ block }, trackedMail({ recipients: [lena, omar] })));
    expect(replies.map(({ personId, campaignStatusId }) => [personId, campaignStatusId])).to.deep.equal([
      ['lena', 'status'],
      ['omar', undefined],
    ]);
    expect(new Set(replies.map(({ replyKey }) => replyKey)).size).to.equal(2);
    expect(replies.every(({ replier }) => replier === 'Same Domain')).to.equal(true);
  });

  it('are a single one without person when nobody is known', () => {
    const mail = trackedMail({ recipients: [{ address: 'lena@lead.example.org', role: 'To' }] });
    const [reply, ...others] = composeReplies(answering({}, mail));
    expect(others).to.deep.equal([]);
    expect(reply).not.to.have.any.keys('personId', 'campaignStatusId');
  });

  it('name the digest of an id that is too long for its field', () => {
    const [reply] = composeReplies(answering({}, trackedMail({ messageId: `${'a'.repeat(300)}@x` })));
    expect(reply.messageKey).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  for (const kind of ['bounce', 'delay', 'delivery_ok'] as const) {
    const block = headers('Message-ID: <report@x>\nFrom: MAILER-DAEMON@rep.example.com\nSubject: report');
    const mail = trackedMail({ recipients: [lena, omar] });

    it(`count for the recipient that the report names, for ${kind}`, () => {
      const report = { recipient: 'omar@lead.example.org' };
      const [reply, ...others] = composeReplies(answering({ block, kind, report }, mail));
      expect(reply).to.include({ personId: 'omar', from: 'mailer-daemon@rep.example.com', replier: 'Recipient' });
      expect(others).to.deep.equal([]);
    });

    it(`count for the only recipient when the report names none, for ${kind}`, () => {
      const [reply] = composeReplies(answering({ block, kind }));
      expect(reply).to.include({ personId: 'lena', replier: 'Recipient' });
    });

    it(`count for nobody when the report names none of several recipients, for ${kind}`, () => {
      const [reply] = composeReplies(answering({ block, kind }, mail));
      expect(reply.personId).to.equal(undefined);
    });
  }

  it('keep their keys whichever of three mailboxes is read, whenever and by whatever field', () => {
    const keys = keysOf(answering());
    const copies: Partial<AnsweringMessage>[] = [
      { receivedAt: new Date(0) },
      { block: [['Delivered-To', 'otto@rep.example.com'], ...answer] },
      { block: answer.toReversed() },
      { kind: 'forward' },
      { ownSide: { addresses: new Set(), domains: new Set() } },
    ];
    for (const copy of copies) expect(keysOf(answering(copy))).to.deep.equal(keys);
  });

  it('keep their keys when the message has no Message-ID', () => {
    const block = answer.filter(([name]) => name !== 'Message-ID');
    const later = headers('Received: by another.example').concat(block);
    expect(keysOf(answering({ block: later }))).to.deep.equal(keysOf(answering({ block })));
    expect(keysOf(answering({ block }))).not.to.deep.equal(keysOf(answering()));
  });

  it('have other keys when another message says the same', () => {
    const block: HeaderBlock = answer.map((field) => (field[0] === 'Message-ID' ? ['Message-ID', '<other@x>'] : field));
    expect(keysOf(answering({ block }))).not.to.deep.equal(keysOf(answering()));
  });

  it('have keys that depend on nothing but the message and its people', () => {
    const field = fc.tuple(fc.constantFrom('Received', 'X-Spam', 'Precedence', 'Sender'), fc.string());
    fc.assert(
      fc.property(
        fc.array(field),
        fc.constantFrom(...KINDS),
        fc.date({ noInvalidDate: true }),
        (fields, kind, receivedAt) => {
          const block = [...fields, ...answer];
          const report = { recipient: 'lena@lead.example.org' };
          expect(keysOf(answering({ block, kind, receivedAt, report }))).to.deep.equal(keysOf(answering()));
        },
      ),
    );
  });

  it('are composed of a message that names nothing at all', () => {
    const [reply] = composeReplies(answering({ block: [] }));
    expect(reply).to.deep.include({ from: '', subject: '', replier: 'Someone Else' });
  });
});

describe('the people whom replies halt', () => {
  const replyOf = (kind: Kind, from: string, mail = trackedMail()) => {
    const block = headers(`Message-ID: <a@x>\nFrom: ${from}`);
    const nearest = { mail, citedId: mail.messageId, field: 'In-Reply-To', role: 'own', confidence: 'high' } as const;
    const ownSide = { addresses: new Set<string>(), domains: new Set(['rep.example.com']) };
    return composeReplies({ block, kind, receivedAt: new Date(0), ownSide, match: { nearest, others: [] } });
  };

  it('are those that somebody answered for', () => {
    const [reply] = replyOf('human', 'lena@lead.example.org');
    expect(peopleHalted([reply])).to.deep.equal([reply.personId]);
  });

  it('are none when a machine or our own side has answered, or nobody who is known', () => {
    const stranger = trackedMail({ recipients: [{ address: 'omar@lead.example.org', role: 'To' }] });
    const replies = [
      ...replyOf('auto_reply', 'lena@lead.example.org'),
      ...replyOf('human', 'otto@rep.example.com'),
      ...replyOf('human', 'omar@lead.example.org', stranger),
    ];
    expect(replies).to.have.lengthOf(3);
    expect(peopleHalted(replies)).to.deep.equal([]);
  });

  it('are not looked for in a reply without a person, which says everything else', () => {
    const stranger = trackedMail({ recipients: [{ address: 'omar@lead.example.org', role: 'To' }] });
    const [reply] = replyOf('human', 'omar@lead.example.org', stranger);
    expect(reply).to.include({ kind: 'human', from: 'omar@lead.example.org', messageKey: 'offer@rep.example.com' });
    expect(reply).not.to.have.any.keys('personId', 'campaignStatusId', 'resumeAt');
    expect(replyOf('human', 'lena@lead.example.org')[0]).not.to.have.property('campaignStatusId');
  });
});

describe('a reply to a mail of a known subject', () => {
  const receivedAt = new Date('2026-03-03T09:00:00Z');
  const resumeAtOf = (subject: string, kind: Kind, mail = trackedMail()) => {
    const block = headers(`Message-ID: <a@x>\nFrom: lena@lead.example.org\nSubject: ${subject}`);
    const nearest = { mail, citedId: mail.messageId, field: 'In-Reply-To', role: 'own', confidence: 'high' } as const;
    const ownSide = { addresses: new Set<string>(), domains: new Set<string>() };
    return composeReplies({ block, kind, receivedAt, ownSide, match: { nearest, others: [] } })[0].resumeAt;
  };

  it('says when its writer is back', () => {
    const resumeAt = resumeAtOf('Out of office until 14 March', 'auto_reply');
    expect(resumeAt).to.deep.equal(new Date('2026-03-14T23:59:59.999Z'));
  });

  it('says it only for a machine that answers for a person', () => {
    for (const kind of KINDS.filter((each) => each !== 'auto_reply')) {
      expect(resumeAtOf('Out of office until 14 March', kind)).to.equal(undefined);
    }
  });

  it('does not take a date of the mail for one of its writer', () => {
    const mail = trackedMail({ subject: 'Offer until 14 March' });
    expect(resumeAtOf('Automatic reply: Offer until 14 March', 'auto_reply', mail)).to.equal(undefined);
    const { subject: _subject, ...untitled } = mail;
    expect(resumeAtOf('Automatic reply: Offer until 14 March', 'auto_reply', untitled)).to.equal(undefined);
  });
});

describe('a reply', () => {
  const halting = (kind: Kind, from: string) => {
    const block = headers(`Message-ID: <a@x>\nFrom: ${from}`);
    return haltsPerson(composeReplies(answering({ block, kind }))[0]);
  };

  for (const kind of KINDS) {
    const byPerson = kind === 'human' || kind === 'forward';
    it(`${byPerson ? 'halts' : 'does not halt'} its person's sequences, for ${kind}`, () => {
      expect(halting(kind, 'lena@lead.example.org')).to.equal(byPerson);
    });

    it(`halts nothing when it comes from our own side, for ${kind}`, () => {
      expect(halting(kind, 'otto@rep.example.com')).to.equal(false);
    });
  }

  it('halts when it comes from another address', () => {
    expect(halting('human', 'lena.private@home.example')).to.equal(true);
  });
});
