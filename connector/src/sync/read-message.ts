import { readDeliveryReport, type DeliveryReport } from '../mail/delivery-report.ts';
import { fieldValue } from '../mail/header-field.ts';
import type { MessageId } from '../mail/message-id.ts';
import { derivedMessageId, messageHash, messageIdOf } from '../mail/own-message-ids.ts';
import type { MailboxMessage, Mailbox } from '../mailbox/mailbox.ts';
import { citedIds, type CitedId } from '../match/cited-ids.ts';

/** A message together with what its header fields, and its report parts if it has any, name. */
export interface ReadMessage {
  readonly message: MailboxMessage;
  /** Its Message-ID, or the id derived from its other fields when it has none. */
  readonly messageId: MessageId;
  /** Hex SHA-256 of `messageId`. */
  readonly hash: string;
  readonly cited: readonly CitedId[];
  readonly report?: DeliveryReport;
}

/** RFC 6522: only these have machine-readable parts. Sent copies of reports are none of ours to answer. */
export function isReport(message: MailboxMessage): boolean {
  const type = fieldValue(message.fields, 'Content-Type') ?? '';
  return message.folder !== 'sent' && type.trimStart().toLowerCase().startsWith('multipart/report');
}

/** Reads what each message names; asks the mailbox for the parts of reports, which name it nowhere else. */
export async function readMessages(
  messages: readonly MailboxMessage[],
  mailbox: Pick<Mailbox, 'readReport'>,
): Promise<ReadMessage[]> {
  const read: ReadMessage[] = [];
  for (const message of messages) {
    const parts = isReport(message) ? await mailbox.readReport(message.reference) : undefined;
    read.push(readMessage(message, parts === undefined ? undefined : readDeliveryReport(parts)));
  }
  return read;
}

export function readMessage(message: MailboxMessage, report: DeliveryReport | undefined): ReadMessage {
  const messageId = messageIdOf(message.fields) ?? derivedMessageId(message.fields);
  return {
    message,
    messageId,
    hash: messageHash(messageId),
    cited: citedIds(message.fields, report),
    ...(report !== undefined && { report }),
  };
}
