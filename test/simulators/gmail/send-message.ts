import { badRequest } from './google-error.ts';
import type { MailboxState, StoredMessage } from './mailbox-state.ts';
import { headerOf, recipientsOf, withHeader, type RawMessage } from '../raw-message.ts';

/**
 * What happens to the Message-ID of a sent message: `drop` replaces it and forgets the original, `original` replaces
 * it and keeps the original in X-Google-Original-Message-ID, `keep` leaves it.
 */
export type MessageIdRewriting = 'drop' | 'original' | 'keep';

export interface Sending {
  readonly sender: MailboxState;
  readonly mailboxes: ReadonlyMap<string, MailboxState>;
  readonly rewriting: MessageIdRewriting;
  readonly sentAt: Date;
  /** A fresh Message-ID with its angle brackets. */
  readonly messageId: string;
}

/** The sender's copy under SENT, and a copy in the inbox of every recipient who has a mailbox here. */
export function sendMessage(raw: RawMessage, threadId: string | undefined, sending: Sending): StoredMessage {
  const recipients = recipientsOf(raw);
  if (recipients.length === 0) throw badRequest('Recipient address required');
  const message = asSent(raw, sending);
  const copy = { message, labels: ['SENT'], receivedAt: sending.sentAt, threadId };
  const [sent] = sending.sender.add(copy);
  for (const address of recipients) {
    const mailbox = sending.mailboxes.get(address);
    if (mailbox !== undefined && mailbox !== sending.sender) mailbox.add(asReceived(message, sending, address));
    if (mailbox === sending.sender) mailbox.relabel(sent!.id, { add: ['INBOX', 'UNREAD'] });
  }
  return sending.sender.messages.get(sent!.id)!;
}

function asSent(raw: RawMessage, { sender, rewriting, sentAt, messageId }: Sending): RawMessage {
  const original = headerOf(raw, 'Message-ID');
  const from = headerOf(raw, 'From');
  const dated = headerOf(raw, 'Date') === undefined ? withHeader(raw, 'Date', sentAt.toUTCString()) : raw;
  const honest = from?.toLowerCase().includes(sender.address) ? dated : withHeader(dated, 'From', sender.address);
  if (original !== undefined && rewriting === 'keep') return honest;
  const renamed = withHeader(honest, 'Message-ID', messageId);
  return original !== undefined && rewriting === 'original'
    ? withHeader(renamed, 'X-Google-Original-Message-ID', original)
    : renamed;
}

function asReceived(sent: RawMessage, { sender, sentAt }: Sending, address: string) {
  const open = withHeader(sent, 'Bcc');
  const returned = withHeader(open, 'Return-Path', `<${sender.address}>`);
  const message = withHeader(returned, 'Delivered-To', address);
  return { message, labels: ['INBOX', 'UNREAD'], receivedAt: sentAt };
}
