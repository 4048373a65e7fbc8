import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { DeliverySummary } from './deliver/deliver.ts';
import { ActionableError } from './errors.ts';
import { startJobs, type JobDatabase, type Jobs } from './jobs/jobs.ts';
import type { Logger } from './logger.ts';
import { MailboxError } from './mailbox/mailbox-error.ts';
import type { Mailbox } from './mailbox/mailbox.ts';
import type { MailboxRow, Store } from './store/store.ts';
import { syncMailbox } from './sync/sync-mailbox.ts';
import type { SyncOptions } from './sync/sync-options.ts';

/** The one key of queues that have only one kind of work. */
const ALL = 'all';
/** The wait before a mailbox is watched again after a passing fault, doubled with each further one up to the last. */
const WATCH_RETRY_MS = [1_000, 300_000] as const;
/** A mailbox that has grown says so again until it has been read: this long passes before it is asked again. */
const HINT_SPACING_MS = 200;
const EXPIRE_SECONDS = 3600;
const DAY_MS = 86_400_000;
/** Mailboxes that are read at the same time. */
const PARALLEL_SYNCS = 8;

/** What the service works with. */
export interface Serving {
  readonly connector: {
    readonly pull: () => Promise<unknown>;
    readonly deliver: () => Promise<DeliverySummary>;
  };
  readonly syncOptions: SyncOptions;
  readonly config: Pick<Config, 'pullSeconds' | 'sweepSeconds'>;
  readonly logger: Logger;
  readonly database: JobDatabase;
  readonly store: Store;
  readonly mailboxes: ReadonlyMap<string, Mailbox>;
  readonly rows: readonly MailboxRow[];
}

/**
 * Reads, pulls and delivers continuously until the signal aborts, then finishes the work under way. Jobs wake the
 * work; what there is to do stands in the store, so a job that is lost or doubled loses or doubles nothing.
 */
export async function serve(serving: Serving, signal: AbortSignal): Promise<void> {
  const { connector, config, logger, database, rows } = serving;
  const onError = (error: Error): void => logger.error(reasonOf(error), 'Work failed and will be tried again.');
  const jobs = await startJobs(database, { onError });
  const retry = deliveryTimer(jobs, onError);
  // Who is in a sequence is learnt before Sent is read, so that mail to these people is recognised at once.
  await connector.pull().catch(onError);
  await startWork(serving, jobs, retry, signal);
  jobs.schedule('track', ALL, config.pullSeconds);
  jobs.schedule('sweep', ALL, EXPIRE_SECONDS);
  for (const { id } of rows) jobs.schedule('sync', id, config.sweepSeconds);
  // A schedule is kept across restarts; what came while nobody served does not wait for its next turn.
  for (const { id } of rows) await jobs.wake('sync', id);
  await jobs.wake('deliver', ALL);
  const watches = rows.map((row) => watch(row, serving, jobs, signal));
  logger.info({ mailboxes: rows.length, database: database.engine }, 'Serving.');
  await aborted(signal);
  logger.info('Stopping; work under way is finished first.');
  await jobs.stop();
  retry.clear();
  await Promise.all(watches);
}

type DeliveryTimer = ReturnType<typeof deliveryTimer>;

async function startWork(serving: Serving, jobs: Jobs, retry: DeliveryTimer, stopping: AbortSignal): Promise<void> {
  const { connector, syncOptions, store, rows, logger } = serving;
  await jobs.work('track', async () => {
    await connector.pull();
    // What has been waiting for a pulled row may have become a reply or a mail that Salesforce lacks.
    await jobs.wake('deliver', ALL);
  });
  const readMailbox = async (id: string, lost: AbortSignal): Promise<void> => {
    const signal = AbortSignal.any([lost, stopping]);
    const { messages, newReplies } = await syncMailbox(id, { ...syncOptions, signal });
    if (messages + newReplies > 0) await jobs.wake('deliver', ALL);
  };
  await jobs.work('sync', readMailbox, { concurrency: Math.min(Math.max(rows.length, 1), PARALLEL_SYNCS) });
  await jobs.work('deliver', async () => {
    const summary = await connector.deliver();
    logDelivery(logger, summary);
    retry.at(summary.pauseUntil ?? (await store.nextOutboxDue()));
  });
  await jobs.work('sweep', async () => {
    await store.expire(new Date());
  });
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
      if (error instanceof MailboxError && error.code === 'reconnect') wait = WATCH_RETRY_MS[1];
      await pause(wait, signal);
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
