import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { OpenMailboxes } from './connect/open-mailboxes.ts';
import type { TurnSummary } from './deliver/deliver-in-turn.ts';
import { ActionableError } from './errors.ts';
import type { Facade } from './facade.ts';
import {
  LAPSE_SECONDS,
  startJobs,
  type Again,
  type Job,
  type JobDatabase,
  type Jobs,
  type Lane,
  type Work,
} from './jobs/jobs.ts';
import type { Logger } from './logger.ts';
import type { HealthChecks } from './server/health.ts';
import { MailboxError } from './mailbox/mailbox-error.ts';
import { serveCommands } from './server/command-channel.ts';
import { serveHealth } from './server/health.ts';
import { coalesceWakes } from './server/notifications/coalesce-wakes.ts';
import type { NotificationRoute, WakeMailbox } from './server/notifications/notification-route.ts';
import { serveNotifications } from './server/notifications/serve-notifications.ts';
import { singleFlight } from './server/single-flight.ts';
import { socketPath } from './server/socket-path.ts';
import type { Database } from './store/database.ts';
import { DatabaseOutage } from './store/outage-gate.ts';
import type { PinnedOrg, Store } from './store/store.ts';
import { isMailboxFault } from './sync/mailbox-fault.ts';
import { retryWaitMs } from './sync/retry-wait.ts';
import { renewPush, sweepMailboxes } from './sync/sweep-mailboxes.ts';
import { syncMailbox } from './sync/sync-mailbox.ts';
import type { SyncOptions } from './sync/sync-options.ts';
import { watchMailboxes } from './watch/watch-mailboxes.ts';

/** The one key of queues that have only one kind of work. */
const ALL = 'all';
/** Between two looks for mailboxes that another process has connected. */
const LOOK_MS = 5_000;
const REFUSED_RETRY_MS = 3_600_000;
/** How long the first pull is waited for. */
const FIRST_PULL_MS = 5_000;
/** From the end of an outage until the jobs that it cut off count as nobody's. */
const SILENT_MS = (LAPSE_SECONDS + 1) * 1000;
const RETENTION_SECONDS = 3600;
/** Between two looks for mailboxes that are to be swept. */
const SWEEP_TICK_SECONDS = 15;
const DAY_MS = 86_400_000;
/** Mailboxes that are read at the same time: some workers are kept for news, one for the rest of long reads. */
const SYNC_LANES: readonly Lane[] = [{ workers: 2, only: 'hint' }, { workers: 5 }, { workers: 1, only: 'backlog' }];
/**
 * Pages that one turn of a mailbox reads at most, and messages in one of them: while a page is decided and stored, hints
 * of other mailboxes wait.
 */
const TURN_PAGES = 8;
const TURN_PAGE_SIZE = 500;
const TURN_MS = 600_000;
const RAISE_BUDGET = 'Raise REPLY_TRACKING_DAILY_CALLS, or see in Setup > Company Information what uses the calls.';

/** What the service works with. */
export interface Serving {
  readonly facade: Facade;
  /** Learns from Salesforce, and settles what has been waiting for it. */
  readonly pull: () => Promise<unknown>;
  /** Writes what is due; the signal ends it after the batch that is under way. */
  readonly deliver: (signal: AbortSignal) => Promise<TurnSummary>;
  readonly syncOptions: SyncOptions;
  readonly config: Pick<
    Config,
    'pullSeconds' | 'sweepSeconds' | 'healthPort' | 'databaseUrl' | 'dataFolder' | 'notifications'
  >;
  readonly logger: Logger;
  readonly database: JobDatabase & Pick<Database, 'onOutage'>;
  readonly store: Store;
  readonly mailboxes: OpenMailboxes;
  /** Why providers refused to tell of changes, by mailbox. */
  readonly pushErrors: Map<string, string>;
  /** Where providers tell of changes, each at an address of its own. */
  readonly notificationRoutes: (wake: WakeMailbox) => readonly NotificationRoute[];
  /** Names this process among those that share the database; a UUID. */
  readonly processId: string;
  readonly version: string;
  /** What the health page tells beside the status. */
  readonly checks: Omit<HealthChecks, 'isDraining'>;
}

