import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig, type Config, type SalesforceConfig } from './config.ts';
import type { Connecting } from './connect/connect-mailbox.ts';
import { openMailboxes, type OpenMailbox, type OpenMailboxes } from './connect/open-mailboxes.ts';
import { pinSalesforce } from './connect/pinned-salesforce.ts';
import type { KeyFacts } from './doctor/check-master-key.ts';
import { ActionableError } from './errors.ts';
import type {
  ConnectorStatus,
  Facade,
  GraphSettings,
  KeyRotation,
  MailboxCredential,
  MailboxSettings,
  Told,
} from './facade.ts';
import { inProcessFacade } from './in-process-facade.ts';
import { createLogger, turnLevelBySignal, type Logger } from './logger.ts';
import { openEwsMailbox } from './mailbox/ews/ews-mailbox.ts';
import type { EwsCredential } from './mailbox/ews/ews-options.ts';
import { openGmailMailbox, type GmailMailboxOptions } from './mailbox/gmail/gmail-mailbox.ts';
import { googleAccessToken } from './mailbox/gmail/google-access-token.ts';
import { createUnitBudget } from './mailbox/gmail/unit-budget.ts';
import { openPushTokenVerifier } from './mailbox/gmail/verify-push-token.ts';
import { createConnectionSlots, type ConnectionSlots } from './mailbox/connection-slots.ts';
import { openGraphMailbox } from './mailbox/graph/graph-mailbox.ts';
import { adminConsentUrl } from './mailbox/graph/microsoft-token-failure.ts';
import type { GraphPush } from './mailbox/graph/renew-subscription.ts';
import { shareTenants, type SharedTenants } from './mailbox/graph/share-tenants.ts';
import type { AccessTokenSource } from './mailbox/keep-token.ts';
import { imapAccessToken } from './mailbox/imap/imap-access-token.ts';
import { openImapMailbox } from './mailbox/imap/imap-mailbox.ts';
import { openMetrics, type Metrics } from './observe/metrics.ts';
import { openTraces } from './observe/traces.ts';
import { apiNames } from './salesforce/api-names.ts';
import { connectSalesforce } from './salesforce/jsforce-salesforce.ts';
import { jwtLogin } from './salesforce/jwt-login.ts';
import type { SalesforceLogin } from './salesforce/salesforce-login.ts';
import type { Salesforce } from './salesforce/salesforce.ts';
import { serve } from './serve.ts';
import { connectToService } from './server/command-client.ts';
import { countNotifications } from './server/notifications/count-notifications.ts';
import { gmailNotifications } from './server/notifications/gmail-notifications.ts';
import { graphNotifications } from './server/notifications/graph-notifications.ts';
import type { NotificationRoute, WakeMailbox } from './server/notifications/notification-route.ts';
import { socketPath } from './server/socket-path.ts';
import type { Database } from './store/database.ts';
import { readFigures, readSchemaVersion } from './store/figures.ts';
import { FolderInUse } from './store/folder-lock.ts';
import { SCHEMA_VERSION } from './store/migrate.ts';
import { openPersonalData } from './store/personal-data.ts';
import { openPgliteDatabase } from './store/pglite-database.ts';
import { openPostgresDatabase } from './store/postgres-database.ts';
import { openStore } from './store/postgres-store.ts';
import type { MailboxRow, SealedCredential, Store } from './store/store.ts';
import { environmentKeySource } from './vault/environment-key-source.ts';
import { fileKeySource } from './vault/file-key-source.ts';
import { openKeyRing, type KeyRing } from './vault/key-ring.ts';
import type { KeySource } from './vault/key-source.ts';
import { keychainKeySource, systemKeychain } from './vault/keychain-key-source.ts';
import { rotateKeys } from './vault/rotate-keys.ts';
import { openVault, type Vault } from './vault/vault.ts';
import { composeWork, type WorkParts } from './work.ts';

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

/** The ways into mailboxes, by provider. */
function mailboxOpener(
  { connectionsPerHost, notifications, gmailQuota }: Config,
  logger: Logger,
  stored: Stored,
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
  return (settings, credential, row) => {
    if (settings.provider === 'gmail') return openGmail(settings, credential, gmail);
    if (settings.provider === 'graph') {
      return openGraph(settings, credential, { ...stored, row, tenants, notificationUrl: notifications?.url });
    }
    const log = (message: string): void => logger.info({ mailbox: settings.address }, message);
    if (settings.provider === 'ews') return openEws(settings, credential, { slots: hanging, log });
    const save = row && ((changed: MailboxCredential) => stored.saveCredential(row, changed));
    return openImap(settings, credential, { slots, log, save });
  };
}

