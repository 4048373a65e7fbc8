import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { openMailboxes } from '../../connector/src/connect/open-mailboxes.ts';
import type { Facade } from '../../connector/src/facade.ts';
import { createLogger } from '../../connector/src/logger.ts';
import type { ImapCursor } from '../../connector/src/mailbox/imap/imap-cursor.ts';
import type { Cursor, Mailbox, MailboxMessage } from '../../connector/src/mailbox/mailbox.ts';
import { serve, type Serving } from '../../connector/src/serve.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { OWNER_ID, READ_SINCE, RECEIVED_AT, trackedId } from './sample-mail.ts';
import { median, percentile, rounded } from './statistics.ts';
import { engineOf, openPostgresql, registerTracked } from './stores.ts';

const BACKLOG = 100_000;
const ARRIVALS = 100;
/** Between two arrivals, so that none finds the service at work or always equally long at rest. */
const SPACING_MS = { least: 50, most: 350 };
const P99 = 0.99;
const TRACKED = 1000;

/** The time from a hint of a quiet mailbox to its commit, alone and beside a mailbox that is read for the first time. */
export async function measureQuietMailbox(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('postgresql');
  if (missing !== undefined) return { skipped: missing };
  const { progress } = surroundings;
  const quiet = growingMailbox('quiet');
  const busy = growingMailbox('busy');
  const service = await startService(surroundings, { 'quiet@seller.example': quiet, 'busy@seller.example': busy });
  const arrivals = scaled(ARRIVALS, surroundings, 5);
  const backlog = scaled(BACKLOG, surroundings, 100);
  await timeArrivals(quiet, service, 5);
  progress('the quiet mailbox alone');
  const alone = await timeArrivals(quiet, service, arrivals);
  progress(`the quiet mailbox beside one that reads ${backlog} messages`);
  const beside: number[] = [];
  const begun = performance.now();
  let read = 0;
  // A fast machine is done with the backlog before enough has arrived: then another one follows.
  while (beside.length < arrivals) {
    busy.grow(backlog);
    while (busy.unread() > 0 && beside.length < arrivals) beside.push(...(await timeArrivals(quiet, service, 1)));
    read += backlog - busy.unread();
  }
  const messagesPerSecond = Math.round(read / ((performance.now() - begun) / 1000));
  return measured({ alone, beside, messagesPerSecond, backlog, engine: service.engine });
}

interface GrowingMailbox extends Mailbox {
  /** Lets so many messages arrive. */
  grow(messages: number): void;
  unread(): number;
}

interface Service {
  readonly engine: string;
  /** Emits the name of a mailbox at each of its commits. */
  readonly commits: EventEmitter;
}

async function startService(
  surroundings: Surroundings,
  mailboxesByAddress: Readonly<Record<string, GrowingMailbox>>,
): Promise<Service> {
  const { belongings } = surroundings;
  const database = await openPostgresql(surroundings);
  const store = await openStore(database);
  await registerTracked(store, TRACKED);
  for (const address of Object.keys(mailboxesByAddress)) {
    const settings = { provider: 'imap', address };
    await store.connectMailbox({ ...settings, settings, ownerId: OWNER_ID, readSince: READ_SINCE });
  }
  const mailboxes = await openMailboxes({
    store,
    open: ({ address }) => mailboxesByAddress[address]!,
    credentialOf: () => Promise.reject(new Error('Nobody logs in.')),
  });
  const commits = new EventEmitter();
  const nothing = { delivered: 0, retried: 0, dead: 0, stoppedBy: undefined, pauseUntil: undefined };
  const serving: Serving = {
    facade: {} as Facade,
    pull: () => Promise.resolve(),
    deliver: () => Promise.resolve(nothing as Awaited<ReturnType<Serving['deliver']>>),
    syncOptions: {
      ...{ store, ownSide: ownSideOf([]), now: () => new Date() },
      mailboxOf: (id) => mailboxes.get(id),
      onPage: ({ mailbox, messages }) => void (messages > 0 && commits.emit(mailbox.address)),
    },
    config: {
      pullSeconds: 3600,
      sweepSeconds: 3600,
      healthPort: 0,
      databaseUrl: 'postgres://unused/',
      dataFolder: '',
      notifications: undefined,
    },
    notificationRoutes: () => [],
    pushErrors: new Map(),
    checks: {} as Serving['checks'],
    ...{ logger: createLogger('silent'), database, store, mailboxes, processId: randomUUID(), version: '0.0.0' },
  };
  const stop = new AbortController();
  const served = serve(serving, stop.signal);
  belongings.defer(async () => {
    stop.abort();
    await served;
  });
  return { engine: await engineOf(database), commits };
}