/**
 * Reads, pulls and delivers continuously until the signal aborts, then finishes the work under way. Jobs wake the
 * work; what there is to do stands in the store, so a job that is lost or doubled loses or doubles nothing. Mailboxes
 * that are connected or disconnected meanwhile, by whichever process, are taken up and let go.
 */
export async function serve(given: Serving, signal: AbortSignal): Promise<void> {
  const serving = { ...given, pull: singleFlight(given.pull) };
  const { pull, config, logger, database, mailboxes } = serving;
  const onError = (error: Error): void => {
    // Told once, when it begins; the job engine hands its errors on as copies of another class.
    if (error.name === 'DatabaseOutage') return;
    logger.error(reasonOf(error), 'Work failed and will be tried again.');
  };
  const doors = await openDoors(serving, signal);
  const jobs = await startJobs(database, { onError });
  const retry = deliveryTimer(jobs, onError);
  // Who is in a sequence is learnt before Sent is read, so that mail to these people is recognised at once. An org that
  // does not answer, or has millions of rows, holds nobody up: what is read meanwhile waits for what it brings.
  await Promise.race([pull().catch(onError), sleep(FIRST_PULL_MS, undefined, { signal }).catch(() => undefined)]);
  const named = notingHints(jobs, serving);
  const notified = await openNotifications(serving, named);
  // Before any work, so that what it is at becomes free when this process dies.
  const watching = await watchMailboxes({ ...serving, jobs: named, engine: database.engine, onError });
  await startWork(serving, jobs, retry, signal);
  const unsubscribe = database.onOutage({
    ended: () => void workOn(serving, jobs, signal).catch(onError),
  });
  jobs.schedule('track', ALL, config.pullSeconds);
  jobs.schedule('sweep', ALL, Math.min(SWEEP_TICK_SECONDS, Math.ceil(config.sweepSeconds / 20)));
  jobs.schedule('retention', ALL, RETENTION_SECONDS);
  await jobs.wake('deliver', ALL);
  const looking = setInterval(() => void mailboxes.refresh().catch(onError), LOOK_MS);
  logger.info({ mailboxes: mailboxes.rows.length, database: database.engine }, 'Serving.');
  await aborted(signal);
  logger.info('Stopping; work under way is finished first.');
  clearInterval(looking);
  unsubscribe();
  await notified?.close();
  await Promise.all([jobs.stop(), watching.end()]);
  retry.clear();
  await doors.close();
  logger.info('Stopped.');
}

/** After an outage of the database all work is asked for again: nobody could note what was asked for meanwhile. */
async function workOn({ mailboxes }: Serving, jobs: Jobs, stopping: AbortSignal): Promise<void> {
  await jobs.takeOver();
  for (const { id } of mailboxes.rows) await jobs.wake('sync', id, { urgency: 'sweep', now: true });
  for (const queue of ['track', 'deliver'] as const) await jobs.wake(queue, ALL, { now: true });
  // After a short outage what it cut off has been silent for too short a time.
  await sleep(SILENT_MS, undefined, { signal: stopping }).catch(() => undefined);
  if (!stopping.aborted) await jobs.takeOver();
}

