import type { Sql } from './database.ts';
import type { PullPosition } from './store.ts';

/** The kinds of Salesforce rows that are pulled. */
export type PullSource = 'TrackedEmail' | 'CampaignStatus';

export async function savePullPosition(
  tx: Sql,
  source: PullSource,
  { systemModstamp, id }: PullPosition,
): Promise<void> {
  await tx.query(
    `insert into pull_position (source, system_modstamp, record_id) values ($1, $2, $3)
     on conflict (source) do update set system_modstamp = excluded.system_modstamp, record_id = excluded.record_id`,
    [source, systemModstamp, id],
  );
}

export async function readPullPosition(sql: Sql, source: PullSource): Promise<PullPosition | undefined> {
  const rows = await sql.query<PullPosition>(
    `select system_modstamp as "systemModstamp", record_id as id from pull_position where source = $1`,
    [source],
  );
  return rows[0];
}
