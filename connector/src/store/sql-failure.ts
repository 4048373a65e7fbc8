import { StoreError } from './store-error.ts';

/** SQLSTATEs after which the whole transaction may simply be run again: serialisation failure, deadlock. */
const REPEATABLE = new Set(['40001', '40P01']);

/** What to do about an SQLSTATE, or about a class of them (its first two characters). */
const ACTIONS: Readonly<Record<string, string>> = {
  '08': 'Check that PostgreSQL is running and reachable, then try again; work resumes where it stopped.',
  '28': 'Check the user and the password in DATABASE_URL.',
  '3D': 'Create the database first, or correct its name in DATABASE_URL.',
  '42501': 'Give the user of DATABASE_URL the right to create tables and schemas in this database.',
  '53': 'Free disk space or connections of the database; nothing was lost, and work resumes where it stopped.',
  '57': 'Check that PostgreSQL is running and reachable, then try again; work resumes where it stopped.',
  '25006': 'Point DATABASE_URL at the primary server: this one is read-only.',
};

const UNREACHABLE = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EPIPE',
  'ENOENT',
  'EHOSTUNREACH',
];

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return UNREACHABLE.includes(code) ? '08006' : code;
  return error instanceof Error && /connection|timeout/i.test(error.message) ? '08006' : '';
}

/** True when the transaction that failed may be run again as a whole. */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(codeOf(error));
}

/** True when the disk of the database had no room for what was to be written (disk_full). */
export function isDiskFull(error: unknown): boolean {
  return codeOf(error) === '53100';
}

/** True when the server takes no writes: a standby, or a primary that was set so (read_only_sql_transaction). */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === '25006';
}

/**
 * The failure of a statement or a connection as a person can act on it. `place` names the database without secrets.
 * The database's own words are left out when they quote a value (class 22): values hold header text of strangers.
 */
export function storeErrorOf(place: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const words = error instanceof Error && error.message !== '' && !code.startsWith('22') ? `: ${error.message}` : '';
  const state = code === '' ? '' : ` (${code})`;
  const action =
    ACTIONS[code] ?? ACTIONS[code.slice(0, 2)] ?? 'Report this with the code above: the statement is at fault.';
  return new StoreError(`${place} cannot be used${state}${words}`, [action]);
}
