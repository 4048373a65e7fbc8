import { PGlite, type Transaction } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Sql, SqlValue } from './database.ts';
import { lockFolder } from './folder-lock.ts';
import { storeErrorOf } from './sql-failure.ts';
import { StoreError } from './store-error.ts';
import { storableText } from './storable.ts';

/** As much of Emscripten's file system as the fsync below needs; PGlite 0.5.16 gives it to `preRun`. */
interface EmscriptenModule {
  readonly FS: { readonly ErrnoError: new (code: number) => Error };
  readonly NODEFS: {
    readonly stream_ops: { fsync?: (stream: EmscriptenStream) => number };
    realPath(node: unknown): string;
  };
}
interface EmscriptenStream {
  /** The file's descriptor in Node; absent for a folder. */
  readonly nfd?: number;
  readonly node: unknown;
}

/** In the numbering of WASI (wasi_snapshot_preview1, errno), which Emscripten uses. */
const ENOSPC = 51;
const EIO = 29;

/** PGlite starts Postgres with -F (fsync off); without it and with a working fsync a commit is on the disk. */
const DURABLE_START = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
];

/**
 * Opens the embedded database in this folder, creating it when it is new. The folder belongs to this process alone
 * until `close` or the end of the process. Rejects with a `StoreError` at once when another process has it.
 */
export async function openPgliteDatabase(folder: string): Promise<Database> {
  const lock = lockFolder(folder);
  const place = `The database in ${folder}`;
  try {
    const pglite = await PGlite.create({ fs: durableFiles(join(folder, 'postgres')), startParams: DURABLE_START });
    return databaseOn(pglite, place, () => lock.release());
  } catch (error) {
    lock.release();
    throw openingError(folder, error);
  }
}

function openingError(folder: string, error: unknown): StoreError {
  return new StoreError(`The database in ${folder} cannot be opened: ${openingFault(error)}`, [
    'Check that this user may write there and that the disk has room.',
    'If another version of the connector has made the folder, start that version.',
  ]);
}

/** Emscripten throws what is no Error: an error number of WASI, of which 51 is ENOSPC. */
function openingFault(error: unknown): string {
  if (error instanceof Error) return error.message;
  const errno = typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
  if (errno === ENOSPC) return 'no space is left on the disk.';
  return `the file system failed${typeof errno === 'number' ? ` (error ${errno} of WASI)` : ''}.`;
}

/** PGlite's files on this machine's disk, with the fsync that its file system lacks (electric-sql/pglite#1107). */
function durableFiles(folder: string): NodeFS {
  const files = new NodeFS(folder);
  const init = files.init.bind(files);
  files.init = async (pglite, options) => {
    const { emscriptenOpts } = await init(pglite, options);
    const addFsync = (module: unknown): void => {
      const { FS, NODEFS } = module as EmscriptenModule;
      NODEFS.stream_ops.fsync = (stream) => {
        if (synced(stream.nfd, () => NODEFS.realPath(stream.node))) return 0;
        throw new FS.ErrnoError(EIO);
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } };
  };
  return files;
}

/** Syncs a file, or a folder where the operating system lets one be opened (Windows does not). */
function synced(descriptor: number | undefined, folder: () => string): boolean {
  if (descriptor === undefined && process.platform === 'win32') return true;
  try {
    const open = descriptor ?? openSync(folder(), 'r');
    fsyncSync(open);
    if (descriptor === undefined) closeSync(open);
    return true;
  } catch {
    return false;
  }
}

function databaseOn(pglite: PGlite, place: string, release: () => void): Database {
  const inTurn = turnstile();
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    inTurn(work).catch((error: unknown) => {
      throw storeErrorOf(place, error);
    });
  return {
    engine: 'pglite',
    query: (statement, values) => guarded(() => sqlOn(pglite).query(statement, values)),
    execute: (script) => guarded(() => sqlOn(pglite).execute(script)),
    transaction: (work) => guarded(() => pglite.transaction((tx) => work(sqlOn(tx)))),
    executeSql: (text, values) => inTurn(() => executeSql(pglite, text, values ?? [])),
    close: () => guarded(() => pglite.close()).finally(release),
  };
}

/** Lets one piece of work run at a time, in the order of arrival: PGlite has one session, which a script can leave open. */
function turnstile(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
}

function sqlOn(session: PGlite | Transaction): Sql {
  return {
    query: async <Row>(statement: string, values: readonly SqlValue[] = []) =>
      (await session.query<Row>(statement, values.map(parameter))).rows,
    execute: async (script) => {
      await session.exec(script);
    },
  };
}

function parameter(value: SqlValue): SqlValue {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map((item: string) => storableText(item)) : value;
}

/** A script of pg-boss may open a transaction and fail inside; the next statement then needs a fresh session. */
async function executeSql(pglite: PGlite, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  try {
    if (values.length > 0) return await pglite.query<unknown>(text, values);
    return { rows: (await pglite.exec(text)).flatMap((result) => result.rows) };
  } catch (error) {
    await pglite.exec('rollback');
    throw error;
  }
}
