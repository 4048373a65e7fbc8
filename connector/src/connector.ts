import { deliverDue, type DeliverySummary } from './deliver/deliver.ts';
import type { Config, MailboxConfig } from './config.ts';
import { ActionableError } from './errors.ts';
import type { Logger } from './logger.ts';
import { openGmailMailbox } from './mailbox/gmail/gmail-mailbox.ts';
import { openImapMailbox } from './mailbox/imap/imap-mailbox.ts';
import { MailboxError } from './mailbox/mailbox-error.ts';
import type { Mailbox } from './mailbox/mailbox.ts';
import { connectSalesforce } from './salesforce/jsforce-salesforce.ts';
import type { Salesforce } from './salesforce/salesforce.ts';
import type { Database } from './store/database.ts';
import { openPgliteDatabase } from './store/pglite-database.ts';
import { openPostgresDatabase } from './store/postgres-database.ts';
import { openStore } from './store/postgres-store.ts';
import type { MailboxRow, Store, StoreCounts } from './store/store.ts';
import { serve } from './serve.ts';
import { ownSideOf } from './sync/own-side.ts';
import { resolveWaiting } from './sync/resolve-waiting.ts';
import { syncMailbox, type SyncSummary } from './sync/sync-mailbox.ts';
import type { SyncOptions } from './sync/sync-options.ts';
import { pullSalesforce, type PullSummary } from './track/pull-salesforce.ts';

const DAY_MS = 86_400_000;

/** How the connector stands at this moment. */
export interface ConnectorStatus extends StoreCounts {
  readonly mailboxes: readonly Pick<MailboxRow, 'provider' | 'address' | 'state' | 'lastError' | 'caughtUpAt'>[];
  /** Salesforce API calls that this process has made. */
  readonly salesforceApiCalls: number;
}

/**
 * The connector as commands and the service use it. Everything behind it can be stopped at any instant and goes on
 * where it stood.
 */
