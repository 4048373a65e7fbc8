import { expect } from 'chai';

import { matchFailedRecipient } from '../../../connector/src/match/match-failed-recipient.ts';
import { trackedMail } from './sample-mail.ts';

const RECEIVED_AT = new Date('2026-03-10T12:00:00Z');
const HOUR = 3_600_000;

const sent = (messageId: string, hoursBefore: number, address = 'lena@lead.example.org') =>
  trackedMail({
    messageId,
    sentAt: new Date(RECEIVED_AT.getTime() - hoursBefore * HOUR),
    recipients: [{ address, role: 'To' }],
  });

const matchOf = (...mails: ReturnType<typeof sent>[]) =>
  matchFailedRecipient({ address: 'Lena@lead.example.org', receivedAt: RECEIVED_AT }, mails);

describe('a report that names its recipient alone', () => {
  it('is about the only mail to that address', () => {
    const mail = sent('a@x', 2);
    expect(matchOf(mail, sent('b@x', 1, 'omar@lead.example.org'))).to.deep.equal({
      nearest: {
        mail,
        citedId: 'lena@lead.example.org',
        field: 'Delivery Report',
        role: 'recipient',
        confidence: 'medium',
      },
      others: [],
    });
  });

  it('is about the last of several, which is not sure', () => {
    const last = sent('b@x', 1);
    expect(matchOf(sent('a@x', 2), last, sent('c@x', 3))).to.deep.include({
      nearest: {
        mail: last,
        citedId: 'lena@lead.example.org',
        field: 'Delivery Report',
        role: 'recipient',
        confidence: 'low',
      },
    });
  });

  it('is about a mail of the six days that a mail server tries, and of no other time', () => {
    expect(matchOf(sent('a@x', 6 * 24))?.nearest.mail.messageId).to.equal('a@x');
    expect(matchOf(sent('a@x', 6 * 24 + 0.001))).to.equal(undefined);
    expect(matchOf(sent('a@x', -5 / 60))?.nearest.mail.messageId).to.equal('a@x');
    expect(matchOf(sent('a@x', -0.09))).to.equal(undefined);
  });

  it('is about nothing when no mail went there', () => {
    expect(matchOf(sent('a@x', 1, 'omar@lead.example.org'))).to.equal(undefined);
    expect(matchOf()).to.equal(undefined);
  });
});
