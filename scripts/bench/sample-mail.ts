import type { TrackedMail } from '../../connector/src/match/tracked-mail.ts';

/** Salesforce id of the rep whose mailbox is read. */
export const OWNER_ID = '005000000000001AAA';
export const REP_ADDRESS = 'rita.rep@seller.example';
/** When the mailbox received its mail, and from when on it is read. */
export const RECEIVED_AT = new Date(Date.UTC(2026, 2, 2));
export const READ_SINCE = new Date(Date.UTC(2026, 0, 1));

/** The Message-ID of a tracked mail, as a sending program makes them. */
export function trackedId(number: number): string {
  return `${number.toString(36).padStart(6, '0')}.4f1c9a7e-2b60-4d0e@mail.seller.example`;
}

/** The tracked mail of that number. */
export function trackedMail(number: number): TrackedMail {
  return {
    messageId: trackedId(number),
    subject: 'Our offer',
    sentAt: new Date(Date.UTC(2026, 1, 1)),
    ownerId: OWNER_ID,
    senderAddress: REP_ADDRESS,
    source: 'Sequence',
    trackedEmailId: `a01${String(number).padStart(12, '0')}AAA`,
    recipients: [
      {
        address: `lead${number}@buyer.example`,
        role: 'To',
        personId: `003${String(number).padStart(12, '0')}AAA`,
        campaignStatusId: `a02${String(number).padStart(12, '0')}AAA`,
      },
    ],
  };
}
