import { PgBoss } from 'pg-boss';
import { ActionableError } from '../errors.ts';

/** What work there is; the key says for what: a mailbox id, or `all` where there is one of a kind. */
export const QUEUES = ['sync', 'deliver', 'track', 'sweep'] as const;
export type Queue = (typeof QUEUES)[number];

/** As much of the store's database as the job engine needs; it keeps its tables in a schema of its own, `pgboss`. */
export interface JobDatabase {
  readonly engine: 'pglite' | 'postgres';
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface JobOptions {
  /** Told what failed in a job or in the engine itself; the work is tried again either way. */
  readonly onError: (error: Error) => void;
  /** The wait before the first retry, in seconds; it doubles up to a minute. Default 1. */
  readonly retryDelaySeconds?: number;
}

/** Does the work of one key. `signal` is aborted when the job is lost to another worker or the drain's time is over. */
export type Work = (key: string, signal: AbortSignal) => Promise<void>;

/**
 * Wake-ups that survive a crash. A job carries a key and nothing else: what there is to do stands in the store's
 * tables, so a job that is lost, doubled or late costs time and never data.
 */
export interface Jobs {
  /** Asks for the work of this key. Wakes while one is queued already are one; a wake during the work runs it again. */
  wake(queue: Queue, key: string): Promise<void>;
  /** Wakes the key now and every so many seconds, once for all processes on the database together. */
  schedule(queue: Queue, key: string, everySeconds: number): void;
  unschedule(queue: Queue, key: string): void;
  /** Starts `concurrency` workers (default 1). One key is never worked on twice at once, in whichever process. */
  work(queue: Queue, work: Work, options?: { readonly concurrency?: number }): Promise<void>;
  /** Takes no new job, waits up to `drainMs` (default 20 s) for running ones, and gives the rest back to the queue. */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

const POLL_SECONDS = 1;
/** After this long without a sign of life from its worker a job is given to another: a killed process frees its keys. */
const HEARTBEAT_SECONDS = 10;
const SUPERVISE_SECONDS = 5;
const HOUR_SECONDS = 3600;
const DRAIN_MS = 20_000;

/**
 * Starts the job engine on the store's database. Rejects with an `ActionableError` when its tables cannot be made.
 * The database stays open after `stop`.
 */
export async function startJobs(database: JobDatabase, options: JobOptions): Promise<Jobs> {
  const boss = new PgBoss({
    db: database,
    backend: database.engine,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    monitorVacuum: false,
    reindex: database.engine === 'postgres',
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  boss.on('error', (error) => options.onError(error));
  try {
    await boss.start();
    for (const queue of QUEUES) await createQueue(boss, queue, options.retryDelaySeconds ?? 1);
    if (database.engine === 'pglite') await freeKeys(database);
  } catch (error) {
    await boss.stop({ graceful: false });
    throw engineError(error);
  }
  return jobsOn(boss, options);
}

/**
 * An embedded database has one process, so that what is active in it at the start is what a killed one was at. On a
 * server it may be another worker's, and its heartbeat decides.
 */
async function freeKeys(database: JobDatabase): Promise<void> {
  await database.executeSql("delete from pgboss.job where state = 'active'");
}

/** `stately` holds one queued and one active job for each key, over all processes. */
async function createQueue(boss: PgBoss, queue: Queue, retryDelay: number): Promise<void> {
  const settings = {
    retryLimit: 10,
    retryDelay,
    retryBackoff: true,
    retryDelayMax: 60,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: HOUR_SECONDS,
    deleteAfterSeconds: HOUR_SECONDS,
  };
  await boss.createQueue(queue, { policy: 'stately', ...settings });
  await boss.updateQueue(queue, settings);
}

function engineError(error: unknown): ActionableError {
  const words = error instanceof Error ? error.message : String(error);
  return new ActionableError(
    `The job engine cannot start on this database: ${words}`,
    ['Check that the database is running and that its user may create the schema pgboss.'],
    { cause: error },
  );
}

function jobsOn(boss: PgBoss, options: JobOptions): Jobs {
  const workers = new Map<Queue, string[]>();
  const timers = new Map<string, NodeJS.Timeout>();
  const notify = (queue: Queue): void => {
    workers.get(queue)?.forEach((worker) => boss.notifyWorker(worker));
  };
  const send = async (queue: Queue, key: string, slot: { singletonSeconds?: number } = {}): Promise<void> => {
    await boss.send(queue, { key }, { singletonKey: key, ...slot });
    notify(queue);
  };
  const unschedule = (queue: Queue, key: string): void => {
    clearInterval(timers.get(timerKey(queue, key)));
    timers.delete(timerKey(queue, key));
  };
  return {
    wake: (queue, key) => send(queue, key),
    schedule: (queue, key, everySeconds) => {
      unschedule(queue, key);
      const tick = (): void => {
        send(queue, key, { singletonSeconds: everySeconds }).catch(options.onError);
      };
      timers.set(timerKey(queue, key), setInterval(tick, everySeconds * 1000));
      tick();
    },
    unschedule,
    work: async (queue, work, { concurrency = 1 } = {}) => {
      const handle = watched(work, options, () => notify(queue));
      const started = await Promise.all(Array.from({ length: concurrency }, () => startWorker(boss, queue, handle)));
      workers.set(queue, [...(workers.get(queue) ?? []), ...started]);
    },
    stop: async ({ drainMs = DRAIN_MS } = {}) => {
      timers.forEach((timer) => clearInterval(timer));
      timers.clear();
      await boss.stop({ close: false, timeout: drainMs });
    },
  };
}

const timerKey = (queue: Queue, key: string): string => `${queue} ${key}`;

/** Tells of a failure before the engine takes it for a retry, and asks for the next job at once. */
function watched(work: Work, options: JobOptions, next: () => void): Work {
  return async (key, signal) => {
    next();
    await work(key, signal).catch((error: unknown) => {
      const failure = error instanceof Error ? error : new Error(String(error));
      options.onError(failure);
      throw failure;
    });
  };
}

/** One worker for each call: the engine can only notify the first of those it starts together. */
function startWorker(boss: PgBoss, queue: Queue, work: Work): Promise<string> {
  return boss.work<{ key: string }>(queue, { pollingIntervalSeconds: POLL_SECONDS }, async ([job]) => {
    if (job !== undefined) await work(job.data.key, job.signal);
  });
}