/** Opens what people and commands come in by: the socket of the embedded database's folder, and the health page. */
async function openDoors(
  { facade, config, logger, store, version, checks }: Serving,
  stopping: AbortSignal,
): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, dataFolder, healthPort, sweepSeconds } = config;
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => void (await Promise.all(opened.map((door) => door.close())));
  try {
    if (databaseUrl === undefined) {
      const org = servedOrg(store);
      await org();
      opened.push(await serveCommands(facade, { path: socketPath(dataFolder), logger, org, version }));
    }
    if (healthPort > 0) {
      const page = await serveHealth({
        ...{ port: healthPort, logger, lateAfterSeconds: Math.max(3600, 3 * sweepSeconds) },
        status: () => facade.status({}, () => undefined),
        checks: { ...checks, isDraining: () => stopping.aborted },
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

/** The org of the database; while that is away the one that it named last, so that `sf reply doctor` is let in. */
function servedOrg(store: Pick<Store, 'pinnedOrg'>): () => Promise<PinnedOrg | undefined> {
  let last: PinnedOrg | undefined;
  return async () => {
    try {
      last = await store.pinnedOrg();
    } catch (error) {
      if (!(error instanceof DatabaseOutage)) throw error;
    }
    return last;
  };
}

/** Opens what providers come in by, once a job can be stored; undefined when they are not asked to tell of changes. */
async function openNotifications({ config, logger, notificationRoutes }: Serving, jobs: Pick<Jobs, 'wake'>) {
  if (config.notifications === undefined) return undefined;
  const wake: WakeMailbox = async (mailboxId, why) => {
    if (why === 'renew') await jobs.wake('renew', mailboxId, { urgency: 'sweep', now: true });
    else await jobs.wake('sync', mailboxId, { urgency: why === 'changed' ? 'hint' : 'sweep' });
  };
  const routes = notificationRoutes(coalesceWakes(wake));
  const server = await serveNotifications({ ...config.notifications, routes, logger });
  logger.info({ url: config.notifications.url, port: server.port }, 'Notifications of providers are received.');
  return server;
}

/** Names what a hint of a provider wakes, so that the log leads from it to the Tasks, in whichever process they come. */
function notingHints(jobs: Jobs, { logger }: Serving): Pick<Jobs, 'wake' | 'takeOver'> {
  return {
    takeOver: (...given) => jobs.takeOver(...given),
    wake: async (queue, key, options) => {
      const id = await jobs.wake(queue, key, options);
      if (options?.urgency === 'hint') logger.debug({ mailboxId: key, trace: id && traceOf(id) }, 'There is news.');
      return id;
    },
  };
}

/** Short enough for a line of the log; ids that are made soon after each other may begin alike. */
const traceOf = (jobId: string): string => jobId.slice(-8);

type DeliveryTimer = ReturnType<typeof deliveryTimer>;

async function startWork(serving: Serving, jobs: Jobs, retry: DeliveryTimer, stopping: AbortSignal): Promise<void> {
  const { pull, deliver, store, logger } = serving;
  await jobs.work('track', async () => {
    // What has been waiting for a pulled row may have become a reply or a mail that Salesforce lacks. What waits for a
    // retry is asked for as well: the process that had set its timer may have died.
    await pull().finally(() => jobs.wake('deliver', ALL));
  });
  await jobs.work('sync', readInTurns(serving, jobs, stopping), SYNC_LANES);
  const log = deliveryLog(logger);
  await jobs.work('deliver', async ({ signal: lost }) => {
    const summary = await deliver(AbortSignal.any([lost, stopping]));
    log(summary);
    retry.at(summary.pauseUntil ?? (await store.nextOutboxDue()));
  });
  await jobs.work('sweep', () => sweepMailboxes(sweepOf(serving, jobs)));
  await jobs.work('renew', ({ key, tries }) =>
    retried(
      async () => {
        await toldOf(key, renewPush(key, sweepOf(serving, jobs)), serving);
        // Nobody told of what changed before the provider was asked.
        await jobs.wake('sync', key, { urgency: 'sweep' });
      },
      serving,
      { key, tries },
    ),
  );
  await jobs.work('retention', async () => {
    await store.expire(new Date());
  });
}

/** Remembers why a provider refused, for whoever asks how a mailbox stands. */
async function toldOf(id: string, renewal: Promise<void>, { pushErrors }: Serving): Promise<void> {
  try {
    await renewal;
    pushErrors.delete(id);
  } catch (fault) {
    if (fault instanceof MailboxError) pushErrors.set(id, fault.message);
    throw fault;
  }
}

function sweepOf({ store, mailboxes, config }: Serving, jobs: Jobs) {
  return {
    ...{ store, leastSeconds: config.sweepSeconds, random: Math.random },
    mailboxOf: (id: string) => mailboxes.get(id),
    now: () => new Date(),
    wake: (queue: 'sync' | 'renew', id: string) => jobs.wake(queue, id, { urgency: 'sweep' }),
  };
}

/** Reads some pages of a mailbox; a long read goes on in a later turn, behind what others have waiting. */
function readInTurns(serving: Serving, jobs: Jobs, stopping: AbortSignal): Work {
  const { syncOptions, store } = serving;
  const refusedAt = new Map<string, number>();
  return async ({ id, key, urgency, tries, signal: lost }) => {
    if (await waitsForPerson(key, serving, refusedAt)) return undefined;
    return retried(
      async () => {
        const signal = AbortSignal.any([lost, stopping]);
        const turn = { pages: TURN_PAGES, pageSize: TURN_PAGE_SIZE };
        const options = { ...syncOptions, ...turn, signal, trace: traceOf(id) };
        const { messages, newReplies, more } = await inTime(syncMailbox(key, options), key);
        if (messages + newReplies > 0) await jobs.wake('deliver', ALL);
        if (messages > 0 && urgency !== 'backlog') {
          await store.recordNews(key, urgency === 'hint' ? 'by the provider' : 'by nobody');
        }
        return more ? { urgency: 'backlog' } : undefined;
      },
      serving,
      { key, tries },
    );
  };
}

/** After a passing fault of a mailbox its work is done again later; hints that come meanwhile wait along with it. */
async function retried(
  work: () => Promise<Again | void>,
  { mailboxes, logger }: Serving,
  { key, tries }: Pick<Job, 'key' | 'tries'>,
): Promise<Again | void> {
  try {
    return await work();
  } catch (fault) {
    if (!isMailboxFault(fault)) throw fault;
    const askedMs = fault instanceof MailboxError ? fault.retryAfterMs : undefined;
    const afterMs = retryWaitMs(askedMs, tries, Math.random());
    const { address: mailbox } = mailboxes.rows.find(({ id }) => id === key) ?? {};
    logger.warn({ mailbox, afterMs, reason: fault.message }, 'The mailbox cannot be read now and is tried again.');
    return { urgency: 'sweep', afterMs };
  }
}

/** A mailbox whose server hangs must not hold its worker for ever. What it still stores later is fenced. */
async function inTime<T>(work: Promise<T>, id: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const words = `A turn of mailbox ${id} did not end within ${TURN_MS / 60_000} minutes.`;
  const timer = setTimeout(() => late.reject(new MailboxError('retry', words)), TURN_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // Given up, it may fail much later, when nobody listens any more.
    work.catch(() => undefined);
  }
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

/** Tells of each write, and once of a budget of API calls that is nearly used up. */
function deliveryLog(logger: Logger): (summary: TurnSummary) => void {
  let told: TurnSummary['budget'] = 'ample';
  return ({ delivered, retried, dead, stoppedBy, budget }) => {
    if (delivered + retried + dead > 0) logger.info({ delivered, retried, dead }, 'Delivered to Salesforce.');
    if (stoppedBy) logger.warn(reasonOf(stoppedBy), 'Salesforce cannot be written to.');
    if (budget !== told && budget !== 'ample') {
      const actions = ['Nothing is lost: replies are written less often, up to fifteen minutes apart.', RAISE_BUDGET];
      logger.warn({ budget, actions }, 'The budget of Salesforce API calls is nearly used up.');
    }
    told = budget;
  };
}

/** What went wrong and what to do about it, as the fields of a log line. */
function reasonOf(error: unknown): { readonly reason: string; readonly actions?: readonly string[] } {
  const reason = error instanceof Error ? error.message : String(error);
  return error instanceof ActionableError ? { reason, actions: error.actions } : { reason };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
