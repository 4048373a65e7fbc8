import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionableError } from './errors.ts';
import type { KeyPlace } from './vault/select-key-source.ts';

/** EX_CONFIG of sysexits(3): what is wrong is the configuration, and trying again will not help. */
const EXIT_CONFIG = 78;
/** Every variable of ours begins like this; one that is not known is a typing error and is refused. */
const PREFIX = 'REPLY_TRACKING_';
/** Variables of ours that the commands read themselves. */
const READ_ELSEWHERE = ['REPLY_TRACKING_MAILBOX_PASSWORD'];
/** A timer of Node cannot wait longer than 24 days, and runs at once when it is told to. */
const MAX_SECONDS = 86_400;

const seconds = z.coerce.number().positive().max(MAX_SECONDS);
const webAddress = (what: string) => z.url({ protocol: /^https?$/, error: `has to be ${what}` });

/** Domains between commas, as they stand in addresses; a name in another script in its form with `xn--`. */
const domains = z.string().regex(/^[\sA-Za-z0-9.,-]*$/, {
  error: 'has to be domains with commas between them, for example family.example, doctor.example',
});
const GMAIL_COST = /^(?:getProfile|labels\.list|history\.list|messages\.list|messages\.get|watch)=\d{1,6}$/;

const environment = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'has to be a URL that begins with postgres:// or postgresql://' })
    .optional(),
  SALESFORCE_INSTANCE_URL: webAddress('the URL of the org, as "sf org display" shows it').optional(),
  SALESFORCE_ACCESS_TOKEN: z.string().min(15).optional(),
  SALESFORCE_LOGIN_URL: webAddress(
    'https://login.salesforce.com, https://test.salesforce.com or the URL of the org',
  ).default('https://login.salesforce.com'),
  SALESFORCE_CLIENT_ID: z.string().min(1).optional(),
  SALESFORCE_USERNAME: z.string().min(1).optional(),
  SALESFORCE_JWT_KEY_FILE: z.string().min(1).optional(),
  SALESFORCE_NAMESPACE: z.string().optional(),
  REPLY_TRACKING_DATA: z.string().min(1).default(join(homedir(), '.reply-tracking')),
  REPLY_TRACKING_MASTER_KEY: z.string().min(1).optional(),
  REPLY_TRACKING_MASTER_KEY_PREVIOUS: z.string().min(1).optional(),
  REPLY_TRACKING_MASTER_KEY_FILE: z.string().min(1).optional(),
  REPLY_TRACKING_MASTER_KEY_SOURCE: z.enum(['file', 'environment', 'keychain']).optional(),
  REPLY_TRACKING_PULL_SECONDS: seconds.default(60),
  REPLY_TRACKING_SWEEP_SECONDS: seconds.default(300),
  REPLY_TRACKING_DELETED_PERSON: z.enum(['task', 'deadletter']).default('task'),
  REPLY_TRACKING_WRITE_SECONDS: seconds.max(60).default(15),
  REPLY_TRACKING_DAILY_CALLS: z.coerce.number().int().min(1).max(100_000_000).optional(),
  REPLY_TRACKING_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8425),
  REPLY_TRACKING_NOTIFICATION_URL: z.url({ protocol: /^https$/, error: 'has to begin with https://' }).optional(),
  REPLY_TRACKING_NOTIFICATION_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  REPLY_TRACKING_NOTIFICATION_HOST: z.string().min(1).default('127.0.0.1'),
  REPLY_TRACKING_GMAIL_TOPIC: z
    .string()
    .regex(/^projects\/[a-z][a-z0-9:.-]{1,60}\/topics\/[A-Za-z][\w.~+%-]{2,254}$/, 'has to be projects/.../topics/...')
    .optional(),
  REPLY_TRACKING_GMAIL_PUSH_ACCOUNT: z.email('has to be the address of a service account').optional(),
  REPLY_TRACKING_GMAIL_PUSH_AUDIENCE: z.string().min(1).max(1_000).optional(),
  REPLY_TRACKING_GMAIL_CERTIFICATES_URL: webAddress("where Google's certificates are").optional(),
  REPLY_TRACKING_GMAIL_USER_UNITS: z.coerce.number().int().min(100).max(1_000_000_000).optional(),
  REPLY_TRACKING_GMAIL_PROJECT_UNITS: z.coerce.number().int().min(100).max(1_000_000_000).default(1_200_000),
  REPLY_TRACKING_GMAIL_COSTS: z
    .string()
    .refine((text) => text.split(',').every((cost) => GMAIL_COST.test(cost)), {
      error: 'has to name calls and their units: messages.get=5,history.list=2',
    })
    .optional(),
  REPLY_TRACKING_CONNECTIONS_PER_HOST: z.coerce.number().int().min(1).max(10_000).default(200),
  REPLY_TRACKING_EXCLUDED_DOMAINS: domains.default(''),
  REPLY_TRACKING_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
