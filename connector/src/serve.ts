import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { OpenMailboxes } from './connect/open-mailboxes.ts';
import type { DeliverySummary } from './deliver/deliver.ts';
import { ActionableError } from './errors.ts';
import type { Facade } from './facade.ts';
import { startJobs, type JobDatabase, type Jobs } from './jobs/jobs.ts';
import type { Logger } from './logger.ts';
import { MailboxError } from './mailbox/mailbox-error.ts';
import { serveCommands } from './server/command-channel.ts';
import { serveHealth } from './server/health.ts';
import { socketPath } from './server/socket-path.ts';
import type { MailboxRow, PinnedOrg, Store } from './store/store.ts';
import { syncMailbox } from './sync/sync-mailbox.ts';
import type { SyncOptions } from './sync/sync-options.ts';

/** The one key of queues that have only one kind of work. */
const ALL = 'all';
/** The wait before a mailbox is watched again after a passing fault, doubled with each further one up to the last. */
const WATCH_RETRY_MS = [1_000, 300_000] as const;
/** A mailbox that has grown says so again until it has been read: this long passes before it is asked again. */
const HINT_SPACING_MS = 200;
/** Between two looks for mailboxes that another process has connected. */
const LOOK_MS = 5_000;
const REFUSED_RETRY_MS = 3_600_000;
const EXPIRE_SECONDS = 3600;
const DAY_MS = 86_400_000;
/** Mailboxes that are read at the same time. */
const PARALLEL_SYNCS = 8;

/** What the service works with. */
export interface Serving {
  readonly facade: Facade;
  /** Learns from Salesforce, and settles what has been waiting for it. */
  readonly pull: () => Promise<unknown>;
  readonly deliver: () => Promise<DeliverySummary>;
  readonly syncOptions: SyncOptions;
  readonly config: Pick<Config, 'pullSeconds' | 'sweepSeconds' | 'healthPort' | 'databaseUrl' | 'dataFolder'>;
  readonly logger: Logger;
  readonly database: JobDatabase;
  readonly store: Store;
  readonly mailboxes: OpenMailboxes;
  readonly version: string;
}

/**
 * Reads, pulls and delivers continuously until the signal aborts, then finishes the work under way. Jobs wake the
 * work; what there is to do stands in the store, so a job that is lost or doubled loses or doubles nothing. Mailboxes
 * that are connected or disconnected meanwhile, by whichever process, are taken up and let go.
 */
export async function serve(serving: Serving, signal: AbortSignal): Promise<void> {
  const { pull, config, logger, database, mailboxes } = serving;
  const onError = (error: Error): void => logger.error(reasonOf(error), 'Work failed and will be tried again.');
  const doors = await openDoors(serving);
  const jobs = await startJobs(database, { onError });
  const retry = deliveryTimer(jobs, onError);
  // Who is in a sequence is learnt before Sent is read, so that mail to these people is recognised at once.
  await pull().catch(onError);
  await startWork(serving, jobs, retry, signal);
  jobs.schedule('track', ALL, config.pullSeconds);
  jobs.schedule('sweep', ALL, EXPIRE_SECONDS);
  await jobs.wake('deliver', ALL);
  const readers = keepReading(serving, jobs, signal);
  const looking = setInterval(() => void mailboxes.refresh().catch(onError), LOOK_MS);
  logger.info({ mailboxes: mailboxes.rows.length, database: database.engine }, 'Serving.');
  await aborted(signal);
  logger.info('Stopping; work under way is finished first.');
  clearInterval(looking);
  await jobs.stop();
  retry.clear();
  await readers.end();
  await doors.close();
}

