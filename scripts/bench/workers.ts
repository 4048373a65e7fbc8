import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startJobs } from '../../connector/src/jobs/jobs.ts';
import { openPostgresDatabase } from '../../connector/src/store/postgres-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { startPostgresql } from '../../test/servers/postgresql.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { OWNER_ID, READ_SINCE } from './sample-mail.ts';
import { median, rounded } from './statistics.ts';
import { engineOf, registerTracked } from './stores.ts';

const COUNTS = [1, 2, 4, 8] as const;
/** Mailboxes that one worker reads at once. */
const CONCURRENCY = 1;
const LATENCY_MS = 50;
const PAGE_SIZE = 5;
const MAILBOXES = 64;
const TRACKED = 1000;
const WINDOW_MS = 6_000;
const ROUNDS = 3;

type Rates = Map<number, number[]>;

/** How the rate of several workers, each a process, on one PostgreSQL server grows with their number. */
export async function measureWorkers(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('postgresql');
  if (missing !== undefined) return { skipped: missing };
  const { progress, belongings } = surroundings;
  const url = await (await startPostgresql()).createDatabase();
  const database = await openPostgresDatabase(url);
  belongings.defer(() => database.close());
  const store = await openStore(database);
  await registerTracked(store, TRACKED);
  const pagesRead = async (): Promise<number> =>
    (await database.query<{ pages: number }>('select sum(cursor_version)::float8 as pages from mailbox'))[0]!.pages;
  const jobs = await startJobs(database, { onError: () => undefined });
  belongings.defer(() => jobs.stop());
  for (let number = 0; number < MAILBOXES; number += 1) {
    const address = `rep-${number}@seller.example`;
    await store.connectMailbox({ provider: 'imap', address, ownerId: OWNER_ID, readSince: READ_SINCE });
  }
  const rates: Rates = new Map(COUNTS.map((count) => [count, []]));
  for (let round = 1; round <= scaled(ROUNDS, surroundings); round += 1) {
    for (const count of COUNTS) {
      progress(`round ${round}, ${count} workers`);
      const workers = await startWorkers(url, count);
      for (const { id } of await store.mailboxes()) await jobs.wake('sync', id);
      rates.get(count)!.push(await rateOf(pagesRead, scaled(WINDOW_MS, surroundings, 200)));
      await workers.end();
      // What a worker was at when it ended is given back at once, not after some seconds.
      await database.execute('delete from pgboss.job');
    }
  }
  return measured(rates, await engineOf(database));
}

async function startWorkers(url: string, count: number): Promise<{ end(): Promise<void> }> {
  const script = join(import.meta.dirname, 'sync-worker.ts');
  const args = [script, url, String(CONCURRENCY), String(LATENCY_MS), String(PAGE_SIZE)];
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  return {
    end: async () => {
      const ended = children.map((child) => once(child, 'exit'));
      for (const { stdin } of children) stdin.end();
      await Promise.all(ended);
    },
  };
}

/** Pages a second, once each worker has begun. */
async function rateOf(pagesRead: () => Promise<number>, windowMs: number): Promise<number> {
  await pause(windowMs / 4);
  const [before, begun] = [await pagesRead(), performance.now()];
  await pause(windowMs);
  return ((await pagesRead()) - before) / ((performance.now() - begun) / 1000);
}

function measured(rates: Rates, engine: string): Measured {
  const alone = rates.get(1)!;
  const shares = COUNTS.map((count) => {
    const each = rates.get(count)!.map((rate, round) => rate / (count * alone[round]!));
    return { workers: count, pagesPerSecond: rounded(median(rates.get(count)!)), ofLinear: rounded(median(each)) };
  });
  return {
    ratio: Math.min(...shares.map(({ ofLinear }) => ofLinear)),
    words: shares.map((share) => `${share.workers}: ${share.pagesPerSecond} pages/s (${share.ofLinear})`).join(', '),
    detail: {
      what: 'worker processes share the queue of one database and read endless mailboxes in turns of 4 pages, each page decided and committed with fsync; the same number of mailboxes at once for each worker, 50 ms to each call of a provider',
      engine,
      mailboxesAtOnce: CONCURRENCY,
      latencyMs: LATENCY_MS,
      messagesInPage: PAGE_SIZE,
      mailboxes: MAILBOXES,
      shares,
    },
  };
}
