import {
  BasePropertySet,
  DateTime,
  EmailMessageSchema,
  EventType,
  ExchangeCredentials,
  ExchangeService,
  ExchangeVersion,
  Folder,
  FolderId,
  FolderSchema,
  ImpersonatedUserId,
  ConnectingIdType,
  ItemEvent,
  ItemId,
  ItemSchema,
  ItemView,
  Mailbox,
  PropertySet,
  SearchFilter,
  ServiceError,
  ServiceResult,
  StreamingSubscriptionConnection,
  SyncFolderItemsScope,
  Uri,
  WellKnownFolderName,
  ChangeType,
  type EmailAddress,
  type Item,
  type PropertyDefinitionBase,
  type ServiceResponse,
  type StreamingSubscription,
} from 'ews-javascript-api';

import { ActionableError } from '../../errors.ts';
import { HttpError } from '../../http/http-error.ts';
import { MailboxError } from '../mailbox-error.ts';
import type { AuthenticatedSend } from './authenticate.ts';
import { EwsFailure } from './ews-failure.ts';
import type { EwsItem, ItemAddress } from './ews-message.ts';
import { backOffMs } from './read-envelope.ts';
import { soapTransport } from './soap-transport.ts';

export interface EwsClientOptions {
  readonly url: string;
  readonly send: AuthenticatedSend;
  /** For a stream of events, which keeps its connection. */
  readonly sendHanging: AuthenticatedSend;
  /** The SMTP address of the mailbox whose owner the account acts for. */
  readonly impersonated?: string;
}

/** A folder as the hierarchy shows it. */
export interface EwsFolder {
  readonly id: string;
  readonly parentId: string;
  readonly displayName: string;
  /** PidTagContainerClass, for example `IPF.Note`; empty where the server says nothing. */
  readonly folderClass: string;
}

export interface HierarchyChanges {
  readonly changed: readonly EwsFolder[];
  /** Ids. */
  readonly removed: readonly string[];
  readonly syncState: string;
  readonly more: boolean;
}

/** An item that is new in a folder. */
export interface NewItem {
  readonly id: string;
  readonly receivedAt: Date | undefined;
  readonly draft: boolean;
}

export interface ItemChanges {
  readonly created: readonly NewItem[];
  readonly syncState: string;
  readonly more: boolean;
}

/** What a stream of events says about one item that came into a folder. */
export interface ItemArrival {
  readonly itemId: string;
  readonly folderId: string;
}

/** A stream of events, open until it is closed or ends. */
export interface EventStream {
  /** Resolves when the stream is over; rejects with why it broke. */
  readonly ended: Promise<void>;
  close(): void;
}

export type DistinguishedFolder =
  'msgfolderroot' | 'inbox' | 'sentitems' | 'drafts' | 'outbox' | 'deleteditems' | 'junkemail';

/** The calls of Exchange Web Services that the adapter makes. They reject with an `EwsFailure` or an `HttpError`. */
export interface EwsClient {
  /**
   * Undefined where the mailbox has no such folder, or where the account may not see it.
   *
   * @param owner the address of the mailbox; without it, the one that all other calls read
   */
  folderId(name: DistinguishedFolder, owner?: string): Promise<string | undefined>;
  syncFolderHierarchy(syncState: string | undefined): Promise<HierarchyChanges>;
  syncFolderItems(folderId: string, syncState: string | undefined, limit: number): Promise<ItemChanges>;
  /** Header fields; those that are gone are left out. `withHeaders` false asks for the properties alone. */
  getItems(ids: readonly string[], withHeaders?: boolean): Promise<EwsItem[]>;
  /** How many items of a folder were received at or after an instant; undefined where the server does not say. */
  countSince(folderId: string, since: Date): Promise<number | undefined>;
  /** A subscription to what comes into any folder; the server forgets it 30 minutes after its last stream. */
  subscribe(): Promise<EventSubscription>;
  unsubscribe(subscription: EventSubscription): Promise<void>;
  streamEvents(subscription: EventSubscription, listener: StreamListener): EventStream;
}

/** A streaming subscription, as the library keeps it. */
export type EventSubscription = StreamingSubscription;

export interface StreamListener {
  readonly arrived: (arrival: ItemArrival) => void;
  /** The server shows life, which it does every 45 seconds. */
  readonly alive: () => void;
}

/** Public in the library, though its types hide it. */
interface Unsubscriber {
  Unsubscribe(id: string): Promise<void>;
}