function openImap(
  settings: MailboxSettings & { provider: 'imap' },
  credential: () => Promise<MailboxCredential>,
  shared: {
    readonly slots: ConnectionSlots;
    readonly log: (message: string) => void;
    /** Puts another credential in the place of the one that is stored. */
    readonly save: ((credential: MailboxCredential) => Promise<void>) | undefined;
  },
) {
  const { provider: _provider, aliases: _aliases, tokenUrl, user = settings.address, ...place } = settings;
  const { save, ...common } = shared;
  let tokens: AccessTokenSource | undefined;
  return openImapMailbox({
    ...{ ...place, ...common, user },
    credential: async () => {
      const opened = await credential();
      if (opened.kind !== 'refreshToken' || tokenUrl === undefined) return imapCredential(opened, settings.address);
      tokens ??= imapAccessToken(opened, {
        ...{ address: settings.address, tokenUrl },
        ...(save && { onRefreshToken: (refreshToken) => save({ ...opened, refreshToken }) }),
      });
      return { accessToken: await tokens() };
    },
  });
}

function imapCredential(credential: MailboxCredential, address: string) {
  if (credential.kind === 'password' || credential.kind === 'accessToken') return credential;
  throw new ActionableError(`The stored credential of ${address} does not open an IMAP mailbox.`, [
    'Connect the mailbox again: sf reply mailbox connect --replace.',
  ]);
}

function openEws(
  settings: MailboxSettings & { provider: 'ews' },
  credential: () => Promise<MailboxCredential>,
  shared: { readonly slots: ConnectionSlots; readonly log: (message: string) => void },
) {
  const { provider: _provider, aliases: _aliases, authentication, user = settings.address, ...place } = settings;
  return openEwsMailbox({
    ...{ ...place, ...shared },
    credential: async () => ewsCredential(await credential(), settings.address, { authentication, user }),
  });
}

function ewsCredential(
  credential: MailboxCredential,
  address: string,
  { authentication, user }: { readonly authentication: 'basic' | 'ntlm'; readonly user: string },
): EwsCredential {
  if (credential.kind === 'password') return { kind: authentication, user, password: credential.password };
  if (credential.kind === 'accessToken') {
    return { kind: 'bearer', accessToken: () => Promise.resolve(credential.accessToken) };
  }
  throw new ActionableError(`The stored credential of ${address} does not open a mailbox on Exchange Server.`, [
    'Connect the mailbox again: sf reply mailbox connect --replace.',
  ]);
}

function openGmail(
  settings: MailboxSettings & { provider: 'gmail' },
  credential: () => Promise<MailboxCredential>,
  shared: Pick<GmailMailboxOptions, 'costs' | 'unitsPerMinute' | 'projectBudget' | 'topic'>,
) {
  const { address, rootUrl, tokenUrl, pollSeconds } = settings;
  let tokens: ReturnType<typeof googleAccessToken> | undefined;
  return openGmailMailbox({
    ...{ ...shared, address },
    accessToken: async (refused) => {
      tokens ??= googleAccessToken(googleCredential(await credential(), address), {
        address,
        ...(tokenUrl !== undefined && { tokenUrl }),
      });
      return tokens(refused);
    },
    ...(rootUrl !== undefined && { rootUrl }),
    ...(pollSeconds !== undefined && { pollIntervalMs: pollSeconds * 1000 }),
  });
}

/** What an opened mailbox keeps in the database. */
interface Stored {
  readonly store: Store;
  /** Puts another credential in the place of the one that a mailbox has. */
  readonly saveCredential: (row: MailboxRow, credential: MailboxCredential) => Promise<void>;
}

function openGraph(
  settings: GraphSettings,
  credential: () => Promise<MailboxCredential>,
  shared: Stored & {
    readonly row: MailboxRow | undefined;
    readonly tenants: SharedTenants;
    readonly notificationUrl: string | undefined;
  },
) {
  const { address, tenantId, rootUrl, loginUrl, pollSeconds } = settings;
  const { row, tenants, notificationUrl } = shared;
  let tokens: AccessTokenSource | undefined;
  let clientId: string | undefined;
  return openGraphMailbox({
    ...{ address, coolDown: tenants.coolDown(tenantId) },
    consentUrl: () => clientId && adminConsentUrl(tenantId, clientId),
    accessToken: async (refused) => {
      tokens ??= await graphTokens();
      return tokens(refused);
    },
    ...(rootUrl !== undefined && { rootUrl }),
    ...(pollSeconds !== undefined && { pollIntervalMs: pollSeconds * 1000 }),
    ...(row && notificationUrl && { push: graphPush(row.id, `${notificationUrl}/graph`, shared.store) }),
  });

  async function graphTokens(): Promise<AccessTokenSource> {
    const opened = microsoftCredential(await credential(), address);
    if (opened.kind === 'certificate') clientId = opened.clientId;
    return tenants.tokens(opened, {
      ...{ address, tenantId },
      ...(loginUrl !== undefined && { loginUrl }),
      ...(row && {
        onRefreshToken: (refreshToken) => shared.saveCredential(row, { ...opened, refreshToken } as MailboxCredential),
      }),
    });
  }
}

