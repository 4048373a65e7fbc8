import { parseHeaderBlock } from '../../connector/src/mail/header-block.ts';
import { ownMessageIds } from '../../connector/src/mail/own-message-ids.ts';
import { READ_FIELDS } from '../../connector/src/mail/read-fields.ts';
import type { MailboxMessage } from '../../connector/src/mailbox/mailbox.ts';
import { matchReply, type KnownMail } from '../../connector/src/match/match-reply.ts';
import type { TrackedMail } from '../../connector/src/match/tracked-mail.ts';
import { readMessage } from '../../connector/src/sync/read-message.ts';
import type { HeaderBlockSample } from './header-blocks.ts';

export const OWNER_ID = '005000000000001AAA';
export const REP_ADDRESS = 'rita.rep@seller.example';

const RECEIVED_AT = new Date(Date.UTC(2026, 2, 2));

const WANTED = new Set(READ_FIELDS.map((name) => name.toLowerCase()));

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

/** An index in memory: which tracked mails an id leads to. */
export type MemoryIndex = (id: string) => readonly KnownMail[];

export function createMemoryIndex(tracked: number): MemoryIndex {
  const numbers = new Map(Array.from({ length: tracked }, (_, number) => [trackedId(number), number]));
  return (id) => {
    const number = numbers.get(id);
    return number === undefined ? [] : [{ role: 'own', mail: trackedMail(number) }];
  };
}

/** A header block as a mailbox adapter hands it on: the fields that the connector reads, in their order. */
export function messageOf(bytes: Uint8Array, reference: string, receivedAt: Date): MailboxMessage {
  const fields = parseHeaderBlock(bytes).filter(([name]) => WANTED.has(name.toLowerCase()));
  return { reference, folder: 'other', receivedAt, fields };
}

/** The pure header path: from the bytes of each block to the tracked mail that it answers, if any. */
export function countAnswers(
  samples: readonly HeaderBlockSample[],
  index: MemoryIndex,
): { blocks: number; answers: number } {
  let answers = 0;
  for (const { bytes } of samples) {
    const message = messageOf(bytes, 'INBOX', RECEIVED_AT);
    const { cited } = readMessage(message);
    if (matchReply(cited, index, ownMessageIds(message.fields)) !== undefined) answers += 1;
  }
  return { blocks: samples.length, answers };
}
