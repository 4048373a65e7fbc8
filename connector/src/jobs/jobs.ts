import { PgBoss, type JobWithMetadata, type SendOptions } from 'pg-boss';
import { ActionableError } from '../errors.ts';
import { DEAD_QUEUE } from './dead-jobs.ts';

/**
 * What work there is; the key says for what: a mailbox id (`sync`, `renew`), or `all` where there is one of a kind.
 * `sweep` finds mailboxes that nothing was heard of, `renew` has a provider go on telling of changes, `retention`
 * forgets what has had its time.
 */
export const QUEUES = ['sync', 'deliver', 'track', 'sweep', 'renew', 'retention'] as const;
export type Queue = (typeof QUEUES)[number];

/** What is done first: news that somebody waits for, then a look into a mailbox, then the rest of a long read. */
export const URGENCY = { hint: 2, sweep: 1, backlog: 0 } as const;
export type Urgency = keyof typeof URGENCY;

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

/** One piece of work. */
export interface Job {
  readonly key: string;
  /** Names the job among all of the database, as the wake did that asked for it. */
  readonly id: string;
  readonly urgency: Urgency;
  /** How often the same work has asked to be done again later, in a row. */
  readonly tries: number;
  /** Aborted when the job is lost to another worker or the drain's time is over. */
  readonly signal: AbortSignal;
}

/** That the work of a key goes on: its next turn now, or after a fault another try later, which counts. */
export type Again = { readonly urgency: Urgency } | { readonly urgency: Urgency; readonly afterMs: number };

/** Does the work of one job; what it returns says that the work goes on. */
export type Work = (job: Job) => Promise<Again | void>;

/** How a wake differs from one that simply asks for the work. */
export interface WakeOptions {
  /** Raises a job that is queued already, and is never lowered. Default `backlog`. */
  readonly urgency?: Urgency;
  /** Ends the wait of a job that was to be tried later, as when what it failed at has been repaired. */
  readonly now?: boolean;
}

/** Workers of a queue; `only` keeps some for what is urgent, and some for what is not, so that neither waits for all. */
export interface Lane {
  readonly workers: number;
  readonly only?: Urgency;
}

/**
 * Wake-ups that survive a crash. A job carries a key and nothing else: what there is to do stands in the store's
 * tables, so a job that is lost, doubled or late costs time and never data.
 */
export interface Jobs {
  /**
   * Asks for the work of this key. Wakes while one is queued already are one; a wake during the work runs it again.
   * Returns the id of the job that does it, unless that was begun at this very moment.
   */
  wake(queue: Queue, key: string, options?: WakeOptions): Promise<string | undefined>;
  /** Wakes the key now and every so many seconds, once for all processes on the database together. */
  schedule(queue: Queue, key: string, everySeconds: number): void;
  unschedule(queue: Queue, key: string): void;
  /** Starts workers (default: one). One key is never worked on twice at once, in whichever process. */
  work(queue: Queue, work: Work, lanes?: readonly Lane[]): Promise<void>;
  /**
   * Takes the keys of workers that have given no sign of life for some seconds, as those of a killed process, and wakes
   * them; returns their number. To be called every second or so where several processes share the database.
   */
  takeOver(): Promise<number>;
  /** Takes no new job, waits up to `drainMs` (default 20 s) for running ones, and gives the rest back to the queue. */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

const POLL_SECONDS = 1;
/** A worker gives a sign of life each second; the engine itself does not act on fewer than ten missed ones. */
const BEAT_SECONDS = 1;
const HEARTBEAT_SECONDS = 10;
const SUPERVISE_SECONDS = 5;
/** After this long without a sign of life a job is given to another worker: a killed process frees its keys. */
export const LAPSE_SECONDS = 3;
const DEAD_DAYS = 14;
const HOUR_SECONDS = 3600;
const DRAIN_MS = 20_000;
/** SQLSTATE, PostgreSQL appendix A. */
const UNIQUE_VIOLATION = '23505';

/**
 * Starts the job engine on the store's database. Rejects with an `ActionableError` when its tables cannot be made.
 * The database stays open after `stop`.
 */
export async function startJobs(database: JobDatabase, options: JobOptions): Promise<Jobs> {
  try {
    const boss = await startEngine(database, options).catch((error: unknown) => {
      if (!isOvertaken(error)) throw error;
      return startEngine(database, options);
    });
    return jobsOn(boss, database, options);
  } catch (error) {
    throw engineError(error);
  }
}

/**
 * Of processes that start together on a new database one makes the tables. The engine has the others wait for it, but
 * PostgreSQL may still hold that the schema is absent, as their session has seen it before, and stumble over its name.
 */
function isOvertaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
}

