import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import type { TrackedMail } from '../../../connector/src/match/tracked-mail.ts';

/** Header fields written one a line, `Name: value`. */
export function headers(text: string): HeaderBlock {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}

/** A mail that Ida sent to one lead. */
export function trackedMail(changes: Partial<TrackedMail> = {}): TrackedMail {
  return {
    messageId: 'offer@rep.example.com',
    subject: 'An offer',
    sentAt: new Date('2026-03-02T09:00:00Z'),
    ownerId: '005000000000001AAA',
    senderAddress: 'ida@rep.example.com',
    source: 'Sequence',
    recipients: [{ address: 'lena@lead.example.org', role: 'To', personId: '003000000000001AAA' }],
    ...changes,
  };
}