/** Opens what people and commands come in by: the socket of the embedded database's folder, and the health page. */
async function openDoors({ facade, config, logger, store, version }: Serving): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, dataFolder, healthPort, sweepSeconds } = config;
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => void (await Promise.all(opened.map((door) => door.close())));
  try {
    if (databaseUrl === undefined) {
      const org = (): Promise<PinnedOrg | undefined> => store.pinnedOrg();
      opened.push(await serveCommands(facade, { path: socketPath(dataFolder), logger, org, version }));
    }
    if (healthPort > 0) {
      const page = await serveHealth({
        ...{ port: healthPort, logger, lateAfterSeconds: Math.max(3600, 3 * sweepSeconds) },
        status: () => facade.status({}, () => undefined),
      });
      opened.push(page);
      logger.info({ url: page.url }, 'The health page is open.');
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Watches each mailbox, and has it read when it says so and every so often. */
function keepReading(serving: Serving, jobs: Jobs, signal: AbortSignal): { end(): Promise<void> } {
  const { mailboxes, config, logger } = serving;
  const ended = new Map<string, AbortController>();
  const watches = new Set<Promise<void>>();
  const begin = (row: MailboxRow): void => {
    const end = new AbortController();
    ended.set(row.id, end);
    jobs.schedule('sync', row.id, config.sweepSeconds);
    const woken = jobs.wake('sync', row.id).catch((error: unknown) => logger.error(reasonOf(error), 'Not woken.'));
    const watched = woken.then(() => watch(row, serving, jobs, AbortSignal.any([signal, end.signal])));
    watches.add(watched);
    void watched.finally(() => watches.delete(watched));
  };
  const stop = (id: string): void => {
    ended.get(id)?.abort();
    ended.delete(id);
    jobs.unschedule('sync', id);
  };
  // A schedule is kept across restarts; what came while nobody served does not wait for its next turn.
  for (const row of mailboxes.rows) begin(row);
  const unsubscribe = mailboxes.subscribe(({ opened, closed }) => {
    for (const id of closed) stop(id);
    for (const row of opened) begin(row);
  });
  return {
    end: async () => {
      unsubscribe();
      await Promise.all(watches);
    },
  };
}

type DeliveryTimer = ReturnType<typeof deliveryTimer>;

async function startWork(serving: Serving, jobs: Jobs, retry: DeliveryTimer, stopping: AbortSignal): Promise<void> {
  const { pull, deliver, syncOptions, store, logger } = serving;
  await jobs.work('track', async () => {
    await pull();
    // What has been waiting for a pulled row may have become a reply or a mail that Salesforce lacks.
    await jobs.wake('deliver', ALL);
  });
  const refusedAt = new Map<string, number>();
  const readMailbox = async (id: string, lost: AbortSignal): Promise<void> => {
    if (await waitsForPerson(id, serving, refusedAt)) return;
    const signal = AbortSignal.any([lost, stopping]);
    const { messages, newReplies } = await syncMailbox(id, { ...syncOptions, signal });
    if (messages + newReplies > 0) await jobs.wake('deliver', ALL);
  };
  await jobs.work('sync', readMailbox, { concurrency: PARALLEL_SYNCS });
  await jobs.work('deliver', async () => {
    const summary = await deliver();
    logDelivery(logger, summary);
    retry.at(summary.pauseUntil ?? (await store.nextOutboxDue()));
  });
  await jobs.work('sweep', async () => {
    await store.expire(new Date());
  });
}

/** A mailbox whose grant is dead is tried once an hour: many refused logins lock an account, and a server may err. */
async function waitsForPerson(id: string, { store }: Serving, refusedAt: Map<string, number>): Promise<boolean> {
  const row = await store.mailbox(id);
  if (row?.state !== 'reconnect') {
    refusedAt.delete(id);
    return false;
  }
  const last = refusedAt.get(id);
  if (last !== undefined && Date.now() - last < REFUSED_RETRY_MS) return true;
  refusedAt.set(id, Date.now());
  return false;
}

/** Wakes the delivery when something that has to be tried again becomes due. */
function deliveryTimer(jobs: Jobs, onError: (error: Error) => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    at: (instant: Date | undefined): void => {
      clearTimeout(timer);
      if (instant === undefined) return;
      const wait = Math.max(instant.getTime() - Date.now(), 0);
      timer = setTimeout(() => void jobs.wake('deliver', ALL).catch(onError), Math.min(wait, DAY_MS));
    },
    clear: (): void => clearTimeout(timer),
  };
}

function logDelivery(logger: Logger, { delivered, retried, dead, stoppedBy }: DeliverySummary): void {
  if (delivered + retried + dead > 0) logger.info({ delivered, retried, dead }, 'Delivered to Salesforce.');
  if (stoppedBy) logger.warn(reasonOf(stoppedBy), 'Salesforce cannot be written to.');
}

/** What went wrong and what to do about it, as the fields of a log line. */
function reasonOf(error: unknown): { readonly reason: string; readonly actions?: readonly string[] } {
  const reason = error instanceof Error ? error.message : String(error);
  return error instanceof ActionableError ? { reason, actions: error.actions } : { reason };
}

/** Turns every hint of a mailbox into a wake-up. The sweep finds what a lost hint has missed. */
async function watch(row: MailboxRow, { mailboxes, logger }: Serving, jobs: Jobs, signal: AbortSignal): Promise<void> {
  const mailbox = mailboxes.get(row.id);
  let wait: number = WATCH_RETRY_MS[0];
  while (mailbox !== undefined && !signal.aborted) {
    try {
      await mailbox.waitForChange(signal);
      if (!signal.aborted) await jobs.wake('sync', row.id);
      await pause(HINT_SPACING_MS, signal);
      wait = WATCH_RETRY_MS[0];
    } catch (error) {
      logger.warn({ mailbox: row.address, ...reasonOf(error) }, 'The mailbox cannot be watched now.');
      // Many refused logins in a short time lock an account.
      const refused = error instanceof MailboxError && error.code === 'reconnect';
      await pause(refused ? REFUSED_RETRY_MS : wait, signal);
      wait = Math.min(wait * 2, WATCH_RETRY_MS[1]);
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ends early, and without an error, when the signal aborts. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