type Environment = z.infer<typeof environment>;

/** How the connector gets into Salesforce. Holds a secret, or says where it stands; never logged. */
export type SalesforceConfig =
  /** A session that somebody else has opened. */
  | { readonly kind: 'accessToken'; readonly instanceUrl: string; readonly accessToken: string }
  /** The OAuth 2.0 JWT bearer flow (RFC 7523). */
  | {
      readonly kind: 'jwt';
      readonly loginUrl: string;
      readonly clientId: string;
      readonly username: string;
      /** Path of the PEM file with the private key. */
      readonly keyFile: string;
    };

/** Where providers tell of changes: the public address, and where this process listens behind it. */
export interface NotificationConfig {
  /** Without a slash at its end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** How Gmail tells of changes; undefined when it is not asked to. */
  readonly gmail: GmailPushConfig | undefined;
}

/** The Pub/Sub topic that Gmail publishes into, and by what a push of its subscription is known. */
export interface GmailPushConfig {
  readonly topic: string;
  /** The address of the service account that signs the pushes. */
  readonly serviceAccount: string;
  /** What the subscription names as the audience of its tokens. */
  readonly audience: string;
  /** Where the certificates of Google's keys are, when not at Google. */
  readonly certificatesUrl: string | undefined;
}

/** The quota units of the Gmail API that may be spent. */
export interface GmailQuotaConfig {
  /** In a minute, of one user; undefined for what Google publishes. */
  readonly userUnits: number | undefined;
  /** In a minute, of the Google Cloud project. */
  readonly projectUnits: number;
  /** Units of a call by its name, where they differ from what Google publishes. */
  readonly costs: Readonly<Record<string, number>>;
}

/** Everything the connector has to be told. Mailboxes are not part of it: they are connected by command. */
export interface Config {
  /** Any PostgreSQL; without it the embedded database in `dataFolder` is used. */
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  /** Undefined when the environment names no org. */
  readonly salesforce: SalesforceConfig | undefined;
  /** Namespace of the installed package, when it has one. */
  readonly namespace: string | undefined;
  readonly masterKey: KeyPlace;
  /** Between two pulls from Salesforce. */
  readonly pullSeconds: number;
  /** Between two looks into each mailbox, whatever its provider has said. */
  readonly sweepSeconds: number;
  /** The reply of a person who was deleted: a Task without a person, or a dead letter. */
  readonly deletedPerson: 'task' | 'deadletter';
  /** API calls that writing may take in 24 hours; undefined for a tenth of what the org may make. */
  readonly dailyCalls: number | undefined;
  /** Between two writes into Salesforce while API calls are plenty; the first few after a quiet while wait for nothing. */
  readonly writeSeconds: number;
  /** Port of the health page on this machine; 0 for none. */
  readonly healthPort: number;
  /** Where providers tell of changes; undefined when they are not asked to. */
  readonly notifications: NotificationConfig | undefined;
  readonly gmailQuota: GmailQuotaConfig;
  /** Connections to one mail host that are open at the same time. */
  readonly connectionsPerHost: number;
  /** Domains, in lower case, whose mail is passed over: nothing of it is stored. */
  readonly excludedDomains: ReadonlySet<string>;
  readonly logLevel: string;
}

