import { expect } from 'chai';

import { citedThread } from '../../../connector/src/match/cited-thread.ts';
import type { KnownMail } from '../../../connector/src/match/known-mail.ts';
import { matchThread, type ThreadMessage } from '../../../connector/src/match/match-thread.ts';
import { headers, trackedMail } from './sample-mail.ts';

const THREAD = citedThread('7', 'gmail-1');

const sentTo = (messageId: string, day: number, ...addresses: string[]): KnownMail => ({
  role: 'thread',
  mail: trackedMail({
    messageId,
    subject: 'Spring offer',
    sentAt: new Date(Date.UTC(2026, 2, day)),
    recipients: addresses.map((address) => ({ address, role: 'To' as const })),
  }),
});

const toLena = sentTo('lena@x', 2, 'lena@lead.example.org');
const toOmar = sentTo('omar@x', 3, 'omar@other.example');
const toBoth = sentTo('both@x', 4, 'omar@other.example', 'lena@lead.example.org');

const answer = (answering: string, changes: Partial<ThreadMessage> = {}): ThreadMessage => ({
  answering,
  ownIds: () => [],
  block: headers('Subject: Re: Spring offer'),
  receivedAt: new Date('2026-03-10T09:00:00Z'),
  ...changes,
});

function matched(mails: readonly KnownMail[], message: ThreadMessage): string | undefined {
  return matchThread(THREAD, mails, message)?.nearest.mail.messageId;
}

describe('the mail that a message answers by its thread at the provider', () => {
  it('is the one that went to whoever answers, though another was sent later', () => {
    expect(matched([toLena, toOmar], answer('lena@lead.example.org'))).to.equal('lena@x');
    expect(matched([toOmar, toLena], answer('omar@other.example'))).to.equal('omar@x');
  });

  it('is the last of those that did', () => {
    expect(matched([toLena, toBoth, toOmar], answer('lena@lead.example.org'))).to.equal('both@x');
  });

  it('is the last one of the thread when somebody else answers', () => {
    expect(matched([toLena, toOmar], answer('boss@lead.example.org'))).to.equal('omar@x');
  });

  it('is the last one that was sent before the answer arrived', () => {
    const receivedAt = new Date(Date.UTC(2026, 2, 3, 12));
    expect(matched([toLena, toBoth], answer('lena@lead.example.org', { receivedAt }))).to.equal('lena@x');
    expect(matched([toLena, toBoth], answer('omar@other.example', { receivedAt }))).to.equal('lena@x');
  });

  it('is never the message itself', () => {
    const own = answer('lena@lead.example.org', { ownIds: () => ['lena@x'] });
    expect(matched([toLena], own)).to.equal(undefined);
    expect(matched([toLena, toOmar], own)).to.equal('omar@x');
  });

  it('is none when the thread holds no tracked mail', () => {
    expect(matchThread(THREAD, [], answer('lena@lead.example.org'))).to.equal(undefined);
  });

  it('comes alone and with the evidence, since the mails of a thread may have gone to different people', () => {
    expect(matchThread(THREAD, [toLena, toOmar, toBoth], answer('lena@lead.example.org'))).to.deep.equal({
      nearest: {
        mail: toBoth.mail,
        citedId: THREAD.id,
        field: 'Provider Thread',
        role: 'thread',
        confidence: 'medium',
      },
      others: [],
    });
  });
});
