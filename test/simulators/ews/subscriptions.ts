import { randomUUID } from 'node:crypto';

import { EwsError, schemaViolation } from './ews-error.ts';
import type { MailboxEvent, MailboxState } from './mailbox-state.ts';
import { child, requireSequence, textOf, trees, type Tree } from './request.ts';
import { element, text, type Element } from './xml.ts';

const EVENT_TYPES = ['CopiedEvent', 'CreatedEvent', 'DeletedEvent', 'ModifiedEvent', 'MovedEvent', 'NewMailEvent'];

interface Queued {
  readonly event: MailboxEvent;
  readonly watermark: string;
}

export interface Subscription {
  readonly id: string;
  readonly kind: 'streaming' | 'pull';
  readonly mailbox: MailboxState;
  /** What happened since it was last told. */
  queue: Queued[];
  lastWatermark: string;
  /** Called when something is queued. */
  wake: () => void;
  end(): void;
}

export interface SubscriptionHabits {
  /** Without watermarks, as servers are that are not Exchange. */
  readonly watermarks: boolean;
  /** Between what happens and its telling, in milliseconds. */
  readonly eventDelayMs: number;
  /** Whether there are streaming subscriptions; Exchange 2007 and 2010 RTM have none. */
  readonly streaming: boolean;
  /** Whether there are pull subscriptions. */
  readonly pull: boolean;
}

/** All subscriptions of a server. */
export interface Subscriptions {
  subscribe(body: Tree, mailbox: MailboxState): readonly Element[];
  unsubscribe(body: Tree): readonly Element[];
  /** GetEvents: what a pull subscription has to tell after a watermark. */
  events(body: Tree): readonly Element[];
  find(id: string): Subscription | undefined;
  /** Lets the server forget all of them, as a restart does. */
  forget(): void;
  readonly count: number;
}

export function createSubscriptions(habits: SubscriptionHabits): Subscriptions {
  const subscriptions = new Map<string, Subscription>();
  let watermarks = 0;
  const nextWatermark = (): string => Buffer.from(`watermark-${(watermarks += 1)}`).toString('base64');

  function open(kind: Subscription['kind'], mailbox: MailboxState, types: readonly string[]): Subscription {
    const stop = mailbox.subscribe((event) => {
      if (!types.includes(event.type)) return;
      const tell = (): void => {
        subscription.queue.push({ event, watermark: nextWatermark() });
        subscription.wake();
      };
      if (habits.eventDelayMs > 0) setTimeout(tell, habits.eventDelayMs).unref();
      else tell();
    });
    const subscription: Subscription = {
      ...{
        id: `${kind}-${randomUUID()}`,
        kind,
        mailbox,
        queue: [],
        lastWatermark: nextWatermark(),
        wake: () => undefined,
      },
      end: () => {
        stop();
        subscriptions.delete(subscription.id);
        subscription.wake();
      },
    };
    subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  return {
    get count() {
      return subscriptions.size;
    },
    find: (id) => subscriptions.get(id),
    forget: () => {
      for (const subscription of [...subscriptions.values()]) subscription.end();
    },

    subscribe: (body, mailbox) => {
      const kind = 'StreamingSubscriptionRequest' in body ? 'streaming' : 'pull';
      if (!habits[kind]) throw schemaViolation('subscriptions of this kind are not known');
      const request = child(body, kind === 'streaming' ? 'StreamingSubscriptionRequest' : 'PullSubscriptionRequest');
      const rest = kind === 'pull' ? ['Watermark', 'Timeout'] : [];
      requireSequence(request, ['FolderIds', 'EventTypes', ...rest], 'the subscription');
      if (kind === 'pull') requireTimeout(request);
      if (request['@SubscribeToAllFolders'] !== 'true') throw schemaViolation('only all folders are simulated');
      const types = trees(child(request, 'EventTypes'), 'EventType').map((type) => String(type['#text']));
      const unknown = types.find((type) => !EVENT_TYPES.includes(type));
      if (unknown !== undefined || types.length === 0) throw schemaViolation(`no event type: ${unknown}`);
      const { id, lastWatermark } = open(kind, mailbox, types);
      const withWatermark = kind === 'pull' && habits.watermarks;
      return [text('m:SubscriptionId', id), ...(withWatermark ? [text('m:Watermark', lastWatermark)] : [])];
    },

    unsubscribe: (body) => {
      found(subscriptions, textOf(body, 'SubscriptionId')).end();
      return [];
    },

    events: (body) => {
      requireSequence(body, ['SubscriptionId', 'Watermark'], 'GetEvents');
      const subscription = found(subscriptions, textOf(body, 'SubscriptionId'));
      const watermark = textOf(body, 'Watermark');
      if (watermark === undefined) throw schemaViolation('the element Watermark is missing');
      if (habits.watermarks && watermark !== subscription.lastWatermark) {
        throw new EwsError('ErrorInvalidWatermark', 'The watermark is invalid.');
      }
      return [writeNotification(subscription, takeQueued(subscription), habits.watermarks, 'm:Notification')];
    },
  };
}

function requireTimeout(request: Tree): void {
  const minutes = Number(textOf(request, 'Timeout'));
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1440) throw schemaViolation('Timeout is not 1 to 1440');
}

function found(subscriptions: ReadonlyMap<string, Subscription>, id: string | undefined): Subscription {
  const subscription = subscriptions.get(id ?? '');
  if (subscription !== undefined) return subscription;
  throw new EwsError('ErrorSubscriptionNotFound', 'The subscription could not be found.');
}

/** What is queued; from now on it is told. */
export function takeQueued(subscription: Subscription): readonly Queued[] {
  const queued = subscription.queue;
  subscription.queue = [];
  subscription.lastWatermark = queued.at(-1)?.watermark ?? subscription.lastWatermark;
  return queued;
}

/** A t:NotificationType: a status event where nothing happened. */
export function writeNotification(
  subscription: Subscription,
  queued: readonly Queued[],
  watermarks: boolean,
  name: 'm:Notification' | 't:Notification' = 't:Notification',
): Element {
  const mark = (value: string): Element | undefined => (watermarks ? text('t:Watermark', value) : undefined);
  const events = queued.map(({ event, watermark }) => writeEvent(event, mark(watermark)));
  const status = element('t:StatusEvent', {}, mark(subscription.lastWatermark));
  return element(
    name,
    {},
    text('t:SubscriptionId', subscription.id),
    mark(subscription.lastWatermark),
    watermarks ? text('t:MoreEvents', 'false') : undefined,
    ...(events.length === 0 ? [status] : events),
  );
}

function writeEvent({ type, item, old, at }: MailboxEvent, watermark: Element | undefined): Element {
  const id = (name: 't:ItemId' | 't:OldItemId' | 't:ParentFolderId' | 't:OldParentFolderId', value: string): Element =>
    element(name, { Id: value, ChangeKey: 'CQAAAA==' });
  return element(
    `t:${type}`,
    {},
    watermark,
    text('t:TimeStamp', `${at.toISOString().slice(0, 19)}Z`),
    id('t:ItemId', item.id),
    id('t:ParentFolderId', item.folderId),
    ...(old === undefined ? [] : [id('t:OldItemId', old.id), id('t:OldParentFolderId', old.folderId)]),
  );
}