async function startEngine(database: JobDatabase, options: JobOptions): Promise<PgBoss> {
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
    await boss.createQueue(DEAD_QUEUE, {
      deleteAfterSeconds: DEAD_DAYS * 86_400,
      retentionSeconds: DEAD_DAYS * 86_400,
    });
    for (const queue of QUEUES) await createQueue(boss, queue, options.retryDelaySeconds ?? 1);
    if (database.engine === 'pglite') await freeKeys(database);
    return boss;
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
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
    deadLetter: DEAD_QUEUE,
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

interface JobData {
  readonly key: string;
  readonly tries?: number;
}

function jobsOn(boss: PgBoss, database: JobDatabase, options: JobOptions): Jobs {
  const workers = new Map<Queue, string[]>();
  const timers = new Map<string, NodeJS.Timeout>();
  const notify = (queue: Queue): void => {
    workers.get(queue)?.forEach((worker) => boss.notifyWorker(worker));
  };
  const send = async (queue: Queue, data: JobData, sending: SendOptions): Promise<string | undefined> => {
    const id = await boss.send(queue, data, { singletonKey: data.key, ...sending });
    notify(queue);
    return id ?? undefined;
  };
  const wake: Jobs['wake'] = async (queue, key, { urgency = 'backlog', now = false } = {}) => {
    const priority = URGENCY[urgency];
    const sent = await send(queue, { key }, { priority });
    if (sent !== undefined) return sent;
    const queued = await raise(database, { queue, key, priority, now });
    notify(queue);
    return queued;
  };
  const goOn = async (queue: Queue, { key, tries }: Job, again: Again): Promise<void> => {
    const { urgency, ...later } = again;
    const priority = URGENCY[urgency];
    if (!('afterMs' in later)) {
      await send(queue, { key }, { priority });
      return;
    }
    const data = { key, tries: tries + 1 };
    const startAfter = new Date(Date.now() + later.afterMs);
    const sent = await send(queue, data, { priority, startAfter });
    if (sent === undefined) await putOff(database, { queue, data, startAfter });
  };
  const unschedule = (queue: Queue, key: string): void => {
    clearInterval(timers.get(timerKey(queue, key)));
    timers.delete(timerKey(queue, key));
  };
  return {
    wake,
    schedule: (queue, key, everySeconds) => {
      unschedule(queue, key);
      const tick = (): void => {
        send(queue, { key }, { singletonSeconds: everySeconds }).catch(options.onError);
      };
      timers.set(timerKey(queue, key), setInterval(tick, everySeconds * 1000));
      tick();
    },
    unschedule,
    work: async (queue, work, lanes = [{ workers: 1 }]) => {
      const handle = handled(work, options, {
        next: () => notify(queue),
        goOn: (job, again) => goOn(queue, job, again),
      });
      const lanesOfOne = lanes.flatMap((lane) => Array.from({ length: lane.workers }, () => lane));
      const started = await Promise.all(lanesOfOne.map((lane) => startWorker(boss, queue, lane, handle)));
      workers.set(queue, [...(workers.get(queue) ?? []), ...started]);
    },
    takeOver: async () => {
      const lapsed = await readLapsed(database);
      // Woken first: a process that is killed in between leaves a key to be taken over again, and never none.
      for (const { name, key } of lapsed) await wake(name, key, { urgency: 'sweep' });
      const freed = await freeLapsed(database, lapsed);
      for (const { name } of lapsed) notify(name);
      return freed;
    },
    stop: async ({ drainMs = DRAIN_MS } = {}) => {
      timers.forEach((timer) => clearInterval(timer));
      timers.clear();
      await boss.stop({ close: false, timeout: drainMs });
    },
  };
}

const timerKey = (queue: Queue, key: string): string => `${queue} ${key}`;

const IS_QUEUED = "name = $1 and singleton_key = $2 and state in ('created', 'retry')";

/** The engine leaves the queued job of a key that is woken again as it is. Returns that job's id. */
async function raise(
  database: JobDatabase,
  { queue, key, priority, now }: { queue: Queue; key: string; priority: number; now: boolean },
): Promise<string | undefined> {
  const { rows } = await database.executeSql(
    `with raised as (
       update pgboss.job set priority = greatest(priority, $3::integer),
         start_after = case when $4::boolean then least(start_after, now()) else start_after end
       where ${IS_QUEUED} and (priority < $3::integer or ($4::boolean and start_after > now()))
     ) select id::text from pgboss.job where ${IS_QUEUED}`,
    [queue, key, priority, now],
  );
  return (rows as { readonly id: string }[])[0]?.id;
}

/** A wake that came during the work must not have it done again at once when it is to be done later. */
async function putOff(
  database: JobDatabase,
  { queue, data, startAfter }: { queue: Queue; data: JobData; startAfter: Date },
): Promise<void> {
  await database.executeSql(
    `update pgboss.job set start_after = greatest(start_after, $3::timestamptz), data = $4::jsonb
     where name = $1 and singleton_key = $2 and state = 'created'`,
    [queue, data.key, startAfter.toISOString(), JSON.stringify(data)],
  );
}

const HAS_LAPSED = `state = 'active' and heartbeat_on < now() - ${LAPSE_SECONDS} * interval '1 second'`;

interface LapsedJob {
  readonly id: string;
  readonly name: Queue;
  readonly key: string;
}

/** What workers are at that give no sign of life. */
async function readLapsed(database: JobDatabase): Promise<readonly LapsedJob[]> {
  const { rows } = await database.executeSql(
    `select id, name, singleton_key as key from pgboss.job where ${HAS_LAPSED}`,
  );
  return rows as LapsedJob[];
}

/** Takes the keys from these workers; returns how many. What such a one does when it wakes is fenced by the store. */
async function freeLapsed(database: JobDatabase, lapsed: readonly LapsedJob[]): Promise<number> {
  if (lapsed.length === 0) return 0;
  const { rows } = await database.executeSql(
    `delete from pgboss.job where id = any($1::uuid[]) and ${HAS_LAPSED} returning id`,
    [lapsed.map(({ id }) => id)],
  );
  return rows.length;
}

interface Handling {
  /** Asks for the next job at once. */
  readonly next: () => void;
  readonly goOn: (job: Job, again: Again) => Promise<void>;
}

/** Tells of a failure before the engine takes it for a retry. */
function handled(work: Work, options: JobOptions, { next, goOn }: Handling): (job: Job) => Promise<void> {
  return async (job) => {
    next();
    try {
      const again = await work(job);
      if (again !== undefined) await goOn(job, again);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      options.onError(failure);
      throw failure;
    }
  };
}

/** One worker for each call: the engine can only notify the first of those it starts together. */
function startWorker(boss: PgBoss, queue: Queue, { only }: Lane, work: (job: Job) => Promise<void>): Promise<string> {
  const range = only === undefined ? {} : { minPriority: URGENCY[only], maxPriority: URGENCY[only] };
  const polling = { pollingIntervalSeconds: POLL_SECONDS, heartbeatRefreshSeconds: BEAT_SECONDS };
  const settings = { ...polling, ...range, includeMetadata: true as const };
  return boss.work(queue, settings, async ([job]: JobWithMetadata<JobData>[]) => {
    if (job === undefined) return;
    const { id, data, priority, signal } = job;
    await work({ id, key: data.key, tries: data.tries ?? 0, urgency: urgencyOf(priority), signal });
  });
}

function urgencyOf(priority: number): Urgency {
  if (priority >= URGENCY.hint) return 'hint';
  return priority >= URGENCY.sweep ? 'sweep' : 'backlog';
}
