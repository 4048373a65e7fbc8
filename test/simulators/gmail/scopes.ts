const PREFIX = 'https://www.googleapis.com/auth/';

/** A scope by its short name, as Google's documentation calls it; `full` is https://mail.google.com/. */
export type Scope =
  'full' | 'gmail.modify' | 'gmail.readonly' | 'gmail.metadata' | 'gmail.compose' | 'gmail.send' | 'gmail.labels';

/** What a token was granted: the scopes' full addresses or their short names. */
export function parseScopes(scopes: readonly string[]): ReadonlySet<Scope> {
  return new Set(scopes.map(shortScope));
}

function shortScope(scope: string): Scope {
  if (scope === 'https://mail.google.com/' || scope === 'full') return 'full';
  const name = scope.startsWith(PREFIX) ? scope.slice(PREFIX.length) : scope;
  if (!KNOWN.has(name)) throw new Error(`The Gmail simulator does not know the scope ${scope}.`);
  return name as Scope;
}

const KNOWN: ReadonlySet<string> = new Set([
  'gmail.modify',
  'gmail.readonly',
  'gmail.metadata',
  'gmail.compose',
  'gmail.send',
  'gmail.labels',
]);

/** Scopes with which messages may be listed and their header fields read. */
export const READING: readonly Scope[] = ['full', 'gmail.modify', 'gmail.readonly', 'gmail.metadata'];
export const PROFILE: readonly Scope[] = [...READING, 'gmail.compose'];
export const LABELS: readonly Scope[] = [...READING, 'gmail.labels'];
export const SENDING: readonly Scope[] = ['full', 'gmail.modify', 'gmail.compose', 'gmail.send'];
export const MODIFYING: readonly Scope[] = ['full', 'gmail.modify'];
export const DELETING: readonly Scope[] = ['full'];
