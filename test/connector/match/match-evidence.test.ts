import { expect } from 'chai';

import { citedIds } from '../../../connector/src/match/cited-ids.ts';
import { citedThread } from '../../../connector/src/match/cited-thread.ts';
import { matchReply, type KnownMail } from '../../../connector/src/match/match-reply.ts';
import { headers, trackedMail } from './sample-mail.ts';

/** Thread-Index of a mail, and of an answer to it: the same 22 bytes, and five more. */
const FIRST_INDEX = Buffer.from(Array.from({ length: 22 }, (_, index) => index + 1)).toString('base64');
const FIRST_ANSWER = Buffer.from(Array.from({ length: 27 }, (_, index) => index + 1)).toString('base64');

const first = trackedMail({
  messageId: 'first@x',
  subject: 'Spring offer',
  sentAt: new Date('2026-03-02T09:00:00Z'),
  conversation: FIRST_INDEX,
});
const second = trackedMail({ messageId: 'second@x', sentAt: new Date('2026-03-05T09:00:00Z') });
const receivedAt = new Date('2026-03-06T09:00:00Z');

function matchOf(text: string, known: Record<string, KnownMail[]>, at: Date | undefined = receivedAt) {
  const block = headers(text);
  const cited = [...citedIds(block), citedThread('7', 'gmail-1')];
  return matchReply(cited, (id) => known[id] ?? [], undefined, { block, ...(at && { receivedAt: at }) });
}

const THREAD = citedThread('7', 'gmail-1').id;

describe('a match', () => {
  const confidences: [title: string, subject: string, role: KnownMail['role'], confidence: string][] = [
    ['by an id of the mail itself is sure', 'Re: Spring offer', 'own', 'high'],
    ['by an id that a provider wrote is sure', 'Re: Spring offer', 'rewritten', 'high'],
    ['by an id that we planted is sure', 'Re: Spring offer', 'planted', 'high'],
    ['by the id of an answer is less sure', 'Re: Spring offer', 'alias', 'medium'],
    ['with another subject is less sure', 'Lunch?', 'own', 'medium'],
    ['by the id of an answer with another subject is not sure', 'Lunch?', 'alias', 'low'],
    ['does not mind prefixes of other languages and tags', '[EXTERNAL] AW: WG: Antw: Spring offer', 'own', 'high'],
    ['does not mind the words of a program before the subject', 'Automatic reply: Spring offer', 'own', 'high'],
    ['does not mind a subject that is missing', '', 'own', 'high'],
  ];
  for (const [title, subject, role, confidence] of confidences) {
    it(title, () => {
      const text = `In-Reply-To: <a@x>\nSubject: ${subject}`;
      expect(matchOf(text, { 'a@x': [{ role, mail: first }] })?.nearest).to.include({ mail: first, confidence });
    });
  }

  it('does not mind a subject that the mail itself has not got', () => {
    const { subject: _subject, ...untitled } = first;
    const match = matchOf('In-Reply-To: <a@x>\nSubject: Lunch?', { 'a@x': [{ role: 'own', mail: untitled }] });
    expect(match?.nearest.confidence).to.equal('high');
  });
});

describe('a Thread-Index', () => {
  const both: KnownMail[] = [
    { role: 'alias', mail: second },
    { role: 'alias', mail: first },
  ];

  it('decides between mails that the same id leads to', () => {
    expect(matchOf('In-Reply-To: <a@x>', { 'a@x': both })?.nearest.mail).to.equal(second);
    const match = matchOf(`In-Reply-To: <a@x>\nThread-Index: ${FIRST_ANSWER}`, { 'a@x': both });
    expect(match?.nearest.mail).to.equal(first);
    expect(match?.others.map(({ mail }) => mail)).to.deep.equal([second]);
  });

  it('never decides against the id of the mail itself', () => {
    const known: KnownMail[] = [
      { role: 'alias', mail: first },
      { role: 'own', mail: second },
    ];
    const match = matchOf(`In-Reply-To: <a@x>\nThread-Index: ${FIRST_INDEX}`, { 'a@x': known });
    expect(match?.nearest.mail).to.equal(second);
  });

  it('that is missing makes no difference', () => {
    const { conversation: _conversation, ...older } = first;
    const known: KnownMail[] = [
      { role: 'alias', mail: older },
      { role: 'alias', mail: { ...second, conversation: FIRST_INDEX } },
    ];
    expect(matchOf('In-Reply-To: <a@x>', { 'a@x': known })?.nearest.mail.messageId).to.equal('second@x');
  });

  it('is no match by itself', () => {
    expect(matchOf(`Thread-Index: ${FIRST_INDEX}`, { 'a@x': both })).to.equal(undefined);
  });

  it('of another conversation decides nothing', () => {
    const other = Buffer.alloc(22, 9).toString('base64');
    expect(matchOf(`In-Reply-To: <a@x>\nThread-Index: ${other}`, { 'a@x': both })?.nearest.mail).to.equal(second);
  });
});

describe("the provider's thread", () => {
  const inThread: KnownMail[] = [{ role: 'thread', mail: first }];

  it('leads an answer that names no id to the mail', () => {
    const match = matchOf('Subject: Re: Spring offer', { [THREAD]: inThread });
    expect(match?.nearest).to.include({ mail: first, field: 'Provider Thread', confidence: 'medium' });
  });

  it('comes behind every id', () => {
    const match = matchOf('In-Reply-To: <b@x>', { [THREAD]: inThread, 'b@x': [{ role: 'alias', mail: second }] });
    expect(match?.nearest.mail).to.equal(second);
    expect(match?.others.map(({ mail }) => mail)).to.deep.equal([first]);
  });

  it('holds mail from before the tracked one, which answers nothing', () => {
    const before = new Date(first.sentAt.getTime() - 1);
    expect(matchOf('Subject: Spring offer', { [THREAD]: inThread }, before)).to.equal(undefined);
    expect(matchOf('Subject: Spring offer', { [THREAD]: inThread }, first.sentAt)?.nearest.mail).to.equal(first);
  });

  it('leads nowhere when nobody knows when the message was received', () => {
    const cited = [citedThread('7', 'gmail-1')];
    expect(matchReply(cited, () => inThread, undefined, { block: [] })).to.equal(undefined);
  });

  it('leads to the mail that was sent last', () => {
    const known = [...inThread, { role: 'thread', mail: second } as const];
    expect(matchOf('Subject: Re: hello', { [THREAD]: known })?.nearest.mail).to.equal(second);
  });

  it('is that of one mailbox and can be named in no header field', () => {
    expect(citedThread('7', 'a').id).not.to.equal(citedThread('8', 'a').id);
    expect(citedIds(headers(`In-Reply-To: <${THREAD}>`)).map(({ id }) => id)).to.deep.equal(['thread7gmail-1']);
  });
});

describe('the envelope id of a report', () => {
  const ids = (originalEnvelopeId: string) =>
    citedIds(headers('From: mailer-daemon@x'), { action: 'failed', originalEnvelopeId }).map(({ id }) => id);

  it('is an id like any other', () => {
    expect(ids('offer@rep.example.com')).to.deep.equal(['offer@rep.example.com']);
    expect(ids('QQ314159')).to.deep.equal(['QQ314159']);
  });

  it('is read with and without the encoding it travels in', () => {
    expect(ids('a+2Bb+3Dc@x')).to.deep.equal(['a+2Bb+3Dc@x', 'a+b=c@x']);
    expect(ids('a+zz@x')).to.deep.equal(['a+zz@x']);
  });

  it('is none when it is a phrase', () => {
    expect(ids('not known here')).to.deep.equal([]);
  });
});
