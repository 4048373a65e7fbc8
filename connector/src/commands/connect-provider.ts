import type { ProviderName } from '../facade.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply.mailbox.connect');
const EXIT_USAGE = 2;

/** The flags that make sense for one provider only. */
const FLAGS_OF: Readonly<Record<ProviderName, readonly string[]>> = {
  imap: ['host', 'port', 'user', 'starttls', 'ca-file', 'exclude-folder', 'password-stdin'],
  gmail: [
    ...['service-account-file', 'client-id', 'client-secret-file', 'poll-seconds'],
    ...['root-url', 'token-url', 'auth-url'],
  ],
};

/** Flags that mean nothing without another one. */
const NEEDS: readonly (readonly [flag: string, needed: string])[] = [
  ['client-secret-file', 'client-id'],
  ['auth-url', 'client-id'],
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
  const [imap] = given(flags, 'imap');
  const [gmail] = given(flags, 'gmail');
  const named = flags['provider'] as ProviderName | undefined;
  if (named === 'imap' && gmail !== undefined) throw combination(`--${gmail}`, '--provider imap');
  if (named === 'gmail' && imap !== undefined) throw combination(`--${imap}`, '--provider gmail');
  if (imap !== undefined && gmail !== undefined) throw combination(`--${imap}`, `--${gmail}`);
  if (named !== undefined) return named;
  if (imap !== undefined) return 'imap';
  if (gmail !== undefined) return 'gmail';
  throw messages.createError('error.missingProvider', [], [], EXIT_USAGE);
}

function given(flags: Readonly<Record<string, unknown>>, provider: ProviderName): readonly string[] {
  return FLAGS_OF[provider].filter((name) => flags[name] !== undefined && flags[name] !== false);
}

function combination(one: string, other: string): Error {
  return messages.createError('error.incompatibleFlags', [one, other], [one, other], EXIT_USAGE);
}
