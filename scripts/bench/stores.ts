import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../connector/src/store/database.ts';
import { openPgliteDatabase } from '../../connector/src/store/pglite-database.ts';
import { openPostgresDatabase } from '../../connector/src/store/postgres-database.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { pulledRegistration } from '../../connector/src/track/registration.ts';
import { startPostgresql } from '../../test/servers/postgresql.ts';
import type { Surroundings } from './benchmark.ts';
import { RECEIVED_AT, trackedMail } from './sample-mail.ts';

const REGISTRATIONS_AT_ONCE = 5000;

/** An empty database on a real server, with fsync on. */
export async function openPostgresql({ belongings }: Surroundings): Promise<Database> {
  const database = await openPostgresDatabase(await (await startPostgresql()).createDatabase());
  belongings.defer(() => database.close());
  return database;
}

/** The embedded database in a folder of its own. */
export async function openPglite({ belongings }: Surroundings): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'reply-tracking-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const database = await openPgliteDatabase(folder);
  belongings.defer(() => database.close());
  return database;
}

/** Lets the store know the tracked mails from number 0 on. */
export async function registerTracked(store: Store, count: number): Promise<void> {
  for (let first = 0; first < count; first += REGISTRATIONS_AT_ONCE) {
    const length = Math.min(REGISTRATIONS_AT_ONCE, count - first);
    const mails = Array.from({ length }, (_, place) => trackedMail(first + place));
    await store.register(
      mails.map((mail) => pulledRegistration(mail, (id) => store.digest(id))),
      RECEIVED_AT,
    );
  }
}

/** The engine and its version. */
export async function engineOf(database: Database): Promise<string> {
  const rows = await database.query<{ server_version: string }>('show server_version');
  // Debian adds the version of its package.
  return `${database.engine} ${rows[0]?.server_version.split(' ')[0] ?? ''}`;
}
