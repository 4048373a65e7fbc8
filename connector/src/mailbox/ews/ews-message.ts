import { isNamed, type HeaderField } from '../../mail/header-field.ts';
import { parseGivenFields } from '../given-fields.ts';
import type { MailboxMessage, MessageReference } from '../mailbox.ts';

export interface ItemAddress {
  readonly name: string;
  readonly address: string;
}

/** What the adapter reads of an item. */
export interface EwsItem {
  readonly id: string;
  readonly folderId: string | undefined;
  readonly receivedAt: Date | undefined;
  readonly sentAt: Date | undefined;
  readonly draft: boolean;
  readonly itemClass: string;
  /** InternetMessageHeaders in their order; empty where the server keeps none. */
  readonly headers: readonly HeaderField[];
  readonly messageId: string | undefined;
  readonly inReplyTo: string | undefined;
  readonly references: string | undefined;
  readonly subject: string | undefined;
  readonly from: readonly ItemAddress[];
  readonly to: readonly ItemAddress[];
  readonly cc: readonly ItemAddress[];
  /** Base64: the same value as the Thread-Index field. */
  readonly conversationIndex: string | undefined;
}

/** RFC 5322 section 3.6.8: anything else in a name could begin another field. */
const FIELD_NAME = /^[!-9;-~]{1,200}$/;

/**
 * An item as the port shows it. Exchange keeps no header of what its own users send, and says of InternetMessageHeaders
 * that they are some of a message's fields: what is missing there is taken from the properties that it keeps instead.
 *
 * The conversation of Exchange is not given on as a thread: it may rest on the subject alone, which answers nothing.
 */
export function toMailboxMessage(
  item: EwsItem,
  reference: MessageReference,
  folder: MailboxMessage['folder'],
): MailboxMessage {
  const fields = item.headers.filter(([name]) => FIELD_NAME.test(name));
  for (const [name, value] of propertyFields(item)) {
    if (value !== '' && !fields.some((field) => isNamed(field, name))) fields.push([name, value]);
  }
  return {
    ...{ reference, folder },
    receivedAt: item.receivedAt ?? new Date(0),
    fields: parseGivenFields(fields),
  };
}

function propertyFields(item: EwsItem): HeaderField[] {
  return [
    ['From', addressList(item.from)],
    ['To', addressList(item.to)],
    ['Cc', addressList(item.cc)],
    ['Subject', item.subject ?? ''],
    ['Date', item.sentAt?.toUTCString() ?? ''],
    ['Message-ID', item.messageId ?? ''],
    ['In-Reply-To', item.inReplyTo ?? ''],
    ['References', item.references ?? ''],
    ['Thread-Index', item.conversationIndex ?? ''],
  ];
}

/** Only addresses of the internet: Exchange has some of its own, which nobody outside answers from. */
function addressList(addresses: readonly ItemAddress[]): string {
  return addresses
    .filter(({ address }) => address.includes('@'))
    .map(({ name, address }) => (name === '' || name === address ? address : `${quoted(name)} <${address}>`))
    .join(', ');
}

function quoted(name: string): string {
  return `"${name.replace(/[\\"]/g, '\\$&')}"`;
}
