import { parseReadFields } from '../../connector/src/mail/header-block.ts';
import { ownMessageIds } from '../../connector/src/mail/own-message-ids.ts';
import type { MailboxMessage } from '../../connector/src/mailbox/mailbox.ts';
import { matchReply, type KnownMail } from '../../connector/src/match/match-reply.ts';
import { readMessage } from '../../connector/src/sync/read-message.ts';
import type { HeaderBlockSample } from './header-blocks.ts';
import { RECEIVED_AT, trackedId, trackedMail } from './sample-mail.ts';

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
  return { reference, folder: 'other', receivedAt, fields: parseReadFields(bytes) };
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
    if (matchReply(cited, index, () => ownMessageIds(message.fields)) !== undefined) answers += 1;
  }
  return { blocks: samples.length, answers };
}
