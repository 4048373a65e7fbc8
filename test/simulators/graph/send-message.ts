import { randomUUID } from 'node:crypto';

import { headerOf, parseRawMessage, recipientsOf, withHeader, type RawMessage } from '../raw-message.ts';
import type { Directory } from './directory.ts';
import { badRequest } from './graph-error.ts';
import type { MailboxState } from './mailbox-state.ts';
import { messageResource } from './message-resource.ts';
import { messageOf, type Call } from './methods.ts';

/** What sending needs besides the call. */
export interface PostOffice {
  readonly directory: Directory;
  readonly now: () => Date;
  /**
   * What becomes of the Message-ID that a sent message came with: `replace` is what Exchange may do and classic
   * Outlook does, `keep` what Graph does with the one it gave a draft.
   */
  readonly rewriting: 'replace' | 'keep';
  /** Whether the sent copy keeps header fields that its sender wrote (References, custom ones). */
  readonly sentCopiesKeepHeaders: boolean;
}

/** POST sendMail with a whole message in base64 ("user: sendMail", MIME format). Answers with nothing at all. */
export function sendMail({ mailbox, contentType, body }: Call, post: PostOffice): undefined {
  deliver(mailbox, mimeOf(contentType, body), post);
}

/** POST messages with a whole message in base64: a draft, with the Message-ID under which it is to be sent. */
export function createDraft({ mailbox, contentType, body, paging, post }: Call): object {
  const written = mimeOf(contentType, body);
  const message = named(written, post);
  const stored = mailbox.store({
    ...{
      message,
      receivedAt: post.now(),
      isRead: true,
      isDraft: true,
      hasTransportHeaders: post.sentCopiesKeepHeaders,
    },
    folderId: mailbox.folder('drafts')!.id,
  });
  return messageResource(stored, { ...paging, select: ['id', 'internetMessageId'] });
}

/** POST messages/{id}/send: the draft moves to Sent Items. */
export function sendDraft({ mailbox, path }: Call, post: PostOffice): undefined {
  const draft = messageOf(mailbox, path[1]!);
  if (!draft.isDraft) throw badRequest('The message is no draft.');
  mailbox.change(draft.immutableId, { isDraft: false });
  mailbox.move(draft.immutableId, mailbox.folder('sentitems')!.id);
  toRecipients(mailbox, draft.message, post);
}

function mimeOf(contentType: string, body: string): RawMessage {
  if (!contentType.startsWith('text/plain'))
    throw badRequest('The Graph simulator takes messages as MIME in text/plain.');
  return parseRawMessage(Buffer.from(body, 'base64').toString());
}

function named(message: RawMessage, { rewriting }: PostOffice): RawMessage {
  if (rewriting === 'keep' && headerOf(message, 'Message-ID') !== undefined) return message;
  return withHeader(message, 'Message-ID', `<${randomUUID().toUpperCase()}@AM9P123MB0456.EURP123.PROD.OUTLOOK.COM>`);
}

function deliver(sender: MailboxState, written: RawMessage, post: PostOffice): void {
  const message = named(written, post);
  sender.store({
    ...{
      message,
      receivedAt: post.now(),
      isRead: true,
      isDraft: false,
      hasTransportHeaders: post.sentCopiesKeepHeaders,
    },
    folderId: sender.folder('sentitems')!.id,
  });
  toRecipients(sender, message, post);
}

function toRecipients(sender: MailboxState, sent: RawMessage, { directory, now }: PostOffice): void {
  if (recipientsOf(sent).length === 0) throw badRequest('At least one recipient is needed.');
  for (const address of recipientsOf(sent)) {
    const mailbox = directory.user(address)?.mailbox;
    if (mailbox === undefined) continue;
    const message = withHeader(withHeader(sent, 'Bcc'), 'Return-Path', sender.address);
    const received = { receivedAt: now(), isRead: false, isDraft: false, hasTransportHeaders: true };
    mailbox.store({ ...received, message, folderId: mailbox.folder('inbox')!.id });
  }
}
