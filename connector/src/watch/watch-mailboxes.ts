import { hostname } from 'node:os';
import type { OpenMailboxes } from '../connect/open-mailboxes.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import type { ServiceBeat, Store } from '../store/store.ts';
import { decideShare, sight, type Sightings } from './decide-share.ts';
import { keepBeating } from './keep-beating.ts';
import { openWatches, type OpenWatches } from './open-watches.ts';

/** Between two signs of life. The embedded database has one process: nobody waits for its signs. */
const BEAT_MS = { postgres: 1_000, pglite: 60_000 } as const;
/** A service whose count of beats stands still for so long is taken for dead, by the clock of whoever looks. */
const LAPSE_MS = 3_000;

export interface Watching {
  readonly store: Pick<
    Store,
    | 'registerService'
    | 'beatService'
    | 'forgetService'
    | 'endService'
    | 'watchMailboxes'
    | 'unwatchMailboxes'
    | 'watchedBy'
    | 'recordPush'
    | 'scheduleSweeps'
  >;
  readonly jobs: Pick<Jobs, 'wake' | 'takeOver'>;
  readonly mailboxes: Pick<OpenMailboxes, 'get' | 'rows' | 'refresh' | 'subscribe'>;
  readonly engine: keyof typeof BEAT_MS;
  /** Names this process among the others, a UUID; the turn to write that a process has goes with its sign of life. */
  readonly processId: string;
  readonly version: string;
  readonly logger: Logger;
  readonly onError: (error: Error) => void;
}

/**
 * Watches this process's share of the mailboxes. Each mailbox is watched by one process at a time, so that its provider
 * sees one waiting connection: the lease is a row that goes with the process's own. Processes count their signs of
 * life; the leases of one whose count stands still become free, and the keys of the jobs that it was at. A process that
 * was taken for dead, because it was stopped or cut off, finds its row gone when it wakes, lets go of everything and
 * begins anew; what it still writes is refused by the fence of the cursor.
 */
export async function watchMailboxes(watching: Watching): Promise<{ end(): Promise<void> }> {
  const { store, mailboxes, engine, onError } = watching;
  const watches = openWatches(watching);
  await register(watching);
  const share: OwnShare = { id: watching.processId, leased: [], sightings: new Map() };
  const beating = keepBeating(() => beat(share, watches, watching), { everyMs: BEAT_MS[engine], onError });
  const unsubscribe = mailboxes.subscribe(() => {
    watches.keep(share.leased);
    void beating.now();
  });
  await beating.now();
  return {
    end: async () => {
      unsubscribe();
      await beating.end();
      await watches.endAll();
      await store.endService(share.id).catch(onError);
    },
  };
}

/** What a process knows of itself among the others. */
interface OwnShare {
  readonly id: string;
  leased: readonly string[];
  sightings: Sightings;
}

function register({ store, processId: id, version }: Watching): Promise<void> {
  return store.registerService({ id, host: hostname(), pid: process.pid, version, startedAt: new Date() });
}

/** Gives a sign of life, looks at those of the others, and takes or lets go what the share has become. */
async function beat(own: OwnShare, watches: OpenWatches, watching: Watching): Promise<void> {
  const { store, jobs, mailboxes, engine, logger } = watching;
  const seen = await store.beatService(own.id, new Date());
  if (seen === undefined) return beginAnew(own, watches, watching);
  const living = await takeShare(own, seen, watches, watching);
  if (engine === 'postgres') await jobs.takeOver();
  const leased = await store.watchedBy(own.id);
  if (leased.length !== own.leased.length) {
    logger.info({ watched: leased.length, services: living }, 'Watching mailboxes.');
  }
  own.leased = leased;
  if (leased.some((id) => mailboxes.get(id) === undefined)) await mailboxes.refresh();
  watches.keep(own.leased);
}

async function beginAnew(own: OwnShare, watches: OpenWatches, watching: Watching): Promise<void> {
  watching.logger.warn('Other processes took this one for dead; it begins anew.');
  own.leased = [];
  await watches.endAll();
  await register(watching);
  return beat(own, watches, watching);
}

/** Returns the number of living services. A watch ends before its lease, so that no two processes watch at once. */
async function takeShare(
  own: OwnShare,
  seen: ServiceBeat,
  watches: OpenWatches,
  { store, logger }: Watching,
): Promise<number> {
  const now = performance.now();
  own.sightings = sight(seen.services, own.sightings, now);
  const { dead, take, release } = decideShare(own.id, seen, own.sightings, { now, lapseMs: LAPSE_MS });
  for (const service of dead) {
    const gone = await store.forgetService(service);
    if (gone) logger.warn({ service: service.id }, 'A process has died; its mailboxes are free.');
  }
  // One that begins anew may be at the count at which it was forgotten.
  own.sightings = new Map([...own.sightings].filter(([id]) => !dead.some((service) => service.id === id)));
  if (release > 0) {
    const released = own.leased.slice(-release);
    await watches.end(released);
    await store.unwatchMailboxes(own.id, released);
  }
  if (take > 0) await store.watchMailboxes(own.id, take);
  return seen.services.length - dead.length;
}
