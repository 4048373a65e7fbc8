import { Client } from 'pg';
import { startPostgresql } from '../../test/servers/postgresql.ts';
import type { StoredState } from './ledger-words.ts';

export interface KilledDatabase {
  /** What the service has to be told to use it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Undefined where it cannot be looked into from outside without opening it as the service does. */
  readonly state?: () => Promise<StoredState>;
}

/** A database on a real PostgreSQL server that lives as long as this process. */
export async function postgresqlToKill(): Promise<KilledDatabase> {
  const url = await (await startPostgresql()).createDatabase();
  return { variables: { DATABASE_URL: url }, state: () => readState(url) };
}

async function readState(connectionString: string): Promise<StoredState> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const mailboxes = await client.query<{ address: string; history: string }>(
      "select address, cursor->>'historyId' as history from mailbox where cursor is not null and cursor->'listing' is null",
    );
    const outbox = await client.query<{ from: string }>(
      `select payload->>'from' as "from" from outbox where type = 'Task' and state = 'pending'`,
    );
    const waiting = await client.query<{ reference: string }>('select reference from waiting_message');
    return {
      places: Object.fromEntries(mailboxes.rows.map(({ address, history }) => [address, history])),
      onTheWay: outbox.rows.map(({ from }) => from),
      waiting: waiting.rows.map(({ reference }) => reference),
    };
  } finally {
    await client.end();
  }
}