/** What goes into a request without being escaped: ids and sync states are base64, and nothing else is let through. */
const BASE64 = /^[A-Za-z0-9+/=_-]{1,65536}$/;
const ADDRESS = /^[A-Za-z0-9!#$%'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}$/;
const SUBSCRIPTION = /^[A-Za-z0-9+/=_-]{1,1024}$/;
/** The most that GetStreamingEvents lets a connection last, in minutes. */
const STREAM_MINUTES = 29;

const FOLDERS: Readonly<Record<DistinguishedFolder, WellKnownFolderName>> = {
  msgfolderroot: WellKnownFolderName.MsgFolderRoot,
  inbox: WellKnownFolderName.Inbox,
  sentitems: WellKnownFolderName.SentItems,
  drafts: WellKnownFolderName.Drafts,
  outbox: WellKnownFolderName.Outbox,
  deleteditems: WellKnownFolderName.DeletedItems,
  junkemail: WellKnownFolderName.JunkEmail,
};

/** The connections carry the credential; the library is given none. */
class NoCredentials extends ExchangeCredentials {
  override PrepareWebRequest(): void {
    // Nothing to add.
  }
}

/**
 * The client library for Exchange Web Services over our own transport. The oldest version that has streaming
 * subscriptions is asked for, which every later one serves.
 */
export function openEwsClient(options: EwsClientOptions): EwsClient {
  async function ask<T>(call: (service: ExchangeService) => Promise<T>): Promise<T> {
    const transport = soapTransport({ url: options.url, send: options.send });
    try {
      return await call(serviceOn(options, transport));
    } catch (error) {
      throw failureOf(transport.failure ?? error);
    }
  }

  return {
    folderId: async (name, owner) => {
      const shape = new PropertySet(BasePropertySet.IdOnly);
      const mailbox = owner === undefined ? undefined : new Mailbox(safeAddress(owner));
      const asked = mailbox ? new FolderId(FOLDERS[name], mailbox) : new FolderId(FOLDERS[name]);
      try {
        const folder = await ask((service) => Folder.Bind(service, asked, shape));
        return safe(folder.Id.UniqueId);
      } catch (error) {
        if (isCode(error, 'ErrorFolderNotFound') || isCode(error, 'ErrorItemNotFound')) return undefined;
        throw error;
      }
    },

    syncFolderHierarchy: async (syncState) => {
      const shape = shapeOf(FolderSchema.DisplayName, FolderSchema.ParentFolderId, FolderSchema.FolderClass);
      const root = new FolderId(WellKnownFolderName.MsgFolderRoot);
      const state = syncState === undefined ? null : safe(syncState);
      const changes = await ask((service) => service.SyncFolderHierarchy(root, shape, state as string));
      const all = changes.GetEnumerator();
      return {
        changed: all.filter((change) => isCreated(change) || isUpdated(change)).map(({ Folder }) => folderOf(Folder)),
        removed: all
          .filter((change) => change.ChangeType === ChangeType.Delete)
          .map((change) => change.FolderId.UniqueId),
        syncState: stateOf(changes.SyncState),
        more: changes.MoreChangesAvailable,
      };
    },

    syncFolderItems: async (folderId, syncState, limit) => {
      const shape = shapeOf(ItemSchema.DateTimeReceived, ItemSchema.IsDraft);
      const [folder, state] = [new FolderId(safe(folderId)), syncState === undefined ? null : safe(syncState)];
      const scope = SyncFolderItemsScope.NormalItems;
      const changes = await ask((service) => service.SyncFolderItems(folder, shape, [], limit, scope, state as string));
      return {
        created: changes
          .GetEnumerator()
          .filter(isCreated)
          .map((change) => newItemOf(change.Item)),
        syncState: stateOf(changes.SyncState),
        more: changes.MoreChangesAvailable,
      };
    },

    getItems: async (ids, withHeaders = true) => {
      if (ids.length === 0) return [];
      const shape = shapeOf(...(withHeaders ? [ItemSchema.InternetMessageHeaders] : []), ...MESSAGE_PROPERTIES);
      const asked = ids.map((id) => new ItemId(safe(id)));
      const answers = (await ask((service) => service.BindToItems(asked, shape))).Responses;
      if (answers.length !== ids.length) throw unreadable();
      return answers.flatMap((answer) => {
        if (isGone(answer)) return [];
        if (answer.Result !== ServiceResult.Success) throw responseFailure(answer);
        if (!answer.Item) throw unreadable();
        return itemOf(answer.Item);
      });
    },

    countSince: async (folderId, since) => {
      const view = new ItemView(1);
      view.PropertySet = new PropertySet(BasePropertySet.IdOnly);
      const filter = new SearchFilter.IsGreaterThanOrEqualTo(
        ItemSchema.DateTimeReceived,
        DateTime.Parse(since.toISOString()),
      );
      const found = await ask((service) => service.FindItems(new FolderId(safe(folderId)), filter, view));
      return Number.isInteger(found.TotalCount) ? found.TotalCount : undefined;
    },

    subscribe: async () => {
      const types = [EventType.NewMail, EventType.Created, EventType.Moved, EventType.Copied];
      const made = await ask((service) => service.SubscribeToStreamingNotificationsOnAllFolders(...types));
      if (typeof made.Id !== 'string' || !SUBSCRIPTION.test(made.Id)) throw unreadable();
      return made;
    },

    unsubscribe: (subscription) => ask((service) => (service as unknown as Unsubscriber).Unsubscribe(subscription.Id)),

    streamEvents: (subscription, listener) => streamEvents(options, subscription, listener),
  };
}

function serviceOn(
  { url, impersonated }: EwsClientOptions,
  transport: ReturnType<typeof soapTransport>,
): ExchangeService {
  const service = new ExchangeService(ExchangeVersion.Exchange2010_SP1);
  service.Url = new Uri(url);
  service.Credentials = new NoCredentials();
  service.XHRApi = transport;
  if (impersonated !== undefined) {
    service.ImpersonatedUserId = new ImpersonatedUserId(ConnectingIdType.SmtpAddress, safeAddress(impersonated));
  }
  return service;
}

const shapeOf = (...properties: PropertyDefinitionBase[]): PropertySet =>
  new PropertySet(BasePropertySet.IdOnly, properties);

/** What stands in for header fields that the server does not keep, as those of what its own users send. */
const MESSAGE_PROPERTIES = [
  ...[ItemSchema.DateTimeReceived, ItemSchema.DateTimeSent, ItemSchema.ParentFolderId, ItemSchema.IsDraft],
  ...[ItemSchema.Subject, ItemSchema.InReplyTo, ItemSchema.ItemClass],
  ...[EmailMessageSchema.InternetMessageId, EmailMessageSchema.References, EmailMessageSchema.From],
  ...[EmailMessageSchema.ToRecipients, EmailMessageSchema.CcRecipients, EmailMessageSchema.ConversationIndex],
];

function safe(id: string): string {
  if (BASE64.test(id)) return id;
  throw new EwsFailure('unreadable', 'An id of the server holds characters that no id of Exchange has.');
}

function safeAddress(address: string): string {
  if (ADDRESS.test(address)) return address;
  throw new EwsFailure('unreadable', 'The address of the mailbox is no SMTP address.');
}

function unreadable(): EwsFailure {
  return new EwsFailure('unreadable', 'The answer of the server lacks what was asked for.');
}

function stateOf(syncState: unknown): string {
  if (typeof syncState !== 'string' || syncState === '') throw unreadable();
  return safe(syncState);
}

const isCreated = ({ ChangeType: type }: { ChangeType: ChangeType }): boolean => type === ChangeType.Create;
const isUpdated = ({ ChangeType: type }: { ChangeType: ChangeType }): boolean => type === ChangeType.Update;

/** The library throws for a property that the server left out. */
function optional<T>(read: () => T): NonNullable<T> | undefined {
  try {
    return read() ?? undefined;
  } catch {
    return undefined;
  }
}

function folderOf(folder: {
  Id: FolderId;
  ParentFolderId: FolderId;
  DisplayName: string;
  FolderClass: string;
}): EwsFolder {
  return {
    id: safe(folder.Id.UniqueId),
    parentId: optional(() => folder.ParentFolderId.UniqueId) ?? '',
    displayName: optional(() => folder.DisplayName) ?? '',
    folderClass: optional(() => folder.FolderClass) ?? '',
  };
}

function newItemOf(item: Item): NewItem {
  return {
    id: safe(item.Id.UniqueId),
    receivedAt: dateOf(() => item.DateTimeReceived),
    draft: optional(() => item.IsDraft) ?? false,
  };
}

function dateOf(read: () => DateTime): Date | undefined {
  const date = new Date(optional(() => read().TotalMilliSeconds) ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Properties of a message, which an item of another kind has not. */
type AnyItem = Item & {
  readonly InternetMessageId?: string;
  readonly References?: string;
  readonly From?: EmailAddress;
  readonly ToRecipients?: { GetEnumerator(): EmailAddress[] };
  readonly CcRecipients?: { GetEnumerator(): EmailAddress[] };
  readonly ConversationIndex?: unknown;
};

function itemOf(item: AnyItem): EwsItem {
  const addresses = (read: () => EmailAddress[] | undefined): ItemAddress[] =>
    (optional(read) ?? []).map((one) => ({ name: one.Name ?? '', address: one.Address ?? '' }));
  return {
    id: safe(item.Id.UniqueId),
    folderId: optional(() => item.ParentFolderId.UniqueId),
    receivedAt: dateOf(() => item.DateTimeReceived) ?? dateOf(() => item.DateTimeSent),
    sentAt: dateOf(() => item.DateTimeSent),
    draft: optional(() => item.IsDraft) ?? false,
    itemClass: optional(() => item.ItemClass) ?? '',
    headers: (optional(() => item.InternetMessageHeaders.GetEnumerator()) ?? []).map(
      ({ Name, Value }) => [Name ?? '', Value ?? ''] as const,
    ),
    messageId: optional(() => item.InternetMessageId),
    inReplyTo: optional(() => item.InReplyTo),
    references: optional(() => item.References),
    subject: optional(() => item.Subject),
    from: addresses(() => (item.From ? [item.From] : undefined)),
    to: addresses(() => item.ToRecipients?.GetEnumerator()),
    cc: addresses(() => item.CcRecipients?.GetEnumerator()),
    conversationIndex: base64Of(optional(() => item.ConversationIndex)),
  };
}

function base64Of(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) || value instanceof Uint8Array
    ? Buffer.from(value as number[]).toString('base64')
    : undefined;
}

const GONE = ['ErrorItemNotFound', 'ErrorInvalidIdMalformed', 'ErrorInvalidIdNotAnItemAttachmentId', 'ErrorInvalidId'];

function isGone({ ErrorCode: code }: ServiceResponse): boolean {
  return GONE.includes(ServiceError[code] ?? '');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof EwsFailure && error.code === code;
}

function responseFailure(response: ServiceResponse): EwsFailure {
  const code = ServiceError[response.ErrorCode] ?? 'an unknown code';
  const waited = backOffMs(String(optional(() => response.ErrorDetails.get('BackOffMilliseconds')) ?? ''));
  const words = (response.ErrorMessage ?? '').slice(0, 300);
  return new EwsFailure('code', `The server answers ${code}: ${words}`, { code, retryAfterMs: waited });
}

/** Errors of what lies below the library; the last two are of a credential. */
const OWN_ERRORS = [EwsFailure, HttpError, MailboxError, ActionableError];

/** What the library throws, as far as it decides; nothing of it is kept, for it holds the request. */
function failureOf(error: unknown): unknown {
  const response = (error as { readonly Response?: ServiceResponse } | undefined)?.Response;
  if (response?.ErrorCode !== undefined) return responseFailure(response);
  return OWN_ERRORS.some((own) => error instanceof own) ? error : unreadable();
}

function streamEvents(
  options: EwsClientOptions,
  subscription: EventSubscription,
  { arrived, alive }: StreamListener,
): EventStream {
  const transport = soapTransport({ url: options.url, send: options.sendHanging, alive });
  const connection = new StreamingSubscriptionConnection(serviceOn(options, transport), STREAM_MINUTES);
  connection.AddSubscription(subscription);
  let refusal: unknown;
  connection.OnNotificationEvent.push((_, { Events }) => {
    for (const event of Events) {
      if (event instanceof ItemEvent) {
        arrived({ itemId: event.ItemId.UniqueId, folderId: event.ParentFolderId.UniqueId });
      }
    }
  });
  connection.OnSubscriptionError.push((_, { Exception }) => {
    refusal ??= failureOf(Exception);
    transport.disconnect();
  });
  const refused = connection.Open().catch((error: unknown) => {
    refusal ??= failureOf(error);
  });
  const ended = Promise.race([transport.streamEnded, refused]).then(() => {
    const reason = refusal ?? transport.failure;
    if (reason !== undefined) throw reason as Error;
  });
  return { ended, close: () => transport.disconnect() };
}
