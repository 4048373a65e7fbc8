import type { ProviderName } from '../facade.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply.mailbox.connect');
const EXIT_USAGE = 2;

/** The flags that make sense for some providers only. What fits several is taken for the first of them. */
const FLAGS_OF: Readonly<Record<ProviderName, readonly string[]>> = {
  imap: ['host', 'port', 'user', 'starttls', 'ca-file', 'exclude-folder', 'password-stdin', 'oauth-file'],
  gmail: [
    ...['service-account-file', 'client-id', 'client-secret-file', 'poll-seconds'],
    ...['root-url', 'token-url', 'auth-url', 'exclude-folder'],
  ],
  graph: ['tenant', 'certificate-file', 'client-id', 'poll-seconds', 'root-url', 'login-url', 'exclude-folder'],
  ews: [
    ...['ews-url', 'autodiscover', 'autodiscover-host', 'authentication', 'impersonate'],
    ...['user', 'ca-file', 'exclude-folder', 'password-stdin', 'oauth-file'],
    ...['tenant', 'certificate-file', 'client-id', 'login-url'],
  ],
};
const PROVIDERS = Object.keys(FLAGS_OF) as ProviderName[];

/** Flags that mean nothing without another one. */
const NEEDS: readonly (readonly [flag: string, needed: string])[] = [
  ['client-secret-file', 'client-id'],
  ['auth-url', 'client-id'],
  ['autodiscover-host', 'autodiscover'],
  ['certificate-file', 'client-id'],
];

/**
 * The provider that is named, or else the one whose flags are given.
 *
 * @param flags the flags as they were parsed
 * @throws SfError that names the two flags that do not go together, the flag that another one needs, or the choice that
 * is missing
 */
export function connectProvider(flags: Readonly<Record<string, unknown>>): ProviderName {
  for (const [flag, needed] of NEEDS) {
    if (flags[flag] !== undefined && flags[needed] === undefined) {
      throw messages.createError('error.missingFlag', [flag, needed], [needed, flag], EXIT_USAGE);
    }
  }
  const given = PROVIDERS.flatMap((provider) => FLAGS_OF[provider]).filter((name) => isGiven(flags[name]));
  const named = flags['provider'] as ProviderName | undefined;
  const misplaced = named && given.find((name) => !FLAGS_OF[named].includes(name));
  if (misplaced !== undefined) throw combination(`--${misplaced}`, `--provider ${named}`);
  if (named !== undefined) return named;
  if (given.length === 0) throw messages.createError('error.missingProvider', [], [], EXIT_USAGE);
  const fitting = PROVIDERS.find((provider) => given.every((name) => FLAGS_OF[provider].includes(name)));
  if (fitting !== undefined) return fitting;
  const [one, other] = strangers(given) ?? [given[0], given.at(-1)];
  throw combination(`--${one}`, `--${other}`);
}

/** The first two flags that no provider has both of. */
function strangers(given: readonly string[]): readonly [string, string] | undefined {
  const pairs = given.flatMap((one) => given.map((other) => [one, other] as const));
  return pairs.find((pair) => !PROVIDERS.some((provider) => pair.every((name) => FLAGS_OF[provider].includes(name))));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function combination(one: string, other: string): Error {
  return messages.createError('error.incompatibleFlags', [one, other], [one, other], EXIT_USAGE);
}
