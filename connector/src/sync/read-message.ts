import { setImmediate } from 'node:timers/promises';
import { readDeliveryReport, type DeliveryReport, type ReportParts } from '../mail/delivery-report.ts';
import { failedRecipient } from '../mail/failed-recipient.ts';
import { fieldValue } from '../mail/header-field.ts';
import { kindOf } from '../mail/kind.ts';
import type { MessageId } from '../mail/message-id.ts';
import { derivedMessageId, messageHash, messageIdOf } from '../mail/own-message-ids.ts';
import type { MailboxMessage, Mailbox } from '../mailbox/mailbox.ts';
import { citedIds, type CitedId } from '../match/cited-ids.ts';
import { citedThread } from '../match/cited-thread.ts';
import { DELIVERY_KINDS } from '../match/compose-replies.ts';
import { sentTo } from '../track/sent-mail.ts';

/** A message together with what its header fields, and its report parts if it has any, name. */
export interface ReadMessage {
  readonly message: MailboxMessage;
  /** Its Message-ID, or the id derived from its other fields when it has none. */
  readonly messageId: MessageId;
  readonly cited: readonly CitedId[];
  /** Addresses that a sent message went to; none of any other message. */
  readonly sentTo: readonly string[];
  readonly report?: DeliveryReport;
  /** Of a delivery report that names no message: the one recipient that it is about, where it says so. */
  readonly failed?: string;
  /** What was thrown while it was read: a defect of this program, which must not keep other messages waiting. */
  readonly fault?: unknown;
}

/** RFC 6522: only these have machine-readable parts. Sent copies of reports are none of ours to answer. */
export function isReport(message: MailboxMessage): boolean {
  const type = fieldValue(message.fields, 'Content-Type') ?? '';
  return message.folder !== 'sent' && type.trimStart().toLowerCase().startsWith('multipart/report');
}

/** Messages that are read at a stretch, which takes about a millisecond: the store and others have their turn then. */
const AT_A_STRETCH = 100;

/** Reads what each message names; asks the mailbox for the parts of reports, which name it nowhere else. */
export async function readMessages(
  messages: readonly MailboxMessage[],
  mailbox: Pick<Mailbox, 'readReport'>,
): Promise<ReadMessage[]> {
  const read: ReadMessage[] = [];
  for (const message of messages) {
    read.push(readMessage(message, isReport(message) ? await mailbox.readReport(message.reference) : undefined));
    if (read.length % AT_A_STRETCH === 0) await setImmediate();
  }
  return read;
}

/** Never throws: a message that cannot be read names nothing, under an id made of its reference, and carries why. */
export function readMessage(message: MailboxMessage, parts?: ReportParts): ReadMessage {
  try {
    const messageId = messageIdOf(message.fields) ?? derivedMessageId(message.fields);
    const report = parts && readDeliveryReport(parts);
    const cited = citedIds(message.fields, report);
    const failed = cited.length === 0 ? failedIn(message, report) : undefined;
    return {
      message,
      messageId,
      cited,
      sentTo: message.folder === 'sent' ? sentTo(message.fields).map(({ address }) => address) : [],
      ...(report !== undefined && { report }),
      ...(failed !== undefined && { failed }),
    };
  } catch (fault) {
    const messageId = `${messageHash(message.reference)}@unreadable.invalid`;
    return { message, messageId, cited: [], sentTo: [], fault };
  }
}

function failedIn({ folder, fields }: MailboxMessage, report: DeliveryReport | undefined): string | undefined {
  const recipient = folder === 'sent' ? undefined : failedRecipient(fields, report);
  if (recipient === undefined) return undefined;
  const { kind } = kindOf(fields, { answersTrackedMail: true, ...(report && { report }) });
  return DELIVERY_KINDS.includes(kind) ? recipient : undefined;
}

/**
 * The provider's thread as something that a received message names; undefined where it answers nothing in it. What our
 * own side sent says by its ids what it belongs to.
 */
export function answeredThread({ message }: ReadMessage, mailboxId: string): CitedId | undefined {
  const { thread, startsThread, folder } = message;
  return thread === undefined || startsThread === true || folder === 'sent'
    ? undefined
    : citedThread(mailboxId, thread);
}
