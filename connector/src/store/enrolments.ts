import type { Sql } from './database.ts';
import { insertFresh } from './fresh-digests.ts';
import { storableJson } from './storable.ts';
import type { Digest, Enrolment } from './store.ts';

interface Row {
  readonly campaign_status_id: string;
  readonly person_id: string;
  readonly address: string;
  readonly owner_id: string;
  readonly status: string;
}

/**
 * Stores enrolments as pulled; the last row of a CampaignStatus__c in the batch holds. Addresses that are new to a
 * sequence are joined with the sent mails that wait for them.
 */
export async function saveEnrolments(
  tx: Sql,
  enrolments: readonly Enrolment[],
  digestOf: (address: string) => Digest,
): Promise<void> {
  if (enrolments.length === 0) return;
  const latest = new Map(
    enrolments.map((enrolment) => [enrolment.campaignStatusId, { ...enrolment, digest: digestOf(enrolment.address) }]),
  );
  await tx.query(
    `with saved as (
       insert into enrolment as before (campaign_status_id, person_id, address, address_digest, owner_id, status)
       select "campaignStatusId", "personId", address, digest, "ownerId", status from jsonb_to_recordset($1::jsonb)
         as e ("campaignStatusId" text, "personId" text, address text, digest uuid, "ownerId" text, status text)
       order by "campaignStatusId"
       on conflict (campaign_status_id) do update set person_id = excluded.person_id, address = excluded.address,
         address_digest = excluded.address_digest, owner_id = excluded.owner_id, status = excluded.status
       where (before.person_id, before.address, before.owner_id, before.status)
         <> (excluded.person_id, excluded.address, excluded.owner_id, excluded.status)
       returning address_digest, status
     )
     ${insertFresh(`select address_digest as digest from saved where status in ('Active', 'Paused')`)}`,
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
