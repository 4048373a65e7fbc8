import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig, type Config, type SalesforceConfig } from './config.ts';
import type { Connecting } from './connect/connect-mailbox.ts';
import { ewsOptions } from './connect/ews-options.ts';
import { gmailOptions } from './connect/gmail-options.ts';
import { graphOptions, graphPush } from './connect/graph-options.ts';
import { imapOptions } from './connect/imap-options.ts';
import { openMailboxes, type OpenMailbox } from './connect/open-mailboxes.ts';
import { pinSalesforce } from './connect/pinned-salesforce.ts';
import { openStoredCredentials, type StoredCredentials } from './connect/stored-credentials.ts';
import { ActionableError } from './errors.ts';
import { examineWithoutDatabase } from './doctor/examine.ts';
import type { ConnectorStatus, Examination, Facade, MailboxCredential, Told } from './facade.ts';
import { inProcessFacade } from './in-process-facade.ts';
import { readDeadJobs } from './jobs/dead-jobs.ts';
import { createLogger, turnLevelBySignal, type Logger } from './logger.ts';
import { createUnitBudget } from './mailbox/gmail/unit-budget.ts';
import { createConnectionSlots } from './mailbox/connection-slots.ts';
import { shareTenants } from './mailbox/graph/share-tenants.ts';
import { openMetrics } from './observe/metrics.ts';
import { notificationRoutes } from './notification-routes.ts';
import { apiNames } from './salesforce/api-names.ts';
import { connectSalesforce } from './salesforce/jsforce-salesforce.ts';
import { jwtLogin } from './salesforce/jwt-login.ts';
import type { SalesforceLogin } from './salesforce/salesforce-login.ts';
import type { Salesforce } from './salesforce/salesforce.ts';
import { serve } from './serve.ts';
import { connectToService } from './server/command-client.ts';
import { socketPath } from './server/socket-path.ts';
import type { Database } from './store/database.ts';
import { readFigures, readSchemaVersion } from './store/figures.ts';
import { FolderInUse } from './store/folder-lock.ts';
import { SCHEMA_VERSION } from './store/migrate.ts';
import { openPersonalData } from './store/personal-data.ts';
import { openPgliteDatabase } from './store/pglite-database.ts';
import { openPostgresDatabase } from './store/postgres-database.ts';
import { openStore } from './store/postgres-store.ts';
import { StoreError } from './store/store-error.ts';
import type { Store } from './store/store.ts';
import { selectKeySource } from './vault/select-key-source.ts';
import { reportTo } from './report-work.ts';
import { composeWork } from './work.ts';

/** Answers that one Exchange server may leave open for an account: what the oldest versions allow. */
const HANGING_CONNECTIONS = 3;
/** How long a command waits for a folder that another process holds and that no service answers for. */
const FOLDER_PATIENCE_MS = 10_000;
const FOLDER_RETRY_MS = 200;

/** An org that a command was told to work with, as a login that can be renewed. */
export interface TargetOrg {
  readonly instanceUrl: string;
  readonly orgId: string;
  /** The token to call with; called again when the org has refused the last one. */
  readonly accessToken: () => Promise<string>;
}

export interface OpenOptions {
  /** The environment that configures the connector. */
  readonly variables: NodeJS.ProcessEnv;
  /** Without it the connector logs in as the environment says. */
  readonly salesforce?: TargetOrg;
  /** True when nothing can be done without an org. */
  readonly needsSalesforce: boolean;
}

/** A connector that can be asked, in this process or over the socket of the service. */
export interface OpenedFacade {
  readonly facade: Facade;
  readonly close: () => Promise<void>;
}

