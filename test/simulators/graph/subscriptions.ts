import { randomUUID } from 'node:crypto';

import type { MadeAnswer } from './answer.ts';
import type { Grant } from './directory.ts';
import { accessDenied, GraphError } from './graph-error.ts';
import { instant, messageResource } from './message-resource.ts';
import type { Folder, MailboxState, StoredMessage } from './mailbox-state.ts';

export interface Subscription {
  readonly id: string;
  readonly resource: string;
  readonly changeType: string;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | undefined;
  readonly clientState: string | undefined;
  readonly expirationDateTime: Date;
  readonly immutableIds: boolean;
  readonly address: string;
  /** The one folder that is watched; undefined for the whole mailbox. */
  readonly folderId: string | undefined;
}

/** One notification that was sent, and what came back. */
export interface Delivery {
  readonly url: string;
  readonly body: string;
  /** Undefined when nobody answered. */
  readonly status: number | undefined;
}

export interface SubscriptionCaller {
  readonly grant: Grant;
  readonly immutableIds: boolean;
  readonly mailbox: (named: string) => MailboxState;
}

/** What may be asked of subscriptions, and what a test does to them. */
export interface Subscriptions {
  answer(method: string, id: string | undefined, body: string, caller: SubscriptionCaller): Promise<MadeAnswer>;
  readonly all: ReadonlyMap<string, Subscription>;
  readonly deliveries: readonly Delivery[];
  /** Notifications are lost from now on, or delivered again. */
  lose(lost: boolean): void;
  /** Sends a lifecycle notification. */
  lifecycle(id: string, event: 'reauthorizationRequired' | 'missed'): Promise<void>;
  /** Ends one without a word. */
  drop(id: string): void;
  /** Tells that one was ended. */
  removed(id: string): Promise<void>;
  watch(mailbox: MailboxState): void;
  /** Resolves once every notification so far has been answered. */
  settled(): Promise<void>;
}

/** "Subscription lifetime": the longest for Outlook messages, in minutes. */
const LONGEST_MINUTES = 10_080;
/** "notificationUrl validation": the endpoint has this long. */
const VALIDATION_MS = 10_000;
const READING = ['Mail.ReadBasic', 'Mail.ReadBasic.All', 'Mail.Read', 'Mail.ReadWrite'];

