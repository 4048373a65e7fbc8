import type { ServerResponse } from 'node:http';

import { EwsError } from './ews-error.ts';
import { child, textOf, trees, type Tree } from './request.ts';
import { takeQueued, writeNotification, type Subscription, type Subscriptions } from './subscriptions.ts';
import { text, type Element } from './xml.ts';

export interface StreamHabits {
  /** How long a minute of ConnectionTimeout lasts, in milliseconds. */
  readonly minuteMs: number;
  /** Between two signs of life, in milliseconds; Exchange sends one every 45 seconds. */
  readonly heartbeatMs: number;
  /** Bytes of one write at most, so that chunks end within an envelope and within a character. */
  readonly chunkBytes: number;
  /** Hanging connections that one account may have. */
  readonly connections: number;
  readonly watermarks: boolean;
}

/** GetStreamingEvents: an answer that does not end, one envelope after the other. */
export interface EventStreams {
  /** @throws EwsError when there are too many, or nobody knows a subscription */
  open(body: Tree, account: string, response: ServerResponse, write: (message: readonly Element[]) => string): void;
  /** Streams that are open. */
  readonly count: number;
  /** Breaks all of them off. */
  breakOff(): void;
}

export function createEventStreams(subscriptions: Subscriptions, habits: StreamHabits): EventStreams {
  const open = new Map<ServerResponse, string>();

  return {
    get count() {
      return open.size;
    },
    breakOff: () => {
      for (const response of open.keys()) response.destroy();
    },
    open: (body, account, response, write) => {
      const held = [...open.values()].filter((other) => other === account).length;
      if (held >= habits.connections) {
        throw new EwsError('ErrorExceededConnectionCount', 'You have exceeded the available concurrent connections.');
      }
      const asked = subscriptionsOf(body, subscriptions);
      const minutes = Number(textOf(body, 'ConnectionTimeout'));
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
      open.set(response, account);
      const send = (message: readonly Element[]): void => sendInChunks(write(message), response, habits.chunkBytes);
      const tell = (): void => {
        const told = asked.filter(({ queue }) => queue.length > 0);
        if (told.length === 0) return;
        const notifications = told.map((one) => writeNotification(one, takeQueued(one), habits.watermarks));
        send([{ name: 'm:Notifications', attributes: {}, children: notifications }]);
      };
      send([text('m:ConnectionStatus', 'OK')]);
      for (const subscription of asked) subscription.wake = () => queueMicrotask(tell);
      tell();
      const heartbeat = setInterval(() => send([text('m:ConnectionStatus', 'OK')]), habits.heartbeatMs);
      const end = setTimeout(() => {
        send([text('m:ConnectionStatus', 'Closed')]);
        response.end();
      }, minutes * habits.minuteMs);
      response.on('close', () => {
        clearInterval(heartbeat);
        clearTimeout(end);
        open.delete(response);
        for (const subscription of asked) subscription.wake = () => undefined;
      });
    },
  };
}

function subscriptionsOf(body: Tree, subscriptions: Subscriptions): Subscription[] {
  const ids = trees(child(body, 'SubscriptionIds'), 'SubscriptionId').map((id) => String(id['#text']));
  const unknown = ids.filter((id) => subscriptions.find(id)?.kind !== 'streaming');
  if (unknown.length === 0) return ids.map((id) => subscriptions.find(id)!);
  throw new EwsError('ErrorSubscriptionNotFound', 'The subscription could not be found.', { subscriptionIds: unknown });
}

function sendInChunks(envelope: string, response: ServerResponse, size: number): void {
  const bytes = Buffer.from(envelope);
  for (let start = 0; start < bytes.length; start += size) response.write(bytes.subarray(start, start + size));
}