async function timeArrivals(quiet: GrowingMailbox, { commits }: Service, count: number): Promise<number[]> {
  const random = createRandom(count);
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) {
    await pause(SPACING_MS.least + random.below(SPACING_MS.most - SPACING_MS.least));
    const committed = once(commits, 'quiet@seller.example');
    const begun = performance.now();
    quiet.grow(1);
    await committed;
    times.push(performance.now() - begun);
  }
  return times;
}

/** A mailbox in memory that says so when it grows; of thirty messages one answers a tracked mail. */
function growingMailbox(name: string): GrowingMailbox {
  const unused = (): Promise<never> => Promise.reject(new Error('The benchmark has no use for this.'));
  const arrivals = new EventEmitter();
  let size = 0;
  let handedOut = 0;
  const place = (lastUid: number): ImapCursor => ({
    ...{ provider: 'imap', version: 1, since: READ_SINCE.toISOString() },
    folders: { INBOX: { uidValidity: '1', lastUid, datedUpTo: 0 } },
  });
  const message = (uid: number): MailboxMessage => ({
    ...{ reference: `1.${uid}.INBOX`, folder: 'other', receivedAt: RECEIVED_AT },
    fields: [
      ['From', 'Ana Lopez <ana@buyer.example>'],
      ['Subject', 'Re: Our offer'],
      ['Message-ID', `<${uid}.${name}@buyer.example>`],
      ['In-Reply-To', uid % 30 === 0 ? `<${trackedId(uid % TRACKED)}>` : `<other-${uid}.${name}@seller.example>`],
    ],
  });
  return {
    grow: (messages) => {
      size += messages;
      arrivals.emit('growth');
    },
    unread: () => size - handedOut,
    openingCursor: () => Promise.resolve(place(0)),
    changesSince: (cursor: Cursor, limit) => {
      const first = cursor.provider === 'imap' ? (cursor.folders['INBOX']?.lastUid ?? 0) : 0;
      const end = Math.min(first + limit, size);
      handedOut = Math.max(handedOut, end);
      const messages = Array.from({ length: end - first }, (_, offset) => message(first + 1 + offset));
      return Promise.resolve({ messages, cursor: place(end), caughtUp: end === size });
    },
    waitForChange: async (signal) => {
      if (handedOut < size) return;
      await once(arrivals, 'growth', { signal }).catch(() => undefined);
    },
    close: () => Promise.resolve(),
    ...{ survey: unused, read: unused, readReport: unused },
  };
}

interface Figures {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  readonly messagesPerSecond: number;
  readonly backlog: number;
  readonly engine: string;
}

function measured({ alone, beside, ...run }: Figures): Measured {
  const figures = (times: readonly number[]) => ({
    p50: rounded(median(times)),
    p99: rounded(percentile(times, P99)),
  });
  const [own, other] = [figures(alone), figures(beside)];
  return {
    ratio: rounded(other.p99 / own.p99),
    words: `p99 ${other.p99} ms beside the backlog (median ${other.p50}), ${own.p99} ms alone (median ${own.p50}); the backlog ran at ${run.messagesPerSecond} messages/s`,
    detail: {
      what: 'the service on PostgreSQL with two mailboxes in memory: from the arrival of a message in the quiet one to its commit, by hint, queue, page and transaction',
      ...run,
      arrivals: beside.length,
      spacingMs: SPACING_MS,
      milliseconds: { alone: own, beside: other },
    },
  };
}
