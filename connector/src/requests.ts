import { z } from 'zod';
import { ActionableError } from './errors.ts';
import { PROVIDER_NAMES, type Facade, type Verb } from './facade.ts';

/** EX_USAGE of sysexits(3): the request itself is wrong. */
const EXIT_USAGE = 64;
/** The longest message that is taken for explaining or replaying, in characters; its header is all that is read. */
const MESSAGE_CHARACTERS = 1024 * 1024;

const address = z.email('is no e-mail address').max(320);
const instant = z.iso.datetime({ error: 'is no instant such as 2026-11-24T00:00:00Z', offset: true });
const text = z.string().min(1, 'is empty').max(1024);
const secret = z.string().min(1, 'is empty').max(16_384);
const ownerId = z.string().regex(/^005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$/, 'is no Id of a Salesforce User');
const certificateAuthorities = z
  .string()
  .max(1024 * 1024)
  .optional();
const excludedFolders = z.array(text).max(1000).optional();
const webAddress = z.url({ protocol: /^https?$/ });
const tenantId = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,253}$/, 'is neither the ID of a tenant nor one of its domains');
const provider = z.enum(PROVIDER_NAMES);

const imapSettings = z.strictObject({
  provider: z.literal('imap'),
  address,
  host: text,
  port: z.int().min(1).max(65_535),
  secure: z.boolean(),
  user: text.optional(),
  tokenUrl: webAddress.optional(),
  certificateAuthorities,
  excludedFolders,
  aliases: z.array(address).max(100).optional(),
});

const gmailSettings = z.strictObject({
  provider: z.literal('gmail'),
  address,
  rootUrl: webAddress.optional(),
  tokenUrl: webAddress.optional(),
  pollSeconds: z.number().positive().max(86_400).optional(),
  excludedFolders,
  aliases: z.array(address).max(100).optional(),
});

const ewsSettings = z.strictObject({
  provider: z.literal('ews'),
  address,
  url: webAddress,
  authentication: z.enum(['basic', 'ntlm']),
  tokenUrl: webAddress.optional(),
  tenantId: tenantId.optional(),
  loginUrl: webAddress.optional(),
  credentialEndsAt: instant.optional(),
  user: text.optional(),
  impersonate: z.boolean().optional(),
  certificateAuthorities,
  excludedFolders,
  aliases: z.array(address).max(100).optional(),
});

const graphSettings = z.strictObject({
  provider: z.literal('graph'),
  address,
  tenantId,
  rootUrl: webAddress.optional(),
  loginUrl: webAddress.optional(),
  credentialEndsAt: instant.optional(),
  pollSeconds: z.number().positive().max(86_400).optional(),
  excludedFolders,
  aliases: z.array(address).max(100).optional(),
});

const credential = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password'), password: secret }),
  z.strictObject({ kind: z.literal('accessToken'), accessToken: secret }),
  z.strictObject({
    kind: z.literal('serviceAccount'),
    clientEmail: text,
    privateKey: secret,
    privateKeyId: text.optional(),
    clientId: text.optional(),
  }),
  z.strictObject({
    kind: z.literal('refreshToken'),
    clientId: text,
    clientSecret: secret.optional(),
    refreshToken: secret,
  }),
  z.strictObject({ kind: z.literal('certificate'), clientId: text, certificate: secret, privateKey: secret }),
]);

/** Which credentials open which provider. */
const OPENS = {
  imap: ['password', 'accessToken', 'refreshToken'],
  gmail: ['accessToken', 'serviceAccount', 'refreshToken'],
  ews: ['password', 'accessToken', 'refreshToken', 'certificate'],
  graph: ['accessToken', 'certificate', 'refreshToken'],
} as const satisfies Record<z.infer<typeof provider>, readonly z.infer<typeof credential>['kind'][]>;

const connect = z
  .strictObject({
    settings: z.discriminatedUnion('provider', [imapSettings, gmailSettings, graphSettings, ewsSettings]),
    credential,
    ownerId: ownerId.optional(),
    since: instant.optional(),
    replace: z.boolean().optional(),
  })
  .refine(
    ({ settings, credential: { kind } }) => (OPENS[settings.provider] as readonly string[]).includes(kind),
    'has a credential that does not open a mailbox of this provider',
  );

const letterIds = z
  .array(z.string().regex(/^\d{1,19}$/, 'is no id of a dead letter'))
  .min(1)
  .max(1000);
const code = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'is no error code of Salesforce, such as REQUIRED_FIELD_MISSING');
const because = z.string().trim().min(1, 'is empty').max(1000);
const all = z.literal(true);

const mailboxName = z.strictObject({ address, provider: provider.optional() });
const nothing = z.strictObject({});
const person = z.strictObject({ person: z.union([address, z.string().regex(/^00[3Q][A-Za-z0-9]{15}$/)]) });

const REQUESTS = {
  checkMailbox: connect,
  connectMailbox: connect,
  disconnectMailbox: mailboxName,
  mailboxes: nothing,
  sync: z.strictObject({ mailbox: address.optional(), since: instant.optional(), dryRun: z.boolean().optional() }),
  status: nothing,
  examine: nothing,
  explain: z.union([
    z.strictObject({ headers: z.string().max(MESSAGE_CHARACTERS), mailbox: address.optional() }),
    z.strictObject({ messageId: z.string().min(1).max(4096), mailbox: address.optional() }),
  ]),
  replay: z.strictObject({
    message: z.string().max(MESSAGE_CHARACTERS),
    mailbox: address.optional(),
    commit: z.boolean().optional(),
  }),
  deadLetters: z.strictObject({ code: code.optional() }),
  deadLetter: z.strictObject({ id: letterIds.element }),
  retryDeadLetters: z.union([z.strictObject({ ids: letterIds }), z.strictObject({ code }), z.strictObject({ all })]),
  dropDeadLetters: z.union([
    z.strictObject({ ids: letterIds, because }),
    z.strictObject({ code, because }),
    z.strictObject({ all, because }),
  ]),
  rebindOrg: nothing,
  exportPerson: person,
  erasePerson: person,
  rotateKeys: nothing,
} as const satisfies Record<Verb, z.ZodType>;

/** True for the name of something that can be asked of the connector. */
export function isVerb(name: string): name is Verb {
  return Object.hasOwn(REQUESTS, name);
}

/**
 * The request of a verb, checked: whoever may write to the local socket may write anything.
 *
 * @throws ActionableError with exit code 64 that names each key that is wrong, and no value, for values may be secrets.
 */
export function parseRequest<V extends Verb>(verb: V, value: unknown): Parameters<Facade[V]>[0] {
  const result = REQUESTS[verb].safeParse(value, { error: missing });
  if (result.success) return result.data as Parameters<Facade[V]>[0];
  const problems = result.error.issues.map(({ path, message }) => [path.join('.'), message].join(' ').trim());
  throw new ActionableError(
    `The request is wrong: ${problems.join('; ')}.`,
    ['Correct what is named and ask again; --help shows an example.'],
    { exitCode: EXIT_USAGE },
  );
}

function missing({ code, input }: { readonly code?: string; readonly input?: unknown }): string | undefined {
  return code === 'invalid_type' && input === undefined ? 'is missing' : undefined;
}
