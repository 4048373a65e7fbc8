import type { Sql } from './database.ts';
import { readUnhalted } from './latches.ts';
import { storableInstant } from './storable.ts';

/** How far reading, writing and what they share have come at an instant, for metrics. */
export interface StoreFigures {
  readonly mailboxes: readonly {
    readonly provider: string;
    readonly state: 'active' | 'failing' | 'reconnect' | 'reading';
    readonly count: number;
    /** Of the one that was read to its end longest ago; null when none has been yet. */
    readonly lagSeconds: number | null;
  }[];
  readonly pending: readonly {
    readonly type: 'TrackedEmail' | 'Task';
    readonly count: number;
    readonly oldestSeconds: number;
  }[];
  /** By the error code that the platform's words begin with. */
  readonly dead: readonly { readonly code: string; readonly count: number }[];
  /** Latches that are kept, and the people whom one holds now. */
  readonly latches: { readonly set: number; readonly held: number };
  /** Sequences that go on although a person has answered and the Task is in Salesforce. */
  readonly unhalted: number;
}

export async function readFigures(sql: Sql, at: Date): Promise<StoreFigures> {
  const now = [storableInstant(at)];
  const [latches] = await sql.query<StoreFigures['latches']>(
    `select count(*)::float8 as set, count(distinct person_id) filter (where read_back_at is null)::float8 as held
     from halt_latch`,
  );
  return {
    mailboxes: await sql.query(
      `select provider, case when state = 'reconnect' then 'reconnect' when last_error is not null then 'failing'
           when caught_up_at is null then 'reading' else 'active' end as state, count(*)::float8 as count,
         max(extract(epoch from $1::timestamptz - caught_up_at))::float8 as "lagSeconds"
       from mailbox group by 1, 2 order by 1, 2`,
      now,
    ),
    pending: await sql.query(
      `select type, count(*)::float8 as count,
         greatest(max(extract(epoch from $1::timestamptz - created_at)), 0)::float8 as "oldestSeconds"
       from outbox where state = 'pending' group by 1 order by 1`,
      now,
    ),
    dead: await sql.query(
      `select split_part(coalesce(reason, ''), ':', 1) as code, count(*)::float8 as count
       from outbox where state = 'dead' and dropped_reason is null group by 1 order by 1`,
    ),
    latches: latches!,
    unhalted: (await readUnhalted(sql)).length,
  };
}

/** The version of the schema as it stands, which a newer program may have raised meanwhile. */
export async function readSchemaVersion(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ version: number }>('select max(version) as version from schema_migration');
  return row?.version ?? 0;
}
