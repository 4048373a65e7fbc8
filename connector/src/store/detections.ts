import type { Sql } from './database.ts';
import { storableInstant } from './storable.ts';
import type { DeliveredReply } from './store.ts';

interface Row {
  readonly key: string;
  readonly record_id: string | null;
  readonly trace: string | null;
  readonly provider: string | null;
  readonly seconds: number | null;
}

/**
 * Notes how long the replies of these outbox items took. What was received before its mailbox had been read to its end
 * for the first time was waiting there already and says nothing about that.
 */
export async function recordDetections(tx: Sql, items: readonly string[], at: Date): Promise<DeliveredReply[]> {
  if (items.length === 0) return [];
  const rows = await tx.query<Row>(
    `with told as (
       select o.key, o.record_id, o.trace, b.id, b.provider,
         case when o.received_at >= b.live_since
           then extract(epoch from greatest($2::timestamptz - o.received_at, interval '0'))::real end as seconds
       from outbox o left join matched_message m on m.digest = o.answer left join mailbox b on b.id = m.mailbox_id
       where o.id = any($1::bigint[]) and o.type = 'Task' and o.state = 'delivered'
     ), kept as (
       insert into detection (mailbox_id, at, seconds) select id, $2::timestamptz, seconds from told where seconds is not null
     )
     select key, record_id, trace, provider, seconds from told order by key`,
    [items, storableInstant(at)],
  );
  return rows.map(({ key, record_id, trace, provider, seconds }) => ({
    replyKey: key,
    ...{ recordId: record_id ?? undefined, trace: trace ?? undefined },
    ...{ provider: provider ?? undefined, seconds: seconds ?? undefined },
  }));
}

/** SQL: the median and the 95th percentile of the seconds of a mailbox, of the thousand that are latest. */
export function detectionFigures(mailboxId: string): string {
  return `(select percentile_disc(0.5) within group (order by seconds) as p50,
      percentile_disc(0.95) within group (order by seconds) as p95
    from (select seconds from detection where mailbox_id = ${mailboxId} order by at desc limit 1000) latest)`;
}