/**
 * Reads the configuration from environment variables. One that is set to nothing counts as absent.
 *
 * @throws ActionableError with exit code 78 that names the variable; it shows no value, for values may be secrets.
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const known = [...Object.keys(environment.shape), ...READ_ELSEWHERE];
  const unknown = Object.keys(variables).filter((name) => name.startsWith(PREFIX) && !known.includes(name));
  if (unknown.length > 0) {
    throw configError(`${unknown.join(', ')}: unknown`, [`The variables that exist are: ${known.join(', ')}.`]);
  }
  const settings = parse(Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')));
  return {
    databaseUrl: settings.DATABASE_URL,
    dataFolder: settings.REPLY_TRACKING_DATA,
    salesforce: salesforceConfig(settings),
    namespace: settings.SALESFORCE_NAMESPACE,
    masterKey: masterKeyConfig(settings, variables),
    pullSeconds: settings.REPLY_TRACKING_PULL_SECONDS,
    sweepSeconds: settings.REPLY_TRACKING_SWEEP_SECONDS,
    deletedPerson: settings.REPLY_TRACKING_DELETED_PERSON,
    dailyCalls: settings.REPLY_TRACKING_DAILY_CALLS,
    writeSeconds: settings.REPLY_TRACKING_WRITE_SECONDS,
    healthPort: settings.REPLY_TRACKING_HEALTH_PORT,
    notifications: notificationConfig(settings),
    gmailQuota: {
      userUnits: settings.REPLY_TRACKING_GMAIL_USER_UNITS,
      projectUnits: settings.REPLY_TRACKING_GMAIL_PROJECT_UNITS,
      costs: gmailCosts(settings.REPLY_TRACKING_GMAIL_COSTS),
    },
    connectionsPerHost: settings.REPLY_TRACKING_CONNECTIONS_PER_HOST,
    excludedDomains: new Set(settings.REPLY_TRACKING_EXCLUDED_DOMAINS.toLowerCase().match(/[^\s,]+/g) ?? []),
    logLevel: settings.REPLY_TRACKING_LOG_LEVEL,
  };
}

/** One without the other would have providers call where nobody listens, or listen where nobody calls. */
function notificationConfig(settings: Environment): NotificationConfig | undefined {
  const { REPLY_TRACKING_NOTIFICATION_URL: url, REPLY_TRACKING_NOTIFICATION_PORT: port } = settings;
  const needsUrl = settings.REPLY_TRACKING_GMAIL_TOPIC ?? settings.REPLY_TRACKING_GMAIL_PUSH_ACCOUNT;
  if (url === undefined && port === undefined && needsUrl === undefined) return undefined;
  const names = ['REPLY_TRACKING_NOTIFICATION_URL', 'REPLY_TRACKING_NOTIFICATION_PORT'];
  if (url === undefined && port === undefined) throw incomplete([...names, GMAIL_TOPIC], [GMAIL_TOPIC]);
  if (url === undefined || port === undefined) throw incomplete(names, [names[url === undefined ? 1 : 0]!]);
  const address = url.endsWith('/') ? url.slice(0, -1) : url;
  return {
    ...{ url: address, port, host: settings.REPLY_TRACKING_NOTIFICATION_HOST },
    gmail: gmailPushConfig(settings, `${address}/gmail`),
  };
}

const GMAIL_TOPIC = 'REPLY_TRACKING_GMAIL_TOPIC';
const GMAIL_PUSH_ACCOUNT = 'REPLY_TRACKING_GMAIL_PUSH_ACCOUNT';

/** Without the account anybody with a token of Google could wake mailboxes. */
function gmailPushConfig(settings: Environment, endpoint: string): GmailPushConfig | undefined {
  const { [GMAIL_TOPIC]: topic, [GMAIL_PUSH_ACCOUNT]: serviceAccount } = settings;
  if (topic === undefined && serviceAccount === undefined) return undefined;
  const names = [GMAIL_TOPIC, GMAIL_PUSH_ACCOUNT];
  if (topic === undefined || serviceAccount === undefined) {
    throw incomplete(names, [names[topic === undefined ? 1 : 0]!]);
  }
  return {
    ...{ topic, serviceAccount, audience: settings.REPLY_TRACKING_GMAIL_PUSH_AUDIENCE ?? endpoint },
    certificatesUrl: settings.REPLY_TRACKING_GMAIL_CERTIFICATES_URL,
  };
}

function gmailCosts(text = ''): Record<string, number> {
  const pairs = text.split(',').flatMap((pair) => (pair === '' ? [] : [pair.split('=')]));
  return Object.fromEntries(pairs.map(([call = '', units]): [string, number] => [call, Number(units)]));
}

