import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openPgliteDatabase } from '../../connector/src/store/pglite-database.ts';
import { startMortalPostgresql } from '../../test/servers/postgresql.ts';
import type { StoredState } from './ledger-words.ts';

export interface ServiceDatabase {
  /** What the service has to be told to use it. */
  readonly variables: Readonly<Record<string, string>>;
  /** What is stored at one instant. */
  readonly state: () => Promise<StoredState>;
  /** Kills the database's server and starts it again. */
  readonly killAndRestart?: () => Promise<void>;
  /** Bytes of each table with its indexes, by name. */
  readonly tableSizes?: () => Promise<Readonly<Record<string, number>>>;
}

/** A database on a real PostgreSQL server that lives as long as this process. */
export async function postgresqlToKill(): Promise<ServiceDatabase> {
  const server = await startMortalPostgresql();
  const url = await server.createDatabase();
  return {
    variables: { DATABASE_URL: url },
    state: () => readState(url),
    killAndRestart: async () => {
      await server.kill();
      await server.restart();
    },
    tableSizes: () => readSizes(url),
  };
}

/** The embedded database of a service that has ended; looked at in a copy, so that the next finds it as it was left. */
export function embeddedDatabase(folder: string): ServiceDatabase {
  return {
    variables: {},
    state: async () => {
      const copy = await mkdtemp(join(tmpdir(), 'killed-'));
      try {
        await cp(folder, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
        const database = await openPgliteDatabase(copy);
        return await storedState((statement) => database.query(statement)).finally(() => database.close());
      } finally {
        await rm(copy, { recursive: true });
      }
    },
  };
}

function readState(connectionString: string): Promise<StoredState> {
  return withClient(connectionString, async (client) => {
    await client.query('begin transaction isolation level repeatable read read only');
    return storedState(async (statement) => (await client.query<Record<string, unknown>>(statement)).rows);
  });
}

async function storedState(query: (statement: string) => Promise<unknown[]>): Promise<StoredState> {
  const mailboxes = await query(
    "select address, cursor->>'historyId' as history from mailbox where cursor is not null and cursor->'listing' is null",
  );
  const outbox = await query(`select payload->>'from' as "from" from outbox where type = 'Task' and state = 'pending'`);
  const waiting = await query('select reference from waiting_message');
  return {
    places: Object.fromEntries((mailboxes as Place[]).map(({ address, history }) => [address, history])),
    onTheWay: (outbox as { readonly from: string }[]).map(({ from }) => from),
    waiting: (waiting as { readonly reference: string }[]).map(({ reference }) => reference),
  };
}

interface Place {
  readonly address: string;
  readonly history: string;
}

function readSizes(connectionString: string): Promise<Readonly<Record<string, number>>> {
  return withClient(connectionString, async (client) => {
    const { rows } = await client.query<{ name: string; bytes: string }>(
      `select schemaname || '.' || relname as name, pg_total_relation_size(relid) as bytes from pg_stat_user_tables`,
    );
    return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]));
  });
}

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  // The server may be killed while it is asked; the question fails then, and what the connection says besides is nothing.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
