import { setTimeout as sleep } from 'node:timers/promises';

import type { ConnectionSlot, ConnectionSlots } from '../connection-slots.ts';
import type { EventSubscription, EwsClient, ItemArrival } from './ews-client.ts';
import { EwsFailure } from './ews-failure.ts';

export interface ChangeWatchOptions {
  readonly client: EwsClient;
  /** The server, as the slots of hanging connections name it. */
  readonly server: string;
  readonly slots: ConnectionSlots;
  /** Whether something came since the mailbox was last read to its end. */
  readonly hasNews: () => Promise<boolean>;
  /** Whether an item that came is one that is read and has not been read yet. */
  readonly isNews: (arrival: ItemArrival) => boolean;
  readonly silenceMs: number;
  /** Between two looks where there is no stream; without it there are none. */
  readonly pollMs?: number;
  readonly log: (message: string) => void;
}

/** Waits for what comes into one mailbox. */
export interface ChangeWatch {
  /**
   * True when something came, false when the signal aborted.
   *
   * @param listening told true whenever a stream shows life, and false when one broke or there is none to be had
   */
  wait(signal: AbortSignal, listening?: (listens: boolean) => void): Promise<boolean>;
  close(): Promise<void>;
}

/** Codes of a server, or a version of it, that knows no such subscription. */
const UNKNOWN = [
  'ErrorInvalidRequest',
  'ErrorSchemaValidation',
  'ErrorInvalidServerVersion',
  'ErrorInvalidSubscriptionRequest',
];
/** Codes of a server that keeps no further connection for us. */
const TOO_MANY = ['ErrorExceededConnectionCount', 'ErrorExceededSubscriptionCount'];

/** Between a stream that ended and the next one: doubled as long as none of them lasts. */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 900_000;
/** A mailbox that has waited so long for a free hanging connection counts as one of which nobody tells. */
const SLOT_MS = 60_000;
const LASTED_MS = 10_000;

/**
 * A stream of events where the server has one and a hanging connection is free; otherwise a look every `pollMs`, or
 * nothing but the wait for one. A stream tells of what comes while it is open: so the mailbox is looked at once at the
 * beginning of each wait.
 */
export function createChangeWatch(options: ChangeWatchOptions): ChangeWatch {
  const { client, server, slots, hasNews, pollMs, log } = options;
  const hasNewsMeanwhile = pollMs === undefined ? () => Promise.resolve(false) : hasNews;
  let subscription: EventSubscription | undefined;
  let streams = true;
  let pause = SHORTEST_PAUSE_MS;

  /** True when something came; undefined when there is nothing to stream by at the moment. */
  async function stream(
    slot: ConnectionSlot,
    look: boolean,
    listening: (listens: boolean) => void,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    const wanted = new AbortController();
    slot.yieldable('wait', () => wanted.abort());
    const stop = AbortSignal.any([signal, wanted.signal]);
    try {
      const fresh = subscription === undefined;
      subscription ??= await client.subscribe();
      const came = await streamOnce(subscription, { look: look || fresh, alive: () => listening(true) }, stop, options);
      return came || (signal.aborted ? false : undefined);
    } catch (error) {
      if (signal.aborted) return false;
      subscription = undefined;
      listening(false);
      const code = error instanceof EwsFailure ? (error.code ?? '') : '';
      if (UNKNOWN.includes(code)) {
        streams = false;
        log('The server has no stream of events; what comes is found by looking every so often.');
      } else if (TOO_MANY.includes(code)) slot.refused();
      else if (!code.startsWith('ErrorSubscription') && code !== 'ErrorReadEventsFailed') throw error;
      return undefined;
    } finally {
      slot.release();
    }
  }

  /** A slot, or undefined when a look is due before there is one. */
  async function takeSlot(signal: AbortSignal): Promise<ConnectionSlot | undefined> {
    const due = AbortSignal.timeout(pollMs ?? SLOT_MS);
    return slots.take(server, 'wait', AbortSignal.any([signal, due])).catch(() => undefined);
  }

  return {
    wait: async (signal, listening = () => undefined) => {
      // What was on its way when the stream before was closed has come to nobody.
      let look = true;
      while (!signal.aborted) {
        const slot = streams ? await takeSlot(signal) : undefined;
        if (!streams) await sleep(pollMs ?? LONGEST_PAUSE_MS, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) slot?.release();
        else if (slot === undefined) {
          listening(false);
          if (await hasNewsMeanwhile()) return true;
        } else {
          const began = performance.now();
          if ((await stream(slot, look, listening, signal)) === true) return true;
          look = subscription === undefined;
          pause = performance.now() - began > LASTED_MS ? SHORTEST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
          await sleep(Math.min(pause, pollMs ?? pause), undefined, { signal }).catch(() => undefined);
          // Where a stream was refused nobody has looked.
          if (look && !signal.aborted && (await hasNewsMeanwhile())) return true;
        }
      }
      return false;
    },
    close: async () => {
      const ended = subscription;
      subscription = undefined;
      if (ended) await client.unsubscribe(ended).catch(() => undefined);
    },
  };
}

/** Streams until something comes (true), the server ends the connection in order, or the signal aborts (false). */
async function streamOnce(
  subscription: EventSubscription,
  { look, alive }: { readonly look: boolean; readonly alive: () => void },
  signal: AbortSignal,
  { client, hasNews, isNews, silenceMs }: ChangeWatchOptions,
): Promise<boolean> {
  const { promise: came, resolve: arrive } = Promise.withResolvers<boolean>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<boolean>();
  const { promise: silent, reject: fallSilent } = Promise.withResolvers<never>();
  const open = Promise.withResolvers<void>();
  const end = (): void => stop(false);
  let isOpen = false;
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) stop(false);
  const timer = setTimeout(
    () => fallSilent(new EwsFailure('unreadable', 'The stream of events fell silent.')),
    silenceMs,
  );
  const stream = client.streamEvents(subscription, {
    arrived: (arrival) => isNews(arrival) && arrive(true),
    alive: () => {
      timer.refresh();
      open.resolve();
      // The first may be a refusal.
      if (isOpen) alive();
      isOpen = true;
    },
  });
  const over = stream.ended.then(() => false);
  over.catch(() => undefined);
  // What came before the stream was open is told by nobody.
  const looked = open.promise
    .then(() => (look ? hasNews() : false))
    .then((news) => (news ? true : new Promise<never>(() => undefined)));
  looked.catch(() => undefined);
  try {
    return await Promise.race([came, stopped, silent, over, looked]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    stream.close();
  }
}