function graphPush(mailboxId: string, notificationUrl: string, store: Store): GraphPush {
  return {
    notificationUrl,
    subscriptionId: async () => (await store.pushSubscription(mailboxId))?.subscriptionId,
    save: ({ id: subscriptionId, secretHash, expiresAt }) =>
      store.savePushSubscription({ mailboxId, subscriptionId: subscriptionId.toLowerCase(), secretHash, expiresAt }),
  };
}

function microsoftCredential(credential: MailboxCredential, address: string) {
  if (credential.kind !== 'password' && credential.kind !== 'serviceAccount') return credential;
  throw new ActionableError(`The stored credential of ${address} does not open a mailbox of Microsoft 365.`, [
    'Connect the mailbox again: sf reply mailbox connect --replace.',
  ]);
}

function googleCredential(credential: MailboxCredential, address: string) {
  if (credential.kind !== 'password' && credential.kind !== 'certificate') return credential;
  throw new ActionableError(`The stored credential of ${address} does not open a Gmail mailbox.`, [
    'Connect the mailbox again: sf reply mailbox connect --replace.',
  ]);
}

interface Keys {
  /** Opened at the first use: what needs no credential works without the master key. */
  readonly ring: () => Promise<KeyRing>;
  readonly vault: () => Promise<Vault<MailboxCredential>>;
}

