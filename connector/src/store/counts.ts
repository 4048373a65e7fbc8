import type { Sql } from './database.ts';
import type { StoreCounts } from './store.ts';

export async function readCounts(sql: Sql): Promise<StoreCounts> {
  const rows = await sql.query<Omit<StoreCounts, 'outboxPendingSince'> & { readonly since: Date | null }>(
    `select m.seen, m.matched, w.waiting, o.pending as "outboxPending", o.dead as "outboxDead", o.since
     from (select coalesce(sum(seen_count), 0)::float8 as seen, coalesce(sum(matched_count), 0)::float8 as matched
           from mailbox) m,
          (select count(*)::float8 as waiting from waiting_message) w,
          (select count(*) filter (where state = 'pending')::float8 as pending,
                  count(*) filter (where state = 'dead')::float8 as dead,
                  min(created_at) filter (where state = 'pending') as since from outbox) o`,
  );
  const { since, ...counts } = rows[0]!;
  return { ...counts, outboxPendingSince: since ?? undefined };
}
