import { setTimeout } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import type { Database, Sql, SqlValue } from './database.ts';
import { DatabaseOutage, openOutageGate } from './outage-gate.ts';
import { isDiskFull, isReadOnly, isRepeatable, storeErrorOf } from './sql-failure.ts';
import { StoreError } from './store-error.ts';
import { storableText } from './storable.ts';

/** How often a transaction is run again after a deadlock or a serialisation failure before the caller hears of it. */
const ATTEMPTS = 5;

/**
 * A stopped process (SIGSTOP, a sleeping laptop) must not keep its row locks from the others: the server ends its
 * transaction after this time, and the fence refuses what the process tries when it wakes.
 */
const IDLE_IN_TRANSACTION_MS = 60_000;

/**
 * Connects to a PostgreSQL server (15 or newer) by URL. Connections come from a pool and are made anew when the server
 * was away. Rejects with a `StoreError` that names host, port and database, never the password.
 */
export async function openPostgresDatabase(url: string): Promise<Database> {
  const place = placeOf(url);
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    application_name: 'reply-tracking',
    // Compiling a statement costs more than any of ours takes, and the server does it when it overrates a new table.
    options: '-c jit=off',
    keepAlive: true,
  });
  // A connection that breaks is dropped by the pool; the next statement makes a new one and reports if it cannot. What
  // it says as it breaks is an event that would end the process if nobody listened, of the pool while it is idle and of
  // the connection between two statements, or where the farewell comes in one packet with the answer before it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database = databaseOn(pool, place);
  try {
    await database.query('select 1');
    return database;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) {
    throw new StoreError('DATABASE_URL is not a URL.', ['Write it as postgres://user:password@host:5432/database.']);
  }
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = hostname === '' ? (searchParams.get('host') ?? 'localhost') : hostname;
  return `PostgreSQL at ${host}:${port === '' ? '5432' : port}, database ${decodeURIComponent(pathname.slice(1))},`;
}

function databaseOn(pool: Pool, place: string): Database {
  const gate = openOutageGate({
    outageOf: (error) => outageOf(place, error),
    recover: () => requireWrites(pool, place),
  });
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    gate.pass(work).catch((error: unknown) => {
      throw storeErrorOf(place, error);
    });
  return {
    engine: 'postgres',
    query: (statement, values) => guarded(() => sqlOn(pool).query(statement, values)),
    execute: (script) => guarded(() => sqlOn(pool).execute(script)),
    transaction: (work) => guarded(() => repeated(() => inTransaction(pool, work))),
    executeSql: (text, values) => gate.pass(() => executeSql(pool, text, values)),
    onOutage: (listener) => gate.subscribe(listener),
    close: async () => {
      await gate.close();
      await pool.end();
    },
  };
}

function outageOf(place: string, error: unknown): DatabaseOutage | undefined {
  if (isReadOnly(error)) {
    return new DatabaseOutage(`${place} cannot be used: the server takes no writes.`, [
      'Point DATABASE_URL at the primary server, or let this one be promoted.',
      'Nothing is lost, and the work goes on by itself within seconds, without a restart, once it does.',
    ]);
  }
  if (!isDiskFull(error)) return undefined;
  return new DatabaseOutage(`${place} cannot be used: no space is left on the disk of the server.`, [
    'Free disk space on the server, or give the database a larger disk.',
    'Nothing is lost, and the work goes on by itself within seconds, without a restart.',
  ]);
}

/** Some megabytes that are written and dropped again. What is no outage is for those who ask. */
async function requireWrites(pool: Pool, place: string): Promise<void> {
  const script =
    'begin; create temporary table room as select md5(n::text) from generate_series(1, 100000) n; rollback';
  await executeSql(pool, script, undefined).catch((error: unknown) => {
    if (outageOf(place, error) !== undefined) throw error;
  });
}

async function repeated<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === ATTEMPTS || !isRepeatable(error)) throw error;
      await setTimeout(10 * 2 ** tries * Math.random());
    }
  }
}

function inTransaction<T>(pool: Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query('begin isolation level read committed');
    const result = await work(sqlOn(client));
    await client.query('commit');
    return result;
  });
}

/** Rolls back whatever the work has left open when it fails. */
async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    await rollBack(client, error);
    throw error;
  }
}

/**
 * Rolls back; a connection that cannot even do that is thrown away, and so is one to a server that takes no writes: the
 * next may lead to another server, or to this one promoted.
 */
async function rollBack(client: PoolClient, error: unknown): Promise<void> {
  const broken = await client.query('rollback').then(
    () => false,
    () => true,
  );
  client.release(broken || isReadOnly(error));
}

function sqlOn(session: Pool | PoolClient): Sql {
  return {
    query: async <Row>(statement: string, values: readonly SqlValue[] = []) => {
      const { rows } = await session.query<Row & Record<string, unknown>>(statement, values.map(parameter));
      return rows;
    },
    execute: async (script) => {
      await session.query(script);
    },
  };
}

function parameter(value: SqlValue): SqlValue {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map((item: string) => storableText(item)) : value;
}

/**
 * A script gives one result for each of its statements; pg-boss reads their rows as one list. A script that opens a
 * transaction and fails inside is rolled back, before its session serves others.
 */
async function executeSql(pool: Pool, text: string, values: unknown[] | undefined): Promise<{ rows: unknown[] }> {
  return withClient(pool, async (client) => {
    const result: { rows: unknown[] } | { rows: unknown[] }[] = await client.query(text, values);
    return { rows: [result].flat().flatMap(({ rows }) => rows) };
  });
}
