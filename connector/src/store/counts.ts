import type { Sql } from './database.ts';
import type { StoreCounts } from './store.ts';

/** One statement, and so one view of the database: at any moment the messages add up. */
export async function readCounts(sql: Sql): Promise<StoreCounts> {
  const rows = await sql.query<Omit<StoreCounts, 'outboxPendingSince'> & { readonly since: Date | null }>(
    `select (m.seen - m.repeated)::float8 as seen, (m.matched - d.messages)::float8 as matched,
       m.not_reply::float8 as "notReply", m.excluded::float8 as excluded, w.waiting,
       (m.dead + d.messages)::float8 as dead, p.items as "outboxPending", d.items as "outboxDead", p.since
     from (select sum(seen_count) as seen, sum(matched_count) as matched, sum(repeated_count) as repeated,
             sum(not_reply_count) as not_reply, sum(excluded_count) as excluded, sum(dead_count) as dead
           from (select seen_count, matched_count, repeated_count, not_reply_count, excluded_count, 0 as dead_count
                 from mailbox
                 union all
                 select seen_count, matched_count, repeated_count, not_reply_count, excluded_count, dead_count
                 from message_count) counted) m,
          (select count(*)::float8 as waiting from waiting_message) w,
          (select count(*)::float8 as items, min(created_at) as since from outbox where state = 'pending') p,
          (select count(*) filter (where dropped_reason is null)::float8 as items,
             count(distinct coalesce(answer::text, key)) filter (where type = 'Task') as messages
           from outbox where state = 'dead') d`,
  );
  const { since, ...counts } = rows[0]!;
  return { ...counts, outboxPendingSince: since ?? undefined };
}
