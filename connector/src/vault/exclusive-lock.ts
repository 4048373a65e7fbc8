import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { keySourceError } from './key-source.ts';

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;
const RETRY_MS = 20;
const PATIENCE_MS = 30_000;

/**
 * Runs work while this process alone holds the lock of this file, which stays empty. The lock is an exclusive
 * transaction of SQLite: the operating system's own file lock, which ends with the process however that ends.
 *
 * @throws ActionableError when the lock cannot be had: another process held it for half a minute, or the folder cannot
 *   be written to.
 */
export async function holdLock<T>(path: string, work: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const lock = await waitForLock(path, Date.now() + patienceMs);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function waitForLock(path: string, deadline: number): Promise<DatabaseSync> {
  for (;;) {
    const lock = tryLock(path);
    if (lock !== undefined) return lock;
    if (Date.now() >= deadline) throw heldByAnother(path);
    await wait(RETRY_MS);
  }
}

/** The lock, or undefined while another holds it. */
function tryLock(path: string): DatabaseSync | undefined {
  let file: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    file = new DatabaseSync(path, { timeout: 0 });
    file.exec('pragma journal_mode = memory; begin exclusive');
    return file;
  } catch (error) {
    file?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return undefined;
    throw keySourceError(`The lock of the master keys, ${path}, cannot be taken: ${String(error)}`, [
      'Check that its folder belongs to this user and can be written to.',
      'Where the folder has to be read-only, give the key by the environment: REPLY_TRACKING_MASTER_KEY.',
    ]);
  }
}

function heldByAnother(path: string): Error {
  return keySourceError(`Another process is changing the master keys and holds ${path}.`, [
    'Wait until it has ended and try again.',
  ]);
}
