import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, Sql, SqlValue } from './database.ts';
import { lockFolder } from './folder-lock.ts';
import { DatabaseOutage, openOutageGate } from './outage-gate.ts';
import { openPgliteEngine, type PgliteSession, type PgliteTransaction } from './pglite-engine.ts';
import { isDiskFull, storeErrorOf } from './sql-failure.ts';
import { StoreError } from './store-error.ts';
import { storableText } from './storable.ts';

const MIB = 2 ** 20;
/** What has to be free before work goes on after a full disk: two files of Postgres's log. */
const ROOM_BYTES = 32 * MIB;
/** A checkpoint follows when so much of the log has been written since the last one, looked at every so many turns. */
const CHECKPOINT_BYTES = 64 * MIB;
const CHECKPOINT_TURNS = 100;

/**
 * Opens the embedded database in this folder, creating it when it is new. The folder belongs to this process alone
 * until `close` or the end of the process. Rejects with a `StoreError` at once when another process has it.
 */
export async function openPgliteDatabase(folder: string): Promise<Database> {
  const lock = lockFolder(folder);
  try {
    return await databaseIn(folder, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function databaseIn(folder: string, release: () => void): Promise<Database> {
  const files = join(folder, 'postgres');
  // A process that is killed while it looks for room leaves there what it wrote.
  const removed = rm(roomIn(folder), { force: true });
  let engine = await removed
    .then(() => openPgliteEngine(files))
    .catch((error: unknown) => {
      throw openingError(folder, error);
    });
  const gate = openOutageGate({
    outageOf: (error) => outageOf(folder, engine.endedBy(), error),
    recover: async () => {
      await requireRoom(folder);
      if (engine.endedBy() === undefined) return;
      engine.abandon();
      engine = await openPgliteEngine(files);
    },
  });
  const inTurn = turnstile();
  const turn = <T>(work: (pglite: PgliteSession) => Promise<T>): Promise<T> =>
    inTurn(() => gate.pass(() => work(engine.pglite)));
  const isTurnToLook = every(CHECKPOINT_TURNS);
  const statement = <T>(work: (pglite: PgliteSession) => Promise<T>): Promise<T> => {
    const done = turn(work);
    // By itself it comes at the end alone: a checkpoint is the work of a process that PGlite does not have.
    if (isTurnToLook()) turn(checkpointIfDue).catch(() => undefined);
    return done;
  };
  const guarded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw storeErrorOf(`The database in ${folder}`, error);
    });
  return {
    engine: 'pglite',
    query: (text, values) => guarded(statement((pglite) => sqlOn(pglite).query(text, values))),
    execute: (script) => guarded(statement((pglite) => sqlOn(pglite).execute(script))),
    transaction: (work) => guarded(statement((pglite) => pglite.transaction((tx) => work(sqlOn(tx))))),
    executeSql: (text, values) => statement((pglite) => executeSql(pglite, text, values ?? [])),
    onOutage: (listener) => gate.subscribe(listener),
    close: async () => {
      await gate.close();
      await guarded(
        inTurn(async () => (engine.endedBy() === undefined ? engine.pglite.close() : engine.abandon())),
      ).finally(release);
    },
  };
}

function openingError(folder: string, error: unknown): StoreError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError(`The database in ${folder} cannot be opened: ${reason}.`, [
    'Check that this user may write there and that the disk has room.',
    'If another version of the connector has made the folder, start that version.',
  ]);
}

/** A full disk is an outage also where Postgres has borne it: the next write of its log would end it. */
function outageOf(folder: string, endedBy: string | undefined, error: unknown): DatabaseOutage | undefined {
  if (endedBy === undefined && !isDiskFull(error)) return undefined;
  const reason = endedBy ?? 'no space is left on its disk';
  return new DatabaseOutage(`The database in ${folder} cannot be used: ${reason}.`, [
    `If the disk is full, free ${ROOM_BYTES / MIB} MB or more of it.`,
    'Nothing is lost, and the work goes on by itself within seconds, without a restart.',
  ]);
}

const roomIn = (folder: string): string => join(folder, 'room');

/** Rejects while the disk does not take what is written. Asking for the free space would not tell of quotas. */
async function requireRoom(folder: string): Promise<void> {
  const file = roomIn(folder);
  try {
    await writeFile(file, Buffer.alloc(ROOM_BYTES, 1), { flush: true });
  } finally {
    await rm(file, { force: true });
  }
}

/** Keeps the log, and with it the time to open the database after a crash, from growing without end. */
async function checkpointIfDue(pglite: PgliteSession): Promise<void> {
  const { rows } = await pglite.query<{ due: boolean }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) > ${CHECKPOINT_BYTES} as due
     from pg_control_checkpoint()`,
  );
  if (rows[0]?.due === true) await pglite.exec('checkpoint');
}

/** Answers true at each such call. */
function every(calls: number): () => boolean {
  let count = 0;
  return () => {
    count += 1;
    return count % calls === 0;
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

function sqlOn(session: PgliteSession | PgliteTransaction): Sql {
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
async function executeSql(pglite: PgliteSession, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  try {
    if (values.length > 0) return await pglite.query<unknown>(text, values);
    return { rows: (await pglite.exec(text)).flatMap((result) => result.rows) };
  } catch (error) {
    await pglite.exec('rollback');
    throw error;
  }
}