export interface Connector {
  /** Learns from Salesforce what is tracked and who is in a sequence, and settles what has been waiting for it. */
  pull(): Promise<PullSummary & { newReplies: number }>;
  /** Reads every connected mailbox to its end. A mailbox that fails does not keep the others from being read. */
  sync(): Promise<SyncSummary & { failures: readonly MailboxError[] }>;
  /** Writes what is due into Salesforce. */
  deliver(): Promise<DeliverySummary>;
  status(): Promise<ConnectorStatus>;
  /** Does all of that continuously until the signal aborts; work under way is finished first. */
  serve(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the store, connects the configured mailboxes to their reps and returns the connector. No mailbox is read yet.
 *
 * @throws ActionableError when the database cannot be used or the rep of a mailbox cannot be told.
 */
export async function openConnector(config: Config, logger: Logger): Promise<Connector> {
  const database = await openDatabase(config);
  try {
    const store = await openStore(database);
    const salesforce = connectSalesforce({
      instanceUrl: config.salesforce.instanceUrl,
      accessToken: config.salesforce.accessToken,
      ...(config.salesforce.namespace !== undefined && { namespace: config.salesforce.namespace }),
    });
    const rows = await connectMailboxes(config, store, salesforce);
    const mailboxes = new Map(rows.map(({ row, mailbox }) => [row.id, openMailbox(mailbox, logger)]));
    return connectorOn({ config, logger, database, store, salesforce, mailboxes, rows: rows.map(({ row }) => row) });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openDatabase(config: Config): Promise<Database> {
  return config.databaseUrl === undefined
    ? openPgliteDatabase(config.dataFolder)
    : openPostgresDatabase(config.databaseUrl);
}

function openMailbox(mailbox: MailboxConfig, logger: Logger): Mailbox {
  if (mailbox.provider === 'gmail') {
    const { address, accessToken, rootUrl, pollSeconds } = mailbox;
    return openGmailMailbox({
      address,
      accessToken: () => Promise.resolve(accessToken),
      pollIntervalMs: pollSeconds * 1000,
      ...(rootUrl !== undefined && { rootUrl }),
    });
  }
  const { address, host, port, secure, user = address, password, accessToken } = mailbox;
  return openImapMailbox({
    ...{ address, host, port, secure, user },
    credential: () => Promise.resolve(accessToken === undefined ? { password: password ?? '' } : { accessToken }),
    log: (message) => logger.info({ mailbox: address }, message),
  });
}

interface ConnectedMailbox {
  readonly row: MailboxRow;
  readonly mailbox: MailboxConfig;
}

/** A mailbox whose rep is known from before is connected even while Salesforce cannot be reached. */
async function connectMailboxes(config: Config, store: Store, salesforce: Salesforce): Promise<ConnectedMailbox[]> {
  const before = new Map((await store.mailboxes()).map((row) => [`${row.provider} ${row.address.toLowerCase()}`, row]));
  const ownerBefore = ({ provider, address }: MailboxConfig) =>
    before.get(`${provider} ${address.toLowerCase()}`)?.ownerId;
  const unknown = config.mailboxes.filter((mailbox) => (mailbox.ownerId ?? ownerBefore(mailbox)) === undefined);
  const users =
    unknown.length > 0
      ? await salesforce.usersByEmail(unknown.map(({ address }) => address))
      : new Map<string, string>();
  const readSince = new Date(Date.now() - config.readDays * DAY_MS);
  const connected: ConnectedMailbox[] = [];
  for (const mailbox of config.mailboxes) {
    const ownerId = mailbox.ownerId ?? ownerBefore(mailbox) ?? users.get(mailbox.address.toLowerCase());
    if (ownerId === undefined) throw noOwner(mailbox.address);
    const { provider, address } = mailbox;
    connected.push({ row: await store.connectMailbox({ provider, address, ownerId, readSince }), mailbox });
  }
  return connected;
}

function noOwner(address: string): ActionableError {
  return new ActionableError(`No single active Salesforce user has the e-mail address ${address}.`, [
    `Give the mailbox an "ownerId": the Id of the User whose mailbox it is.`,
  ]);
}

interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly store: Store;
  readonly salesforce: Salesforce;
  readonly mailboxes: ReadonlyMap<string, Mailbox>;
  readonly rows: readonly MailboxRow[];
}

function connectorOn(parts: Parts): Connector {
  const { logger, store, salesforce, mailboxes, rows } = parts;
  const now = (): Date => new Date();
  const syncOptions: SyncOptions = {
    store,
    now,
    ownSide: ownSideOf(rows),
    mailboxOf: (id) => mailboxes.get(id),
    onPage: ({ mailbox, messages, newReplies }) => {
      if (messages > 0) logger.info({ mailbox: mailbox.address, messages, newReplies }, 'Read a page.');
    },
    onUndecided: ({ mailbox, reference, fault }) => {
      const reason = fault instanceof Error ? fault.message : String(fault);
      const words = 'A defect kept a message from being understood. It waits for the mail it cites; report the reason.';
      logger.error({ mailbox: mailbox.address, reference, reason }, words);
    },
  };
  const connector: Connector = {
    pull: async () => {
      const pulled = await pullSalesforce({ store, salesforce, now });
      return { ...pulled, newReplies: await resolveWaiting(syncOptions) };
    },
    sync: () => syncAll(rows, syncOptions),
    deliver: () => deliverDue({ store, salesforce, now, random: Math.random }),
    status: async () => ({
      ...(await store.counts()),
      mailboxes: (await store.mailboxes()).map(({ provider, address, state, lastError, caughtUpAt }) => ({
        ...{ provider, address, state, lastError, caughtUpAt },
      })),
      salesforceApiCalls: salesforce.apiCalls,
    }),
    serve: (signal) => serve({ ...parts, connector, syncOptions }, signal),
    close: async () => {
      await Promise.allSettled([...mailboxes.values()].map((mailbox) => mailbox.close()));
      await store.close();
    },
  };
  return connector;
}

async function syncAll(rows: readonly MailboxRow[], options: SyncOptions) {
  const summary = { messages: 0, newReplies: 0, failures: [] as MailboxError[] };
  for (const { id } of rows) {
    try {
      const { messages, newReplies } = await syncMailbox(id, options);
      summary.messages += messages;
      summary.newReplies += newReplies;
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error;
      summary.failures.push(error);
    }
  }
  return summary;
}
