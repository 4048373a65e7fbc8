import type { Database, Sql } from './database.ts';
import { expireDetections } from './detections.ts';
import { countRemoved } from './message-counts.ts';
import { storableInstant } from './storable.ts';
import { expireWaiting } from './waiting-messages.ts';

/**
 * Forgets what has expired. A mail that Salesforce does not have yet is kept beyond its time, ids and all. On PGlite,
 * which has no autovacuum, the room of deleted rows is reclaimed as well.
 */
export async function expire(database: Database, at: Date): Promise<number> {
  const forgotten = await database.transaction(async (tx) => {
    const waiting = await expireWaiting(tx, at);
    await countRemoved(tx, waiting);
    await expireDetections(tx, at);
    const mails = await forget(
      tx,
      `delete from tracked_mail m where expires_at <= $1 and not exists (
         select from outbox o where o.type = 'TrackedEmail' and o.key = m.message_key and o.state <> 'delivered')`,
      at,
    );
    return waiting.decided + waiting.undecided + mails;
  });
  if (database.engine === 'pglite') await database.execute('vacuum analyze');
  return forgotten;
}

async function forget(tx: Sql, statement: string, at: Date): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    `with gone as (${statement} returning 1) select count(*)::integer as count from gone`,
    [storableInstant(at)],
  );
  return rows[0]?.count ?? 0;
}
