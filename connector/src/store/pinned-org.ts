import type { Sql } from './database.ts';
import type { PinnedOrg } from './store.ts';

/**
 * The first org stays; of two processes that start together with different orgs one is told of the other's. Its name may
 * become known later, and changes when it is another by then.
 */
export async function pinOrg(sql: Sql, { id, name }: PinnedOrg): Promise<PinnedOrg> {
  await sql.query(
    'update installation set org_id = $1, org_name = coalesce($2, org_name) where org_id is null or org_id = $1',
    [id, name ?? null],
  );
  return (await readPinnedOrg(sql))!;
}

export async function readPinnedOrg(sql: Sql): Promise<PinnedOrg | undefined> {
  const rows = await sql.query<{ org_id: string; org_name: string | null }>(
    'select org_id, org_name from installation where org_id is not null',
  );
  return rows.map(({ org_id, org_name }) => ({ id: org_id, name: org_name ?? undefined }))[0];
}
