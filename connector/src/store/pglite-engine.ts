import { PGlite, type Transaction } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

/** As much of PGlite's Emscripten module as is used here; PGlite 0.5.16 gives it to `preRun`. */
interface EmscriptenModule {
  readonly FS: {
    readonly ErrnoError: new (code: number) => Error;
    readonly streams: readonly (EmscriptenStream | null | undefined)[];
  };
  readonly NODEFS: {
    readonly stream_ops: { fsync?: (stream: EmscriptenStream) => number };
    convertNodeCode: (error: { readonly code: string }) => number;
    realPath(node: unknown): string;
  };
}
interface EmscriptenStream {
  /** The file's descriptor in Node; absent for a folder. */
  readonly nfd?: number;
  readonly node: unknown;
}

/** What PGlite 0.5.16 calls of its WebAssembly for each message (`execProtocolRawSync` of its pglite.ts). */
type EngineCalls = Record<
  | 'stackSave'
  | 'stackRestore'
  | '_PostgresMainLoopOnce'
  | '_PostgresMainLongJmp'
  | '_PostgresSendReadyForQueryIfNecessary',
  (...given: unknown[]) => unknown
>;

/** In the numbering of WASI (wasi_snapshot_preview1, errno), which Emscripten uses. */
const EIO = 29;

/** The status with which Postgres leaves a statement that has failed in the ordinary way; `POSTGRES_MAIN_LONGJMP` there. */
const STATEMENT_FAILED = 100;

/** PGlite starts Postgres with -F (fsync off); without it and with a working fsync a commit is on the disk. */
const DURABLE_START = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
];

/**
 * V8 optimizes a function of Postgres when it has run so many bytes of it, 13 million unless told. As it starts that
 * takes it more than half of all the processor time, for functions that are hardly called again.
 */
const OPTIMIZE_AFTER_BYTES = 100_000_000;

/** Faults of a disk, by the code that Node gives them. */
const DISK_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'the disk quota of its user is used up',
  EIO: 'its disk fails (EIO)',
};

/** The one session of an engine, and a transaction in it. */
export type PgliteSession = PGlite;
export type PgliteTransaction = Transaction;

/** Postgres in this process. */
export interface PgliteEngine {
  readonly pglite: PgliteSession;
  /**
   * What has ended it, in words, or undefined while it lives. Postgres ends (PANIC) when it cannot write its log, as
   * on a full disk: what is in memory is then no longer what is on the disk.
   */
  endedBy(): string | undefined;
  /** Closes the files of one that has ended, without asking it anything, once; its memory is freed as garbage. */
  abandon(): void;
}

/** Opens Postgres on this folder, creating it when it is new. Rejects with an Error that names a fault of the disk. */
export async function openPgliteEngine(folder: string): Promise<PgliteEngine> {
  setFlagsFromString(`--wasm-tiering-budget=${OPTIMIZE_AFTER_BYTES}`);
  const files = durableFiles(folder);
  try {
    const pglite = await PGlite.create({ fs: files.system, startParams: DURABLE_START });
    const life = watchLife(pglite.Module as unknown as EngineCalls, files);
    return { pglite, endedBy: () => life.endedBy, abandon: () => files.close() };
  } catch (error) {
    files.close();
    const fault = files.fault ?? (error instanceof Error ? error.message : 'its file system fails');
    throw new Error(fault, { cause: error });
  }
}

/**
 * Notices the end of Postgres, and keeps PGlite from going on with what is left of it. PGlite drops an exception that
 * is no failed statement and sends the next message, in which Postgres waits for its own locks without end and the
 * whole process with it.
 */
function watchLife(engine: EngineCalls, files: DurableFiles): { readonly endedBy: string | undefined } {
  let end: { readonly words: string; readonly error: unknown } | undefined;
  const mortal = (call: EngineCalls[keyof EngineCalls]) => (): unknown => {
    files.fault = undefined;
    try {
      return call();
    } catch (error) {
      if (!hasStatementFailed(error)) {
        const words = error instanceof Error ? error.message : String(error);
        end = { words: files.fault ?? `Postgres has ended (${words})`, error };
      }
      throw error;
    }
  };
  const whileAlive =
    (call: EngineCalls[keyof EngineCalls]) =>
    (...given: unknown[]): unknown => {
      if (end !== undefined) throw end.error;
      return call(...given);
    };
  engine._PostgresMainLoopOnce = mortal(engine._PostgresMainLoopOnce);
  engine._PostgresMainLongJmp = mortal(engine._PostgresMainLongJmp);
  for (const name of ['stackSave', 'stackRestore', '_PostgresSendReadyForQueryIfNecessary'] as const) {
    engine[name] = whileAlive(engine[name]);
  }
  return {
    get endedBy() {
      return end?.words;
    },
  };
}

function hasStatementFailed(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && error.status === STATEMENT_FAILED;
}

/** PGlite's files on this machine's disk, with the fsync that its file system lacks (electric-sql/pglite#1107). */
interface DurableFiles {
  readonly system: NodeFS;
  /** The last fault of the disk, in words; whoever wants to know what a call met clears it before. */
  fault: string | undefined;
  /** Closes what is open, once. */
  close(): void;
}

function durableFiles(folder: string): DurableFiles {
  const system = new NodeFS(folder);
  let emscripten: EmscriptenModule | undefined;
  const files: DurableFiles = {
    system,
    fault: undefined,
    close: () => {
      const open = new Set(emscripten?.FS.streams.flatMap((stream) => stream?.nfd ?? []));
      // Another time the same numbers could be files or connections of somebody else.
      emscripten = undefined;
      for (const descriptor of open) closeSync(descriptor);
    },
  };
  const init = system.init.bind(system);
  system.init = async (pglite, options) => {
    const { emscriptenOpts } = await init(pglite, options);
    const prepare = (module: unknown): void => {
      emscripten = module as EmscriptenModule;
      addFsync(emscripten, files);
      noteFaults(emscripten, files);
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), prepare] } };
  };
  return files;
}

function addFsync({ FS, NODEFS }: EmscriptenModule, files: DurableFiles): void {
  NODEFS.stream_ops.fsync = (stream) => {
    if (synced(stream.nfd, () => NODEFS.realPath(stream.node))) return 0;
    files.fault = DISK_FAULTS['EIO'];
    throw new FS.ErrnoError(EIO);
  };
}

function noteFaults({ NODEFS }: EmscriptenModule, files: DurableFiles): void {
  const convert = NODEFS.convertNodeCode;
  NODEFS.convertNodeCode = (error) => {
    files.fault = DISK_FAULTS[error.code] ?? files.fault;
    return convert(error);
  };
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