export function createSubscriptions(tenantId: string, now: () => Date, reach: (url: string) => string): Subscriptions {
  const all = new Map<string, Subscription>();
  const ended = new Map<string, Subscription>();
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();
  let lost = false;

  async function create(body: string, { grant, immutableIds, mailbox }: SubscriptionCaller): Promise<MadeAnswer> {
    const wanted = fieldsOf(body);
    if (!READING.some((permission) => grant.permissions.has(permission))) throw accessDenied();
    const watched = resourceOf(text(wanted, 'resource'), mailbox);
    const subscription: Subscription = {
      ...{ id: randomUUID(), immutableIds, resource: text(wanted, 'resource'), changeType: changeTypeOf(wanted) },
      notificationUrl: webAddress(wanted, 'notificationUrl'),
      lifecycleNotificationUrl:
        wanted['lifecycleNotificationUrl'] === undefined ? undefined : webAddress(wanted, 'lifecycleNotificationUrl'),
      clientState: clientStateOf(wanted),
      expirationDateTime: expiryOf(wanted, now()),
      ...{ address: watched.mailbox.address, folderId: watched.folder?.id },
    };
    for (const url of new Set([
      subscription.notificationUrl,
      subscription.lifecycleNotificationUrl ?? subscription.notificationUrl,
    ])) {
      await validate(reach(url));
    }
    all.set(subscription.id, subscription);
    return { status: 201, body: shown(subscription) };
  }

  function find(id: string | undefined): Subscription {
    const found = all.get(id ?? '');
    if (found !== undefined && found.expirationDateTime > now()) return found;
    throw new GraphError(404, 'ResourceNotFound', 'The object was not found.');
  }

  function post(url: string, value: object): void {
    const body = JSON.stringify({ value: [value] });
    const sent = fetch(reach(url), {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
    })
      .then(
        ({ status }) => status,
        () => undefined,
      )
      .then((status) => void deliveries.push({ url, body, status }));
    underWay.add(sent);
    void sent.finally(() => underWay.delete(sent));
  }

  function common({ id, clientState, expirationDateTime }: Subscription): object {
    return {
      ...{ subscriptionId: id, subscriptionExpirationDateTime: expirationDateTime.toISOString(), tenantId },
      ...(clientState !== undefined && { clientState }),
    };
  }

  async function tellOwner(subscription: Subscription, lifecycleEvent: string): Promise<void> {
    const url = subscription.lifecycleNotificationUrl;
    if (url === undefined) throw new Error(`${subscription.id} takes no lifecycle notifications.`);
    post(url, { ...common(subscription), lifecycleEvent });
    await Promise.all(underWay);
  }

  function notify(kind: string, mailbox: MailboxState, message: StoredMessage): void {
    for (const subscription of lost ? [] : all.values()) {
      const { changeType, folderId, address, immutableIds, notificationUrl, expirationDateTime } = subscription;
      if (address !== mailbox.address || expirationDateTime <= now() || !changeType.split(',').includes(kind)) continue;
      if (folderId !== undefined && folderId !== message.folderId) continue;
      const { id } = messageResource(message, { select: ['id'], immutableIds, headers: false }) as {
        readonly id: string;
      };
      const resource = `Users/${mailbox.userId}/Messages/${id}`;
      const resourceData = { '@odata.type': '#Microsoft.Graph.Message', '@odata.id': resource, id };
      post(notificationUrl, { ...common(subscription), changeType: kind, resource, resourceData });
    }
  }

  return {
    ...{ all, deliveries },
    answer: async (method, id, body, caller) => {
      switch (method) {
        case 'POST subscriptions':
          return create(body, caller);
        case 'GET subscriptions':
          return { status: 200, body: { value: [...all.values()].map(shown) } };
        case 'GET subscriptions/{id}':
          return { status: 200, body: shown(find(id)) };
        case 'PATCH subscriptions/{id}': {
          const renewed = { ...find(id), expirationDateTime: expiryOf(fieldsOf(body), now()) };
          all.set(renewed.id, renewed);
          return { status: 200, body: shown(renewed) };
        }
        case 'POST subscriptions/{id}/reauthorize':
          find(id);
          return { status: 204, body: undefined };
        case 'DELETE subscriptions/{id}':
          all.delete(find(id).id);
          return { status: 204, body: undefined };
        default:
          throw new GraphError(400, 'BadRequest', 'Resource not found for the segment.');
      }
    },
    lose: (value) => {
      lost = value;
    },
    lifecycle: (id, event) => tellOwner(find(id), event),
    drop: (id) => {
      ended.set(id, find(id));
      all.delete(id);
    },
    removed: (id) => tellOwner(ended.get(id) ?? find(id), 'subscriptionRemoved'),
    watch: (mailbox) => mailbox.listen((kind, message) => notify(kind, mailbox, message)),
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** The endpoint has to give the token back as plain text ("notificationUrl validation"). */
async function validate(url: string): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
  const address = new URL(url);
  address.searchParams.set('validationToken', token);
  const answer = await fetch(address, { method: 'POST', signal: AbortSignal.timeout(VALIDATION_MS) }).catch(
    () => undefined,
  );
  const isPlain = answer?.headers.get('content-type')?.startsWith('text/plain') ?? false;
  if (answer?.status === 200 && isPlain && (await answer.text()) === token) return;
  throw new GraphError(
    400,
    'ValidationError',
    'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
  );
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(body: string): Fields {
  try {
    return JSON.parse(body) as Fields;
  } catch {
    throw new GraphError(400, 'BadRequest', 'Unable to read JSON request payload.');
  }
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new GraphError(400, 'InvalidRequest', `Property '${name}' is required.`);
}

/** https, or this machine, which Microsoft would not reach. */
function webAddress(fields: Fields, name: string): string {
  const url = URL.parse(text(fields, name));
  if (url?.protocol === 'https:' || url?.hostname === '127.0.0.1') return url.href;
  throw new GraphError(400, 'InvalidRequest', 'The server is not reachable or the URL is not https.');
}

function changeTypeOf(fields: Fields): string {
  const types = text(fields, 'changeType').split(',');
  if (types.every((type) => ['created', 'updated', 'deleted'].includes(type))) return types.join(',');
  throw new GraphError(400, 'InvalidRequest', 'changeType is invalid.');
}

/** "subscription resource type": at most 128 characters. */
function clientStateOf({ clientState }: Fields): string | undefined {
  if (clientState === undefined) return undefined;
  if (typeof clientState === 'string' && clientState.length <= 128) return clientState;
  throw new GraphError(400, 'InvalidRequest', 'clientState may hold at most 128 characters.');
}

function expiryOf(fields: Fields, now: Date): Date {
  const expiry = new Date(text(fields, 'expirationDateTime'));
  const minutes = (expiry.getTime() - now.getTime()) / 60_000;
  if (Number.isNaN(minutes) || minutes <= 0)
    throw new GraphError(400, 'ExtensionError', 'expirationDateTime is invalid.');
  if (minutes <= LONGEST_MINUTES) return expiry;
  throw new GraphError(
    400,
    'ExtensionError',
    `Subscription expiration can only be ${LONGEST_MINUTES} minutes in the future.`,
  );
}

const RESOURCE = /^\/?(?:me|users\/([^/]+))(?:\/mailFolders(?:\('([^']+)'\)|\/([^/]+)))?\/messages$/i;

function resourceOf(
  resource: string,
  mailboxOf: (named: string) => MailboxState,
): { readonly mailbox: MailboxState; readonly folder: Folder | undefined } {
  const [, user, quoted, plain] = RESOURCE.exec(resource) ?? [''];
  if (!RESOURCE.test(resource)) throw new GraphError(400, 'InvalidRequest', `Resource '${resource}' is not supported.`);
  const mailbox = mailboxOf(user === undefined ? 'me' : decodeURIComponent(user));
  const name = quoted ?? plain;
  const folder = name === undefined ? undefined : mailbox.folder(name);
  if (name !== undefined && folder === undefined)
    throw new GraphError(404, 'ErrorItemNotFound', 'The folder was not found.');
  return { mailbox, folder };
}

function shown({
  address: _address,
  folderId: _folder,
  immutableIds: _ids,
  clientState: _secret,
  ...subscription
}: Subscription): object {
  return { ...subscription, expirationDateTime: instant(subscription.expirationDateTime) };
}
