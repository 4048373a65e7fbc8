import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionableError } from './errors.ts';

/** EX_CONFIG of sysexits(3): what is wrong is the configuration, and trying again will not help. */
const EXIT_CONFIG = 78;
/** Every variable of ours begins like this; one that is not known is a typing error and is refused. */
const PREFIX = 'REPLY_TRACKING_';
/** A timer of Node cannot wait longer than 24 days, and runs at once when it is told to. */
const MAX_SECONDS = 86_400;

const salesforceUserId = z.string().regex(/^005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$/);
const common = {
  address: z.email(),
  /** Salesforce id of the rep; without it the active User with this e-mail address is taken. */
  ownerId: salesforceUserId.optional(),
};

const imapMailbox = z.strictObject({
  ...common,
  provider: z.literal('imap'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(993),
  secure: z.boolean().default(true),
  user: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  accessToken: z.string().min(1).optional(),
});
const oneCredential = ({ password, accessToken }: z.infer<typeof imapMailbox>): boolean =>
  (password === undefined) !== (accessToken === undefined);

const gmailMailbox = z.strictObject({
  ...common,
  provider: z.literal('gmail'),
  accessToken: z.string().min(1),
  rootUrl: z.url().optional(),
  pollSeconds: z.number().positive().max(MAX_SECONDS).default(60),
});

const mailbox = z.discriminatedUnion('provider', [
  imapMailbox.refine(oneCredential, 'needs either a "password" or an "accessToken"'),
  gmailMailbox,
]);
const mailboxes = z
  .array(mailbox)
  .refine((all) => new Set(all.map(nameOf)).size === all.length, 'names one mailbox twice');

function nameOf({ provider, address }: z.infer<typeof mailbox>): string {
  return `${provider} ${address.toLowerCase()}`;
}

/** How one mailbox is reached. Holds the credential; never logged. */
export type MailboxConfig = z.infer<typeof mailbox>;

const environment = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'has to be a URL that begins with postgres:// or postgresql://' })
    .optional(),
  SALESFORCE_INSTANCE_URL: z.url({
    protocol: /^https?$/,
    error: 'has to be the URL of the org, as "sf org display" shows it',
  }),
  SALESFORCE_ACCESS_TOKEN: z.string({ error: 'is missing; "sf org display --verbose" shows the token' }).min(15),
  SALESFORCE_NAMESPACE: z.string().optional(),
  REPLY_TRACKING_DATA: z.string().min(1).default(join(homedir(), '.reply-tracking')),
  REPLY_TRACKING_MAILBOXES: z.string({ error: 'is missing; it is a JSON array of mailboxes' }),
  REPLY_TRACKING_READ_DAYS: z.coerce.number().int().min(0).max(365).default(14),
  REPLY_TRACKING_PULL_SECONDS: z.coerce.number().positive().max(MAX_SECONDS).default(60),
  REPLY_TRACKING_SWEEP_SECONDS: z.coerce.number().positive().max(MAX_SECONDS).default(300),
  REPLY_TRACKING_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** Everything the connector has to be told. */
export interface Config {
  /** Any PostgreSQL; without it the embedded database in `dataFolder` is used. */
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly salesforce: {
    readonly instanceUrl: string;
    readonly accessToken: string;
    readonly namespace: string | undefined;
  };
  readonly mailboxes: readonly MailboxConfig[];
  /** How many days back a mailbox is read when it is first connected. */
  readonly readDays: number;
  /** Between two pulls from Salesforce. */
  readonly pullSeconds: number;
  /** Between two looks into each mailbox, whatever its provider has said. */
  readonly sweepSeconds: number;
  readonly logLevel: string;
}

/**
 * Reads the configuration from environment variables. One that is set to nothing counts as absent.
 *
 * @throws ActionableError with exit code 78 that names the variable; it shows no value, for values may be secrets.
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const known = Object.keys(environment.shape);
  const unknown = Object.keys(variables).filter((name) => name.startsWith(PREFIX) && !known.includes(name));
  if (unknown.length > 0) {
    throw configError(`${unknown.join(', ')}: unknown`, [`The variables that exist are: ${known.join(', ')}.`]);
  }
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const settings = parse(environment, set, '');
  return {
    databaseUrl: settings.DATABASE_URL,
    dataFolder: settings.REPLY_TRACKING_DATA,
    salesforce: {
      instanceUrl: settings.SALESFORCE_INSTANCE_URL,
      accessToken: settings.SALESFORCE_ACCESS_TOKEN,
      namespace: settings.SALESFORCE_NAMESPACE,
    },
    mailboxes: parse(mailboxes, parseJson(settings.REPLY_TRACKING_MAILBOXES), 'REPLY_TRACKING_MAILBOXES'),
    readDays: settings.REPLY_TRACKING_READ_DAYS,
    pullSeconds: settings.REPLY_TRACKING_PULL_SECONDS,
    sweepSeconds: settings.REPLY_TRACKING_SWEEP_SECONDS,
    logLevel: settings.REPLY_TRACKING_LOG_LEVEL,
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, root: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${[root, ...path].filter((part) => part !== '').join('.')}: ${message}`,
  );
  throw configError(problems.join('; '), ['connector/README.md describes every variable, with an example.']);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and with it the passwords.
    throw configError('REPLY_TRACKING_MAILBOXES: is not valid JSON', [
      'It is an array, for example [{"provider":"imap","address":"rep@example.com","host":"imap.example.com","password":"..."}].',
    ]);
  }
}

function configError(problem: string, actions: readonly string[]): ActionableError {
  return new ActionableError(`The configuration is wrong. ${problem}`, actions, { exitCode: EXIT_CONFIG });
}
