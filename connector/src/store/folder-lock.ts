import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './store-error.ts';

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process alone, or throws a `StoreError` at once. The lock is an exclusive transaction of
 * SQLite on an empty file: the operating system's own file lock, on Linux, macOS and Windows, in Node without a native
 * addon. It ends with the process however that ends, so there is no stale lock to clear, and it is no matter of
 * process ids, which two containers on one volume would not share. Not for network drives without file locks.
 */
export function lockFolder(folder: string): FolderLock {
  let file: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    file = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
    file.exec('pragma journal_mode = memory; begin exclusive');
    const held = file;
    return { release: () => held.close() };
  } catch (error) {
    file?.close();
    throw refusal(folder, error);
  }
}

/** Another process holds the folder. */
export class FolderInUse extends StoreError {}

function refusal(folder: string, error: unknown): StoreError {
  if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) {
    return new FolderInUse(`The data folder ${folder} is in use by another process.`, [
      'Stop the connector that is running on this folder, or name another folder.',
      'For more than one process use a PostgreSQL server: set DATABASE_URL.',
    ]);
  }
  return new StoreError(`The data folder ${folder} cannot be used: ${String(error)}`, [
    'Check that it is a folder, that this user may write there and that the drive supports file locks.',
  ]);
}
