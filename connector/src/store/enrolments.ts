import type { Sql } from './database.ts';
import { insertFresh } from './fresh-digests.ts';
import { storableInstant, storableJson } from './storable.ts';
import type { Digest, Enrolment } from './store.ts';

interface Row {
  readonly campaign_status_id: string;
  readonly person_id: string;
  readonly address: string;
  readonly owner_id: string;
  readonly status: string;
  readonly halted_at: Date | null;
  readonly enrolled_at: Date | null;
  readonly undone_reply_key: string | null;
}

/** SQL: enrolments of whose sequence a mail can be: the person is in it, or was until then. */
export const MAY_HAVE_BEEN_SENT_TO = `(status in ('Active', 'Paused') or halted_at is not null)`;

/** SQL: mails that were sent before this instant are of the sequence. */
export const SENT_UNTIL = `case when status in ('Active', 'Paused') then 'infinity' else halted_at end`;

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
    enrolments.map((enrolment) => [enrolment.campaignStatusId, enrolmentRow(enrolment, digestOf)]),
  );
  await tx.query(
    `with saved as (
       insert into enrolment as before (campaign_status_id, person_id, address, address_digest, owner_id, status,
         halted_at, enrolled_at, undone_reply_key)
       select "campaignStatusId", "personId", address, digest, "ownerId", status, halted, enrolled, "undoneReplyKey"
       from jsonb_to_recordset($1::jsonb) as e ("campaignStatusId" text, "personId" text, address text, digest uuid,
         "ownerId" text, status text, halted timestamptz, enrolled timestamptz, "undoneReplyKey" text)
       order by "campaignStatusId"
       on conflict (campaign_status_id) do update set person_id = excluded.person_id, address = excluded.address,
         address_digest = excluded.address_digest, owner_id = excluded.owner_id, status = excluded.status,
         halted_at = excluded.halted_at, enrolled_at = excluded.enrolled_at, undone_reply_key = excluded.undone_reply_key
       where (before.person_id, before.address, before.owner_id, before.status, before.halted_at, before.enrolled_at,
           before.undone_reply_key)
         is distinct from (excluded.person_id, excluded.address, excluded.owner_id, excluded.status, excluded.halted_at,
           excluded.enrolled_at, excluded.undone_reply_key)
       returning address_digest, status, halted_at
     )
     ${insertFresh(`select address_digest as digest from saved where ${MAY_HAVE_BEEN_SENT_TO}`)}`,
    [storableJson([...latest.values()])],
  );
}

function enrolmentRow(enrolment: Enrolment, digestOf: (address: string) => Digest): object {
  const { haltedAt, enrolledAt, ...row } = enrolment;
  return {
    ...row,
    digest: digestOf(row.address),
    ...(haltedAt && { halted: storableInstant(haltedAt) }),
    ...(enrolledAt && { enrolled: storableInstant(enrolledAt) }),
  };
}

export async function readEnrolments(sql: Sql, addresses: readonly string[]): Promise<Enrolment[]> {
  if (addresses.length === 0) return [];
  const rows = await sql.query<Row>(
    `select campaign_status_id, person_id, address, owner_id, status, halted_at, enrolled_at, undone_reply_key from enrolment
     where address = any($1::text[]) and address <> '' order by campaign_status_id`,
    [addresses],
  );
  return rows.map((row) => ({
    campaignStatusId: row.campaign_status_id,
    personId: row.person_id,
    address: row.address,
    ownerId: row.owner_id,
    status: row.status,
    ...(row.halted_at !== null && { haltedAt: row.halted_at }),
    ...(row.enrolled_at !== null && { enrolledAt: row.enrolled_at }),
    ...(row.undone_reply_key !== null && { undoneReplyKey: row.undone_reply_key }),
  }));
}
