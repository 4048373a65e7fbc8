import type { Database, Sql } from './database.ts';
import { FIRST_TABLES } from './migrations/0001-first-tables.ts';
import { OPERATORS } from './migrations/0002-operators.ts';
import { NO_SEEN_MESSAGES } from './migrations/0003-no-seen-messages.ts';
import { FEWER_WAITING_ROWS } from './migrations/0004-fewer-waiting-rows.ts';
import { SECOND_KEYS } from './migrations/0005-second-keys.ts';
import { REPLY_TALLIES } from './migrations/0006-reply-tallies.ts';
import { CONSERVATION } from './migrations/0007-conservation.ts';
import { SWEEPS } from './migrations/0008-sweeps.ts';
import { SERVICES } from './migrations/0009-services.ts';
import { DELIVERY_TURN } from './migrations/0010-delivery-turn.ts';
import { MAILBOX_REPORTS } from './migrations/0011-mailbox-reports.ts';
import { LIVES } from './migrations/0012-lives.ts';
import { PUSH_SUBSCRIPTIONS } from './migrations/0013-push-subscriptions.ts';
import { ERASURE } from './migrations/0014-erasure.ts';
import { HALTED_ENROLMENTS } from './migrations/0015-halted-enrolments.ts';
import { UNHALTED } from './migrations/0016-unhalted.ts';
import { StoreError } from './store-error.ts';

/** One step of the schema. Steps are never changed once they have been released, and there is no way back. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly script: string;
}

/** All steps, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'first-tables', script: FIRST_TABLES },
  { version: 2, name: 'operators', script: OPERATORS },
  { version: 3, name: 'no-seen-messages', script: NO_SEEN_MESSAGES },
  { version: 4, name: 'fewer-waiting-rows', script: FEWER_WAITING_ROWS },
  { version: 5, name: 'second-keys', script: SECOND_KEYS },
  { version: 6, name: 'reply-tallies', script: REPLY_TALLIES },
  { version: 7, name: 'conservation', script: CONSERVATION },
  { version: 8, name: 'sweeps', script: SWEEPS },
  { version: 9, name: 'services', script: SERVICES },
  { version: 10, name: 'delivery-turn', script: DELIVERY_TURN },
  { version: 11, name: 'mailbox-reports', script: MAILBOX_REPORTS },
  { version: 12, name: 'lives', script: LIVES },
  { version: 13, name: 'push-subscriptions', script: PUSH_SUBSCRIPTIONS },
  { version: 14, name: 'erasure', script: ERASURE },
  { version: 15, name: 'halted-enrolments', script: HALTED_ENROLMENTS },
  { version: 16, name: 'unhalted', script: UNHALTED },
];

/** The version that this program brings a database up to. */
export const SCHEMA_VERSION = Math.max(...MIGRATIONS.map(({ version }) => version));

/** Any number will do, as long as every version of this program takes the same lock. */
const LOCK = 5_217_420;

/**
 * Brings the schema up to this program's, in one transaction; of two processes that start together one waits. Rejects
 * with a `StoreError` when a newer program has been here: an older one does not know what its rows mean.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await tx.query('create table if not exists schema_migration (version integer primary key, name text not null)');
    const current = await versionOf(tx);
    const known = Math.max(0, ...migrations.map(({ version }) => version));
    if (current > known) throw newerSchema(current, known);
    for (const migration of migrations.filter(({ version }) => version > current)) await apply(tx, migration);
  });
}

async function versionOf(tx: Sql): Promise<number> {
  const rows = await tx.query<{ version: number }>('select coalesce(max(version), 0) as version from schema_migration');
  return rows[0]?.version ?? 0;
}

async function apply(tx: Sql, { version, name, script }: Migration): Promise<void> {
  await tx.execute(script);
  await tx.query('insert into schema_migration (version, name) values ($1, $2)', [version, name]);
}

function newerSchema(current: number, known: number): StoreError {
  return new StoreError(`The database has schema version ${current}, and this program knows only up to ${known}.`, [
    'Start the newer version of the connector that upgraded this database.',
  ]);
}