/** The variables of each way into Salesforce; of one way all are needed. */
const WAYS = {
  accessToken: ['SALESFORCE_INSTANCE_URL', 'SALESFORCE_ACCESS_TOKEN'],
  jwt: ['SALESFORCE_CLIENT_ID', 'SALESFORCE_USERNAME', 'SALESFORCE_JWT_KEY_FILE'],
} as const;

function salesforceConfig(settings: Environment): SalesforceConfig | undefined {
  const [token, jwt] = [WAYS.accessToken, WAYS.jwt].map((names) => names.filter((name) => settings[name]));
  if (token!.length > 0 && jwt!.length > 0) {
    throw configError(`${[...token!, ...jwt!].join(', ')}: name two ways into Salesforce`, [
      'Use an access token, or the JWT bearer flow, and unset the variables of the other.',
    ]);
  }
  if (token!.length > 0) {
    const { SALESFORCE_INSTANCE_URL: instanceUrl, SALESFORCE_ACCESS_TOKEN: accessToken } = settings;
    if (instanceUrl && accessToken) return { kind: 'accessToken', instanceUrl, accessToken };
    throw incomplete(WAYS.accessToken, token!);
  }
  if (jwt!.length === 0) return undefined;
  const { SALESFORCE_CLIENT_ID: clientId, SALESFORCE_USERNAME: username, SALESFORCE_JWT_KEY_FILE: keyFile } = settings;
  if (!clientId || !username || !keyFile) throw incomplete(WAYS.jwt, jwt!);
  return { kind: 'jwt', loginUrl: settings.SALESFORCE_LOGIN_URL, clientId, username, keyFile };
}

function incomplete(all: readonly string[], given: readonly string[]): ActionableError {
  const missing = all.filter((name) => !given.includes(name));
  return configError(missing.map((name) => `${name}: is missing, while ${given.join(', ')} is set`).join('; '), [
    `Set ${all.join(', ')} together.`,
  ]);
}

function masterKeyConfig(settings: Environment, variables: NodeJS.ProcessEnv): KeyPlace {
  const { REPLY_TRACKING_MASTER_KEY: key, REPLY_TRACKING_MASTER_KEY_FILE: file } = settings;
  const previousKey = settings.REPLY_TRACKING_MASTER_KEY_PREVIOUS;
  const source = settings.REPLY_TRACKING_MASTER_KEY_SOURCE ?? (key === undefined ? 'file' : 'environment');
  const useless = [
    ...(source !== 'environment' && key !== undefined ? ['REPLY_TRACKING_MASTER_KEY'] : []),
    ...(source !== 'environment' && previousKey !== undefined ? ['REPLY_TRACKING_MASTER_KEY_PREVIOUS'] : []),
    ...(source !== 'file' && file !== undefined ? ['REPLY_TRACKING_MASTER_KEY_FILE'] : []),
  ];
  if (useless.length > 0) {
    throw configError(`${useless.join(', ')}: set, but the master key comes from another place (${source})`, [
      'Unset it, or set REPLY_TRACKING_MASTER_KEY_SOURCE to the place that is meant.',
    ]);
  }
  if (source === 'keychain') return { source };
  if (source === 'file') return file === undefined ? defaultKeyFile(variables) : { source, path: file };
  if (key !== undefined) return { source, key, previousKey };
  throw configError('REPLY_TRACKING_MASTER_KEY: is missing', ['Make one: openssl rand -base64 32']);
}

/** Not beside the data: a copy of the data folder must not be a copy of the key. */
function defaultKeyFile({ XDG_CONFIG_HOME: folder }: NodeJS.ProcessEnv): KeyPlace {
  return { source: 'file', path: undefined, folder: join(folder || join(homedir(), '.config'), 'reply-tracking') };
}

function parse(value: unknown): Environment {
  const result = environment.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw configError(problems.join('; '), ['connector/README.md describes every variable, with an example.']);
}

function configError(problem: string, actions: readonly string[]): ActionableError {
  return new ActionableError(`The configuration is wrong. ${problem}.`, actions, { exitCode: EXIT_CONFIG });
}
