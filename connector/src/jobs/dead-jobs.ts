import type { Queue } from './jobs.ts';

/** Where the job engine puts what has failed so often in a row that it is not tried again until something wakes it. */
export const DEAD_QUEUE = 'dead';

/** Work that was given up until it is woken again. */
export interface DeadJob {
  readonly queue: Queue;
  readonly key: string;
  /** The words of its last failure. */
  readonly reason: string;
  readonly at: Date;
}

interface Readable {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * Work that was given up after this instant, latest first, at most a hundred rows. Needs no job engine that runs: none
 * are found in a database that never had one.
 */
export async function readDeadJobs(database: Readable, since: Date): Promise<DeadJob[]> {
  const [engine] = await database.query<{ present: boolean }>(
    `select to_regclass('pgboss.job') is not null as present`,
  );
  if (engine?.present !== true) return [];
  return database.query<DeadJob>(
    `select source_name as queue, data ->> 'key' as key, created_on as at,
       coalesce(source_output ->> 'message', source_output -> 'value' ->> 'message', '') as reason
     from pgboss.job where name = $1 and created_on > $2::timestamptz order by created_on desc limit 100`,
    [DEAD_QUEUE, since.toISOString()],
  );
}
