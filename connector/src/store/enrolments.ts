import type { Sql } from './database.ts';
import { storableJson } from './storable.ts';
import type { Enrolment } from './store.ts';

interface Row {
  readonly campaign_status_id: string;
  readonly person_id: string;
  readonly address: string;
  readonly owner_id: string;
  readonly status: string;
}

/** Stores enrolments as pulled; the last row of a CampaignStatus__c in the batch holds. */
export async function saveEnrolments(tx: Sql, enrolments: readonly Enrolment[]): Promise<void> {
  if (enrolments.length === 0) return;
  const latest = new Map(enrolments.map((enrolment) => [enrolment.campaignStatusId, enrolment]));
  await tx.query(
    `insert into enrolment (campaign_status_id, person_id, address, owner_id, status)
     select "campaignStatusId", "personId", address, "ownerId", status from jsonb_to_recordset($1::jsonb)
       as e ("campaignStatusId" text, "personId" text, address text, "ownerId" text, status text)
     order by "campaignStatusId"
     on conflict (campaign_status_id) do update set person_id = excluded.person_id, address = excluded.address,
       owner_id = excluded.owner_id, status = excluded.status`,
    [storableJson([...latest.values()])],
  );
}

export async function readEnrolments(sql: Sql, addresses: readonly string[]): Promise<Enrolment[]> {
  if (addresses.length === 0) return [];
  const rows = await sql.query<Row>(
    `select campaign_status_id, person_id, address, owner_id, status from enrolment
     where address = any($1::text[]) and address <> '' order by campaign_status_id`,
    [addresses],
  );
  return rows.map((row) => ({
    campaignStatusId: row.campaign_status_id,
    personId: row.person_id,
    address: row.address,
    ownerId: row.owner_id,
    status: row.status,
  }));
}
