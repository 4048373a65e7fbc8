import type { HeaderField } from '../../mail/header-field.ts';

/** How Graph spells the id of a message. */
export const MESSAGE_ID = /^[A-Za-z0-9_=-]{8,1024}$/;
/** Ids come back in addresses. */
const ID = /^[\x21-\x7e]{1,1024}$/;
/** What servers take as an address; a state token is part of it. */
const MAX_LINK = 16 * 1024;

/** What Edm.DateTimeOffset can say (OData CSDL, section 5.1). */
const [FIRST_INSTANT, LAST_INSTANT] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** What the adapter reads of a message. */
export interface GraphMessage {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly isDraft: boolean;
  /** True for what Exchange knows to be an invitation, a cancellation or an answer to one (eventMessage). */
  readonly isMeetingMessage: boolean;
  /** The header fields as they came in; undefined where the answer holds none. */
  readonly headers: readonly HeaderField[] | undefined;
  /** What Graph itself says of the message, as header fields, for one that came through no transport. */
  readonly properties: readonly HeaderField[];
}

/** One page of a delta query, over messages or over folders. */
export interface DeltaAnswer<Entry> {
  readonly entries: readonly Entry[];
  /** Where to go on; `more` says whether this round has further pages. */
  readonly link: string;
  readonly more: boolean;
}

/** A folder that was made, renamed, moved or removed, or whose counts changed. */
export interface FolderEntry {
  readonly id: string;
  /** As its owner calls it; empty where the answer does not say. */
  readonly name: string;
  /** The folder that it lies in; empty where the answer does not say. */
  readonly parentId: string;
  readonly removed: boolean;
  /** False for a search folder, which shows messages of others. */
  readonly holdsMessages: boolean;
}

/** An answer with status 200 that is not what Graph answers: an HTML page, half a document, a proxy's own JSON. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/**
 * One page of "message: delta". Left out are removed messages and changes of the read mark, which come with three
 * properties only: neither brings a message in.
 *
 * @throws UnreadableAnswer
 */
export function parseMessageDelta(answer: unknown): DeltaAnswer<GraphMessage> {
  const arrived = list(answer, 'value').filter((entry) => member(entry, 'receivedDateTime') !== undefined);
  return { entries: arrived.map(parseMessage), ...linkOf(answer) };
}

/** @throws UnreadableAnswer */
export function parseFolderDelta(answer: unknown): DeltaAnswer<FolderEntry> {
  const entries = list(answer, 'value').map((entry) => ({
    id: idOf(entry),
    name: text(entry, 'displayName'),
    parentId: text(entry, 'parentFolderId'),
    removed: member(entry, '@removed') !== undefined,
    holdsMessages: member(entry, '@odata.type') !== '#microsoft.graph.mailSearchFolder',
  }));
  return { entries, ...linkOf(answer) };
}

/** One page of "List messages", which needs no link: the next one is asked for by date. */
export function parseMessageList(answer: unknown): GraphMessage[] {
  return list(answer, 'value').map(parseMessage);
}

/** What the adapter reads of a subscription. */
export interface GraphSubscription {
  readonly id: string;
  readonly expiresAt: Date;
}

/** @throws UnreadableAnswer */
export function parseSubscription(answer: unknown): GraphSubscription {
  const expiresAt = new Date(text(answer, 'expirationDateTime'));
  if (Number.isNaN(expiresAt.getTime())) throw new UnreadableAnswer('expirationDateTime');
  return { id: idOf(answer), expiresAt };
}

/** How many messages a list holds (`$count`). @throws UnreadableAnswer */
export function parseCount(answer: unknown): number {
  const count = member(answer, '@odata.count');
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    throw new UnreadableAnswer('@odata.count');
  return count;
}

/** @throws UnreadableAnswer */
export function parseFolderId(answer: unknown): string {
  return idOf(answer);
}

/** The folder in which a message lies. @throws UnreadableAnswer */
export function parseParentFolderId(answer: unknown): string {
  const id = text(answer, 'parentFolderId');
  if (id === '') throw new UnreadableAnswer('parentFolderId');
  return id;
}

/** @throws UnreadableAnswer */
export function parseMessage(answer: unknown): GraphMessage {
  const receivedAt = Date.parse(text(answer, 'receivedDateTime'));
  const isInstant = receivedAt >= FIRST_INSTANT && receivedAt <= LAST_INSTANT;
  if (!isInstant) throw new UnreadableAnswer('receivedDateTime');
  return {
    id: messageIdOf(answer),
    receivedAt,
    isDraft: member(answer, 'isDraft') === true,
    isMeetingMessage: text(answer, '@odata.type').startsWith('#microsoft.graph.eventMessage'),
    headers: headersOf(answer),
    properties: propertiesOf(answer),
  };
}

function headersOf(answer: unknown): HeaderField[] | undefined {
  const headers = member(answer, 'internetMessageHeaders');
  if (headers === undefined || headers === null) return undefined;
  return list(answer, 'internetMessageHeaders').map((header) => [text(header, 'name'), text(header, 'value')]);
}

/** Properties of a message under the names of the header fields that they come from, in the order of RFC 5322. */
function propertiesOf(answer: unknown): HeaderField[] {
  const fields: readonly HeaderField[] = [
    ['From', addressesOf([member(answer, 'from')])],
    ['Sender', addressesOf([member(answer, 'sender')])],
    ['Reply-To', addressesOf(list(answer, 'replyTo'))],
    ['To', addressesOf(list(answer, 'toRecipients'))],
    ['Cc', addressesOf(list(answer, 'ccRecipients'))],
    ['Subject', text(answer, 'subject')],
    ['Date', text(answer, 'sentDateTime')],
    ['Message-ID', text(answer, 'internetMessageId')],
    ['Thread-Index', text(answer, 'conversationIndex')],
  ];
  return fields.filter(([, value]) => value !== '');
}

function addressesOf(recipients: readonly unknown[]): string {
  const mailboxes = recipients.map((recipient) => {
    const mailbox = member(recipient ?? {}, 'emailAddress') ?? {};
    const name = text(mailbox, 'name').replace(/["\\]/g, '\\$&');
    const address = text(mailbox, 'address').replace(/[<>\s]/g, '');
    return address === '' ? '' : `"${name}" <${address}>`;
  });
  return mailboxes.filter((mailbox) => mailbox !== '').join(', ');
}

function linkOf(answer: unknown): { readonly link: string; readonly more: boolean } {
  const next = text(answer, '@odata.nextLink');
  const link = next === '' ? text(answer, '@odata.deltaLink') : next;
  if (link === '' || link.length > MAX_LINK) throw new UnreadableAnswer('@odata.deltaLink');
  return { link, more: next !== '' };
}

/** Another spelling could not be asked for again. */
function messageIdOf(message: unknown): string {
  const id = idOf(message);
  if (!MESSAGE_ID.test(id)) throw new UnreadableAnswer('id');
  return id;
}

function idOf(resource: unknown): string {
  const id = text(resource, 'id');
  if (!ID.test(id)) throw new UnreadableAnswer('id');
  return id;
}

function text(resource: unknown, name: string): string {
  const value = member(resource, name);
  return typeof value === 'string' ? value : '';
}

function list(resource: unknown, name: string): readonly unknown[] {
  const value = member(resource, name) ?? (name === 'value' ? undefined : []);
  if (!Array.isArray(value)) throw new UnreadableAnswer(name);
  return value;
}

function member(resource: unknown, name: string): unknown {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) throw new UnreadableAnswer(name);
  return Object.hasOwn(resource, name) ? (resource as Record<string, unknown>)[name] : undefined;
}