/** The connector in this process. Everything behind it can be stopped at any instant and goes on where it stood. */
export interface Connector {
  readonly facade: Facade;
  /** Does everything continuously until the signal aborts; work under way is finished first. */
  serve(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what a command asks: the connector in this process or, while the service holds the embedded database, that
 * service over its socket. A folder that is held by neither for long, as by another command, is waited for.
 *
 * @throws ActionableError when the configuration is wrong or the database cannot be used; never waits without end.
 */
export async function openFacade(options: OpenOptions): Promise<OpenedFacade> {
  const config = readConfig(options.variables);
  const deadline = Date.now() + FOLDER_PATIENCE_MS;
  for (;;) {
    try {
      const connector = await openConnector(config, createLogger('silent'), options.salesforce);
      return { facade: connector.facade, close: () => connector.close() };
    } catch (error) {
      if (!(error instanceof FolderInUse)) throw error;
      const facade = await connectToService(socketPath(config.dataFolder), {
        version: VERSION,
        ...(options.salesforce && { orgId: options.salesforce.orgId }),
      });
      if (facade !== undefined) return { facade, close: () => Promise.resolve() };
      if (Date.now() > deadline) throw error;
      await sleep(FOLDER_RETRY_MS);
    }
  }
}

/**
 * Examines what needs no database after `openFacade` was refused because of that; throws any other error again.
 *
 * @throws ActionableError when the configuration is wrong.
 */
export async function examineUnopened(
  { variables, salesforce }: OpenOptions,
  error: unknown,
  told: Told,
): Promise<Examination> {
  if (!(error instanceof StoreError)) throw error;
  const config = readConfig(variables);
  const org = await openSalesforce(config, salesforce);
  return examineWithoutDatabase(error, { salesforce: org, names: apiNames(config.namespace) }, told);
}

/**
 * Runs the service until the signal aborts.
 *
 * @throws ActionableError when the configuration is wrong, or the folder is another process's, which is then named.
 */
export async function runService(
  { variables, salesforce }: Pick<OpenOptions, 'variables' | 'salesforce'>,
  signal: AbortSignal,
): Promise<void> {
  const config = readConfig(variables);
  if (config.salesforce === undefined && salesforce === undefined) throw noOrg();
  const logger = createLogger(config.logLevel);
  const connector = await openConnector(config, logger, salesforce).catch(async (error) => {
    throw error instanceof FolderInUse ? await secondService(config, error) : error;
  });
  // Windows has no such signal.
  const stopListening = process.platform === 'win32' ? () => undefined : turnLevelBySignal(logger);
  try {
    await connector.serve(signal);
  } finally {
    stopListening();
    await connector.close();
  }
}

function noOrg(): ActionableError {
  const actions = [
    'Set SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME and SALESFORCE_JWT_KEY_FILE.',
    'Or set SALESFORCE_INSTANCE_URL and SALESFORCE_ACCESS_TOKEN.',
    'Or name an org that the sf CLI is logged in to: sf reply serve --target-org ALIAS.',
  ];
  return new ActionableError('The configuration is wrong. No Salesforce org is named.', actions, { exitCode: 78 });
}

/** Names the service that holds the folder, when it answers. */
async function secondService({ dataFolder }: Config, error: FolderInUse): Promise<Error> {
  const running = await connectToService(socketPath(dataFolder), { version: VERSION }).catch(() => undefined);
  const status = await running?.status({}, () => undefined).catch(() => undefined);
  if (!status?.service) return error;
  const { pid, startedAt } = status.service;
  return new ActionableError(
    `A service is running on the data folder ${dataFolder} already: process ${pid}, since ${startedAt}.`,
    [`Stop it first (kill ${pid}), or leave it: commands find it by themselves.`, ...error.actions.slice(1)],
    { cause: error },
  );
}

/**
 * Opens the store and the ways into the connected mailboxes. No mailbox is read and no org is asked yet.
 *
 * @throws ActionableError when the database cannot be used; a `FolderInUse` when another process holds it.
 */
export async function openConnector(config: Config, logger: Logger, salesforce?: TargetOrg): Promise<Connector> {
  const org = await openSalesforce(config, salesforce);
  const database = await openDatabase(config);
  database.onOutage({
    began: ({ message, actions }) =>
      logger.error({ reason: message, actions }, 'The database is away; all work waits.'),
    ended: () => logger.info('The database is back, and the work goes on.'),
  });
  try {
    const store = await openStore(database);
    return await connectorOn({ config, logger, database, store, org });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openDatabase({ databaseUrl, dataFolder }: Config): Promise<Database> {
  return databaseUrl === undefined ? openPgliteDatabase(dataFolder) : openPostgresDatabase(databaseUrl);
}

/** Undefined when nobody has named an org. */
async function openSalesforce(config: Config, target: TargetOrg | undefined): Promise<Salesforce | undefined> {
  const { deletedPerson } = config;
  const settings = { deletedPerson, ...(config.namespace !== undefined && { namespace: config.namespace }) };
  if (target !== undefined) {
    const { instanceUrl, orgId, accessToken } = target;
    const login: SalesforceLogin = async () => ({ accessToken: await accessToken(), instanceUrl, orgId });
    return connectSalesforce({ login, ...settings });
  }
  if (config.salesforce === undefined) return undefined;
  if (config.salesforce.kind === 'jwt') return connectSalesforce({ login: await jwt(config.salesforce), ...settings });
  const { instanceUrl, accessToken } = config.salesforce;
  return connectSalesforce({ instanceUrl, accessToken, ...settings });
}

async function jwt({ keyFile, ...options }: SalesforceConfig & { kind: 'jwt' }): Promise<SalesforceLogin> {
  const privateKey = await readFile(keyFile, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    throw new ActionableError(
      `The configuration is wrong. SALESFORCE_JWT_KEY_FILE: ${keyFile} (${reason}).`,
      ['Name the PEM file with the private key whose certificate the external client app knows.'],
      { cause: error, exitCode: 78 },
    );
  });
  return jwtLogin({ ...options, privateKey });
}

/**
 * The ways into mailboxes, by provider. An adapter is loaded with its first mailbox: the client library of Exchange
 * alone takes about as long to load as the rest of the program.
 */
function mailboxOpener(
  { connectionsPerHost, notifications, gmailQuota }: Config,
  logger: Logger,
  store: Store,
  credentials: StoredCredentials,
): OpenMailbox {
  const slots = createConnectionSlots({ open: connectionsPerHost });
  const hanging = createConnectionSlots({ open: HANGING_CONNECTIONS });
  const tenants = shareTenants();
  const { userUnits, projectUnits, costs } = gmailQuota;
  const gmail = {
    ...{ costs, projectBudget: createUnitBudget(projectUnits) },
    ...(userUnits !== undefined && { unitsPerMinute: userUnits }),
    ...(notifications?.gmail && { topic: notifications.gmail.topic }),
  };
  return async (settings, credential, row) => {
    const log = (message: string): void => logger.info({ mailbox: settings.address }, message);
    const save = row && ((changed: MailboxCredential) => credentials.replace(row, changed));
    switch (settings.provider) {
      case 'gmail': {
        const { openGmailMailbox } = await import('./mailbox/gmail/gmail-mailbox.ts');
        return openGmailMailbox(gmailOptions(settings, credential, { ...gmail, log }));
      }
      case 'graph': {
        const { openGraphMailbox } = await import('./mailbox/graph/graph-mailbox.ts');
        const push = row && notifications && graphPush(row.id, `${notifications.url}/graph`, store);
        return openGraphMailbox(graphOptions(settings, credential, { tenants, save, push, log }));
      }
      case 'ews': {
        const { openEwsMailbox } = await import('./mailbox/ews/ews-mailbox.ts');
        return openEwsMailbox(ewsOptions(settings, credential, { slots: hanging, log, tenants, save }));
      }
      case 'imap': {
        const { openImapMailbox } = await import('./mailbox/imap/imap-mailbox.ts');
        return openImapMailbox(imapOptions(settings, credential, { slots, log, save }));
      }
    }
  };
}

interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly store: Store;
  readonly org: Salesforce | undefined;
}

async function connectorOn({ config, logger, database, store, org }: Parts): Promise<Connector> {
  const now = (): Date => new Date();
  const processId = randomUUID();
  const credentials = openStoredCredentials(store, () =>
    selectKeySource(config.masterKey, config.dataFolder, store.installationId),
  );
  const open = mailboxOpener(config, logger, store, credentials);
  const mailboxes = await openMailboxes({ store, open, credentialOf: (row) => credentials.open(row) });
  const salesforce = org && pinSalesforce(org, store);
  const connecting: Connecting = {
    ...{ store, salesforce, open, now },
    seal: (credential, row, save) => credentials.seal(credential, row, save),
  };
  const { dailyCalls, excludedDomains, writeSeconds } = config;
  const metrics = openMetrics({
    figures: () => readFigures(database, now()),
    counts: () => store.counts(),
    apiUsage: () => salesforce?.apiUsage,
  });
  const { syncOptions, pull, deliveries } = composeWork({
    ...{ store, mailboxes, salesforce, now, random: Math.random, holder: processId, dailyCalls, excludedDomains },
    shortestMs: writeSeconds * 1000,
    report: reportTo(logger, metrics),
  });
  let service: ConnectorStatus['service'] = null;
  const pushErrors = new Map<string, string>();
  const facade = inProcessFacade({
    ...{ store, mailboxes, connecting, syncOptions, salesforce, anyOrg: org, dailyCalls, now, version: VERSION },
    deliver: () => deliveries.atOnce(),
    rotateKeys: (told) => credentials.rotate(told),
    examined: {
      schema: { read: () => readSchemaVersion(database), expected: SCHEMA_VERSION },
      key: () => credentials.examine(),
      deadJobs: (since) => readDeadJobs(database, since),
    },
    people: await openPersonalData(database),
    pushErrors,
    names: apiNames(config.namespace),
    database: { engine: database.engine, place: placeOf(config) },
    service: () => service,
  });
  return {
    facade,
    serve: async (signal) => {
      service = { pid: process.pid, startedAt: now().toISOString() };
      await serve(
        {
          ...{
            facade,
            pull,
            syncOptions,
            config,
            logger,
            database,
            store,
            mailboxes,
            pushErrors,
            processId,
            version: VERSION,
          },
          deliver: (signal) => deliveries.atPace(signal),
          notificationRoutes: notificationRoutes({ config, logger, store, mailboxes, notified: metrics.notified }),
          checks: {
            metrics,
            unfit: () => reasonsAgainst(database, credentials),
          },
        },
        signal,
      );
    },
    close: async () => {
      await mailboxes.close();
      await store.close();
    },
  };
}

/** What keeps a process from working that is no provider's doing: another schema, or a master key that is gone. */
async function reasonsAgainst(database: Database, credentials: StoredCredentials): Promise<string[]> {
  const version = await readSchemaVersion(database);
  const schema =
    version === SCHEMA_VERSION ? [] : [`The database has schema version ${version}, not ${SCHEMA_VERSION}.`];
  const key = await credentials.keys().then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
  return [...schema, ...key];
}

/** Where the database is, without the password of its URL. */
function placeOf({ databaseUrl, dataFolder }: Config): string {
  if (databaseUrl === undefined) return dataFolder;
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}

const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
).version;
