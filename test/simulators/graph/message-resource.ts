import { createHash } from 'node:crypto';

import libmime from 'libmime';
import addressparser from 'nodemailer/lib/addressparser';

import { headerOf, type RawMessage } from '../raw-message.ts';
import type { MeetingMessageType, StoredMessage } from './mailbox-state.ts';

/** Properties of a message that may be selected (resource type message), and what each shows. */
const PROPERTIES: Readonly<Record<string, (message: StoredMessage) => unknown>> = {
  id: ({ id }) => id,
  changeKey: ({ immutableId }) => `CQ${immutableId}`,
  receivedDateTime: ({ receivedAt }) => instant(receivedAt),
  sentDateTime: ({ message, receivedAt }) => instant(dateOf(message) ?? receivedAt),
  createdDateTime: ({ receivedAt }) => instant(receivedAt),
  lastModifiedDateTime: ({ receivedAt }) => instant(receivedAt),
  subject: ({ message }) => libmime.decodeWords(headerOf(message, 'Subject') ?? ''),
  internetMessageId: ({ message }) => headerOf(message, 'Message-ID'),
  conversationId: ({ conversationId }) => conversationId,
  conversationIndex: ({ message, conversationId }) =>
    headerOf(message, 'Thread-Index') ??
    createHash('sha256').update(conversationId).digest().subarray(0, 22).toString('base64'),
  parentFolderId: ({ folderId }) => folderId,
  isRead: ({ isRead }) => isRead,
  isDraft: ({ isDraft }) => isDraft,
  hasAttachments: () => false,
  importance: () => 'normal',
  inferenceClassification: () => 'focused',
  from: ({ message }) => people(message, 'From')[0],
  sender: ({ message }) =>
    (people(message, 'Sender').length > 0 ? people(message, 'Sender') : people(message, 'From'))[0],
  toRecipients: ({ message }) => people(message, 'To'),
  ccRecipients: ({ message }) => people(message, 'Cc'),
  bccRecipients: ({ message, hasTransportHeaders }) => (hasTransportHeaders ? [] : people(message, 'Bcc')),
  replyTo: ({ message }) => people(message, 'Reply-To'),
  internetMessageHeaders: ({ message, hasTransportHeaders }) =>
    hasTransportHeaders ? message.headers.map(([name, value]) => ({ name, value })) : undefined,
};

/** Properties that show what was written: Mail.ReadBasic leaves them out, and a reader of header fields asks for none. */
export const BODY_PROPERTIES: readonly string[] = ['body', 'bodyPreview', 'uniqueBody'];

/** Navigation properties and what hangs on them: refused under Mail.ReadBasic. */
export const BEYOND_BASIC: readonly string[] = [
  ...BODY_PROPERTIES,
  'attachments',
  'extensions',
  'singleValueExtendedProperties',
  'multiValueExtendedProperties',
];

export function isMessageProperty(name: string): boolean {
  return Object.hasOwn(PROPERTIES, name) || BEYOND_BASIC.includes(name);
}

/** What a request may change of how a message is shown. */
export interface Showing {
  /** Empty for every property but internetMessageHeaders, which has to be asked for by name. */
  readonly select: readonly string[];
  readonly immutableIds: boolean;
  /** Whether this call gives internetMessageHeaders at all. */
  readonly headers: boolean;
}

/** A message as Graph shows it. The id and the type of what is no plain message come unasked. */
export function messageResource(message: StoredMessage, { select, immutableIds, headers }: Showing): object {
  const names =
    select.length > 0 ? select : Object.keys(PROPERTIES).filter((name) => name !== 'internetMessageHeaders');
  const shown = names
    .filter((name) => name !== 'id' && (headers || name !== 'internetMessageHeaders'))
    .map((name) => [name, PROPERTIES[name]?.(message)] as const)
    .filter(([, value]) => value !== undefined);
  return {
    ...typeOf(message.meetingMessageType),
    '@odata.etag': `W/"CQ${message.immutableId}"`,
    id: immutableIds ? message.immutableId : message.id,
    ...Object.fromEntries(shown),
  };
}

function typeOf(meetingMessageType: MeetingMessageType | undefined): object {
  if (meetingMessageType === undefined) return {};
  if (meetingMessageType === 'meetingRequest') return { '@odata.type': '#microsoft.graph.eventMessageRequest' };
  if (meetingMessageType === 'meetingCancelled') return { '@odata.type': '#microsoft.graph.eventMessage' };
  return { '@odata.type': '#microsoft.graph.eventMessageResponse' };
}

/** Graph shows instants to the second. */
export function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function dateOf(message: RawMessage): Date | undefined {
  const date = new Date(headerOf(message, 'Date') ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function people(message: RawMessage, name: string): object[] {
  const value = headerOf(message, name);
  if (value === undefined) return [];
  return addressparser(value, { flatten: true }).map(({ name: shown, address }) => ({
    emailAddress: { name: libmime.decodeWords(shown === '' ? address : shown), address },
  }));
}
