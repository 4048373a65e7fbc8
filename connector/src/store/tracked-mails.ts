import type { TrackedMail, TrackedMailSource, TrackedRecipient } from '../match/tracked-mail.ts';
import type { Sql } from './database.ts';
import { storableInstant } from './storable.ts';

/** A tracked mail as the columns below give it. */
export interface TrackedMailRow {
  readonly message_id: string;
  readonly subject: string | null;
  readonly sent_at: Date;
  readonly owner_id: string;
  readonly sender_address: string | null;
  readonly source: TrackedMailSource;
  readonly tracked_email_id: string | null;
  readonly conversation: string | null;
  readonly recipients: readonly RecipientRow[];
}

interface RecipientRow {
  readonly address: string;
  readonly role: TrackedRecipient['role'];
  readonly person: string | null;
  readonly status: string | null;
}

/** Columns of a tracked mail `m` with its recipients, To before Cc, each by address. */
export const TRACKED_MAIL_COLUMNS = `
  m.message_id, m.subject, m.sent_at, m.owner_id, m.sender_address, m.source, m.tracked_email_id, m.conversation,
  (select coalesce(jsonb_agg(jsonb_build_object(
     'address', r.address, 'role', r.role, 'person', r.person_id, 'status', r.campaign_status_id)
     order by r.role desc, r.address), '[]') from tracked_recipient r where r.mail_id = m.id) as recipients`;

export function trackedMailOf(row: TrackedMailRow): TrackedMail {
  return {
    messageId: row.message_id,
    ...(row.subject !== null && { subject: row.subject }),
    sentAt: row.sent_at,
    ownerId: row.owner_id,
    ...(row.sender_address !== null && { senderAddress: row.sender_address }),
    source: row.source,
    ...(row.tracked_email_id !== null && { trackedEmailId: row.tracked_email_id }),
    ...(row.conversation !== null && { conversation: row.conversation }),
    recipients: row.recipients.map(recipientOf),
  };
}

function recipientOf(row: RecipientRow): TrackedRecipient {
  return {
    address: row.address,
    role: row.role,
    ...(row.person !== null && { personId: row.person }),
    ...(row.status !== null && { campaignStatusId: row.status }),
  };
}

/** The mails of one owner to any of these addresses that were sent at or after an instant, latest first. */
export async function readMailsTo(
  sql: Sql,
  addresses: readonly string[],
  ownerId: string,
  since: Date,
): Promise<TrackedMail[]> {
  if (addresses.length === 0) return [];
  const rows = await sql.query<TrackedMailRow>(
    `select ${TRACKED_MAIL_COLUMNS} from tracked_mail m
     where m.id in (select mail_id from tracked_recipient where address = any($1::text[]))
       and m.owner_id = $2 and m.sent_at >= $3
     order by m.sent_at desc, m.id`,
    [addresses, ownerId, storableInstant(since)],
  );
  return rows.map(trackedMailOf);
}