function openKeys(config: Config, store: Store): Keys {
  let opened: Promise<KeyRing> | undefined;
  const ring = (): Promise<KeyRing> => {
    opened ??= openKeyRing({
      source: keySource(config, store.installationId),
      isAnythingSealed: async () => (await store.mailboxesSealedOtherwise('')).length > 0,
    }).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return { ring, vault: async () => openVault({ ring: await ring(), installationId: store.installationId }) };
}

/** Each installation has a key of its own where nobody names one: a rotation of one must not drop the other's. */
function keySource({ masterKey, dataFolder }: Config, installationId: string): KeySource {
  if (masterKey.source === 'file') {
    return fileKeySource(masterKey.path ?? join(masterKey.folder, `${installationId}.key`));
  }
  if (masterKey.source === 'environment') {
    const { key, previousKey } = masterKey;
    return environmentKeySource({
      REPLY_TRACKING_MASTER_KEY: key,
      REPLY_TRACKING_MASTER_KEY_PREVIOUS: previousKey,
    });
  }
  // With a server as the database the folder may not be there yet.
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const entry = { service: 'reply-tracking', account: installationId, environment: process.env };
  return keychainKeySource(systemKeychain(process.platform, entry), join(dataFolder, 'keychain.lock'));
}

/** The ring is open before the row is read, and a row that does not open is read anew: a rotation may end in between. */
async function credentialOf(row: MailboxRow, store: Store, keys: Keys): Promise<MailboxCredential> {
  const vault = await keys.vault();
  const open = async (): Promise<MailboxCredential> => vault.open(await sealedCredential(row, store), row);
  return open().catch(open);
}

async function sealedCredential(row: MailboxRow, store: Store): Promise<SealedCredential> {
  const sealed = await store.credential(row.id);
  if (sealed !== undefined) return sealed;
  throw new ActionableError(`No credential of ${row.address} is stored.`, [
    'Connect the mailbox again: sf reply mailbox connect --replace.',
  ]);
}

/** The place of the keys is read anew: it may have changed since this process began. */
async function keyFacts(config: Config, store: Store): Promise<KeyFacts> {
  const { place } = keySource(config, store.installationId);
  const keys = openKeys(config, store);
  const unusable = await failureOf(keys.ring());
  const credentials = [];
  for (const row of unusable === undefined ? await store.mailboxes() : []) {
    credentials.push({ address: row.address, error: await failureOf(credentialOf(row, store, keys)) });
  }
  return { place, unusable, credentials };
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function rotate(store: Store, keys: Keys, told: Told): Promise<KeyRotation> {
  return rotateKeys({
    ring: await keys.ring(),
    installationId: store.installationId,
    credentials: {
      sealedOtherwise: (keyId) => store.mailboxesSealedOtherwise(keyId),
      read: async (id) => {
        const [row, sealed] = [await store.mailbox(id), await store.credential(id)];
        return row && sealed && { provider: row.provider, address: row.address, sealed };
      },
      replace: (id, before, after) => store.replaceCredential(id, before, after),
    },
    told: (done, total) => told({ type: 'count', done, total }),
  });
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
  const keys = openKeys(config, store);
  const saveCredential = async (row: MailboxRow, credential: MailboxCredential): Promise<void> => {
    const before = await sealedCredential(row, store);
    await (await keys.vault()).seal(credential, row, (after) => store.replaceCredential(row.id, before, after));
  };
  const open = mailboxOpener(config, logger, { store, saveCredential });
  const mailboxes = await openMailboxes({ store, open, credentialOf: (row) => credentialOf(row, store, keys) });
  const salesforce = org && pinSalesforce(org, store);
  const connecting: Connecting = {
    ...{ store, salesforce, open, now },
    seal: async (credential, row, save) => (await keys.vault()).seal(credential, row, save),
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
  const facade = inProcessFacade({
    ...{ store, mailboxes, connecting, syncOptions, salesforce, anyOrg: org, dailyCalls, now, version: VERSION },
    deliver: () => deliveries.atOnce(),
    rotateKeys: (told) => rotate(store, keys, told),
    examined: {
      schema: { read: () => readSchemaVersion(database), expected: SCHEMA_VERSION },
      key: () => keyFacts(config, store),
    },
    people: await openPersonalData(database),
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
          ...{ facade, pull, syncOptions, config, logger, database, store, mailboxes, processId, version: VERSION },
          deliver: (signal) => deliveries.atPace(signal),
          notificationRoutes: notificationRoutes({ config, logger, store, mailboxes }),
          traces: openTraces(() => randomUUID().slice(0, 8)),
          checks: {
            metrics,
            unfit: () => reasonsAgainst(database, keys),
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

/** The addresses at which providers tell of changes. */
function notificationRoutes({
  config: { notifications },
  logger,
  store,
  mailboxes,
}: Pick<Parts, 'config' | 'logger' | 'store'> & { readonly mailboxes: OpenMailboxes }): (
  wake: WakeMailbox,
) => NotificationRoute[] {
  const verifyGmail = notifications?.gmail && openPushTokenVerifier(notifications.gmail);
  return (wake) => [
    graphNotifications({
      find: async (ids) =>
        (await store.pushSubscriptions(ids)).map(({ subscriptionId: id, mailboxId, secretHash }) => {
          return { id, mailboxId, clientStateHash: secretHash };
        }),
      forget: (id) => store.removePushSubscription(id),
      ...{ wake, count: countNotifications('graph', logger) },
    }),
    ...(verifyGmail === undefined
      ? []
      : [
          gmailNotifications({
            verify: verifyGmail,
            find: (address) =>
              mailboxes.rows
                .filter((row) => row.provider === 'gmail' && row.address.toLowerCase() === address.toLowerCase())
                .map(({ id }) => id),
            ...{ wake, count: countNotifications('gmail', logger) },
          }),
        ]),
  ];
}

/** The log of what was read and written; `trace` leads from a page to the Tasks of its replies. */
function reportTo(logger: Logger, metrics: Metrics): WorkParts['report'] {
  return {
    onPage: ({ mailbox, messages, newReplies, trace }) => {
      const line = { mailboxId: mailbox.id, mailbox: mailbox.address, messages, newReplies, trace };
      if (messages > 0) logger.info(line, 'Read a page.');
    },
    onDelivered: (replies) => {
      metrics.delivered(replies);
      for (const { replyKey, recordId, trace, seconds } of replies) {
        logger.info({ reply: replyKey.slice(0, 12), taskId: recordId, trace, seconds }, 'A reply is in Salesforce.');
      }
    },
    onUndecided: ({ mailbox, reference, fault }) => {
      const reason = fault instanceof Error ? fault.message : String(fault);
      const words = 'A defect kept a message from being understood. It waits for the mail it cites; report the reason.';
      logger.error({ mailbox: mailbox.address, reference, reason }, words);
    },
  };
}

/** What keeps a process from working that is no provider's doing: another schema, or a master key that is gone. */
async function reasonsAgainst(database: Database, keys: Keys): Promise<string[]> {
  const version = await readSchemaVersion(database);
  const schema =
    version === SCHEMA_VERSION ? [] : [`The database has schema version ${version}, not ${SCHEMA_VERSION}.`];
  const key = await keys.ring().then(
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
