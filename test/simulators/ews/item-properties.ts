import type { Item } from './mailbox-state.ts';
import { headerOf, type Header } from '../raw-message.ts';
import { element, text, type Element } from './xml.ts';

/** What the writer of a property may know. */
export interface PropertyContext {
  /** Whether what was sent from here keeps its header; Exchange keeps none of what its own clients send. */
  readonly sentHeaders: boolean;
  readonly isSent: boolean;
  /** The names of single header fields that were asked for (IndexedFieldURI); undefined for all of them. */
  readonly headerNames: ReadonlySet<string> | undefined;
  /** SyncFolderItems and FindItem cut texts; GetItem does not. */
  readonly longestText: number;
}

type Writer = (item: Item, context: PropertyContext) => Element | undefined;

/**
 * The properties that may be asked for, in the order of the schema (t:ItemType, then t:MessageType; [MS-OXWSMSG],
 * [MS-OXWSCORE]).
 */
export const ITEM_PROPERTIES: readonly (readonly [uri: string, write: Writer])[] = [
  ['item:ParentFolderId', ({ folderId }) => element('t:ParentFolderId', { Id: folderId, ChangeKey: 'AQAAAA==' })],
  ['item:ItemClass', ({ itemClass }) => text('t:ItemClass', itemClass)],
  ['item:Subject', (item, context) => optional('t:Subject', decodeWords(field(item, 'Subject')), context)],
  ['item:DateTimeReceived', ({ receivedAt }) => text('t:DateTimeReceived', instant(receivedAt))],
  ['item:InReplyTo', (item, context) => optional('t:InReplyTo', field(item, 'In-Reply-To'), context)],
  ['item:IsDraft', ({ isDraft }) => text('t:IsDraft', String(isDraft))],
  ['item:InternetMessageHeaders', writeHeaders],
  ['item:DateTimeSent', (item) => text('t:DateTimeSent', instant(sentAt(item)))],
  ['message:Sender', (item) => mailboxes('t:Sender', field(item, 'Sender') ?? field(item, 'From'), 1)],
  ['message:ToRecipients', (item) => mailboxes('t:ToRecipients', field(item, 'To'))],
  ['message:CcRecipients', (item) => mailboxes('t:CcRecipients', field(item, 'Cc'))],
  ['message:ConversationIndex', (item) => optionalText('t:ConversationIndex', field(item, 'Thread-Index'))],
  ['message:ConversationTopic', (item, context) => optional('t:ConversationTopic', topicOf(item), context)],
  ['message:From', (item) => mailboxes('t:From', field(item, 'From'), 1)],
  ['message:InternetMessageId', (item, context) => optional('t:InternetMessageId', field(item, 'Message-ID'), context)],
  ['message:References', (item, context) => optional('t:References', field(item, 'References'), context)],
  ['message:ReplyTo', (item) => mailboxes('t:ReplyTo', field(item, 'Reply-To'))],
];

const field = ({ message }: Item, name: string): string | undefined => headerOf(message, name);
/** EWS writes whole seconds, in UTC. */
const instant = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

function sentAt(item: Item): Date {
  const date = new Date(field(item, 'Date') ?? NaN);
  return Number.isNaN(date.getTime()) ? item.receivedAt : date;
}

function topicOf(item: Item): string | undefined {
  return decodeWords(field(item, 'Subject'))?.replace(/^(?:re|aw|fwd?|wg): */i, '');
}

function optionalText(name: Element['name'], value: string | undefined): Element | undefined {
  return value === undefined || value === '' ? undefined : text(name, value);
}

function optional(name: Element['name'], value: string | undefined, { longestText }: PropertyContext) {
  return optionalText(name, value?.slice(0, longestText));
}

function writeHeaders(item: Item, { sentHeaders, isSent, headerNames }: PropertyContext): Element | undefined {
  if (isSent && !sentHeaders) return undefined;
  const wanted = ([name]: Header): boolean => headerNames === undefined || headerNames.has(name.toLowerCase());
  const headers = item.message.headers.filter(wanted);
  if (headers.length === 0) return undefined;
  const written = headers.map(([HeaderName, value]) => element('t:InternetMessageHeader', { HeaderName }, value));
  return element('t:InternetMessageHeaders', {}, ...written);
}

/** Addresses as t:Mailbox elements; `most` of them at most. */
function mailboxes(name: Element['name'], value: string | undefined, most = Infinity): Element | undefined {
  const found = [...(value ?? '').matchAll(/(?:"?([^"<>,]*)"?\s*<)?([^\s<>,;:"()]+@[^\s<>,;:"()]+)>?/g)].slice(0, most);
  const written = found.map(([, displayName, address]) =>
    element(
      't:Mailbox',
      {},
      text('t:Name', decodeWords(displayName?.trim()) || address!),
      text('t:EmailAddress', address!),
      text('t:RoutingType', 'SMTP'),
    ),
  );
  return written.length === 0 ? undefined : element(name, {}, ...written);
}

/** Exchange keeps decoded texts in its properties (RFC 2047). */
function decodeWords(value: string | undefined): string | undefined {
  return value?.replace(/=\?([\w-]+)\?([qb])\?([^?]*)\?=/gi, (_, charset: string, encoding: string, data: string) => {
    const bytes =
      encoding.toLowerCase() === 'b'
        ? Buffer.from(data, 'base64')
        : Buffer.from(
            data
              .replace(/_/g, ' ')
              .replace(/=([0-9a-f]{2})/gi, (__, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            'latin1',
          );
    return new TextDecoder(charset).decode(bytes);
  });
}
