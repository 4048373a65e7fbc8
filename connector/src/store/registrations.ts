import { messageKey } from '../mail/message-id.ts';
import type { Sql } from './database.ts';
import { insertFresh } from './fresh-digests.ts';
import { storableInstant, storableJson, storableText } from './storable.ts';
import type { Registration } from './store.ts';

/** Characters that TrackedRecipient__c.Address__c can hold, and an index entry of Postgres with ease. */
const ADDRESS_LENGTH = 255;

/**
 * Registers tracked mails, their recipients and their ids; what is known already is added to. A value that is there
 * stays, but for what Salesforce owns: the owner follows a registration that comes from there, and a person or status
 * of a recipient follows the latest that names one. The later expiry holds.
 */
export async function saveRegistrations(tx: Sql, registrations: readonly Registration[], at: Date): Promise<void> {
  if (registrations.length === 0) return;
  const keyed = new Map<string, Registration[]>();
  for (const registration of registrations) {
    const key = messageKey(storableText(registration.mail.messageId));
    keyed.set(key, [...(keyed.get(key) ?? []), registration]);
  }
  await saveMails(tx, keyed);
  const grown = await saveRecipients(tx, keyed);
  await saveIds(tx, keyed);
  await queueMails(tx, keyed, grown, at);
}

async function saveMails(tx: Sql, keyed: ReadonlyMap<string, readonly Registration[]>): Promise<void> {
  const mails = [...keyed].map(([key, registrations]) => mailRow(key, registrations));
  await tx.query(
    `insert into tracked_mail as m (message_key, message_id, subject, sent_at, owner_id, sender_address, source,
       tracked_email_id, conversation, expires_at)
     select key, id, subject, sent, owner, sender, source, record, conversation, expires
     from jsonb_to_recordset($1::jsonb) as r (key text, id text, subject text, sent timestamptz, owner text, sender text,
       source text, record text, conversation text, expires timestamptz)
     order by key
     on conflict (message_key) do update set
       subject = coalesce(m.subject, excluded.subject),
       sender_address = coalesce(m.sender_address, excluded.sender_address),
       owner_id = case when excluded.tracked_email_id is null then m.owner_id else excluded.owner_id end,
       tracked_email_id = coalesce(m.tracked_email_id, excluded.tracked_email_id),
       conversation = coalesce(m.conversation, excluded.conversation),
       expires_at = greatest(m.expires_at, excluded.expires_at)
     where (m.subject is null and excluded.subject is not null)
       or (m.sender_address is null and excluded.sender_address is not null)
       or (m.conversation is null and excluded.conversation is not null)
       or (excluded.tracked_email_id is not null
         and (m.tracked_email_id is null or m.owner_id <> excluded.owner_id))
       or m.expires_at < excluded.expires_at`,
    [storableJson(mails)],
  );
}

/** The row of a mail that one batch may name several times; one statement must not touch a row twice. */
function mailRow(key: string, registrations: readonly Registration[]): object {
  const mails = registrations.map(({ mail }) => mail);
  const first = mails[0]!;
  const inSalesforce = mails.findLast(({ trackedEmailId }) => trackedEmailId !== undefined);
  return {
    key,
    id: first.messageId,
    subject: mails.find(({ subject }) => subject !== undefined)?.subject,
    sent: storableInstant(first.sentAt),
    owner: (inSalesforce ?? first).ownerId,
    sender: mails.find(({ senderAddress }) => senderAddress !== undefined)?.senderAddress,
    source: first.source,
    record: inSalesforce?.trackedEmailId,
    conversation: mails.find(({ conversation }) => conversation !== undefined)?.conversation,
    expires: registrations.map(({ expiresAt }) => storableInstant(expiresAt)).reduce((a, b) => (a > b ? a : b)),
  };
}

/** Returns the keys of the mails that gained a recipient. */
async function saveRecipients(tx: Sql, keyed: ReadonlyMap<string, readonly Registration[]>): Promise<string[]> {
  const recipients = [...keyed].flatMap(([key, registrations]) => recipientRows(key, registrations));
  if (recipients.length === 0) return [];
  const rows = await tx.query<{ message_key: string }>(
    `with saved as (
       insert into tracked_recipient as t (mail_id, address, role, person_id, campaign_status_id)
       select m.id, r.address, r.role, r.person, r.status from jsonb_to_recordset($1::jsonb)
         as r (key text, address text, role text, person text, status text)
       join tracked_mail m on m.message_key = r.key
       order by m.id, r.address
       on conflict (mail_id, address) do update set
         person_id = coalesce(excluded.person_id, t.person_id),
         campaign_status_id = coalesce(excluded.campaign_status_id, t.campaign_status_id)
       where excluded.person_id <> coalesce(t.person_id, '')
         or excluded.campaign_status_id <> coalesce(t.campaign_status_id, '')
       returning mail_id, xmax = 0 as added
     )
     select distinct m.message_key from saved s join tracked_mail m on m.id = s.mail_id where s.added`,
    [storableJson(recipients)],
  );
  return rows.map((row) => row.message_key);
}

function recipientRows(key: string, registrations: readonly Registration[]): object[] {
  const rows = new Map<string, { person?: string | undefined; status?: string | undefined }>();
  for (const recipient of registrations.flatMap(({ mail }) => mail.recipients)) {
    const address = recipient.address.slice(0, ADDRESS_LENGTH);
    const before = rows.get(address);
    rows.set(address, {
      ...{ key, address, role: recipient.role },
      ...before,
      person: recipient.personId ?? before?.person,
      status: recipient.campaignStatusId ?? before?.status,
    });
  }
  return [...rows.values()];
}

async function saveIds(tx: Sql, keyed: ReadonlyMap<string, readonly Registration[]>): Promise<void> {
  const ids = [...keyed].flatMap(([key, registrations]) =>
    registrations.flatMap((registration) => registration.ids.map((id) => ({ key, ...id }))),
  );
  if (ids.length === 0) return;
  await tx.query(
    `with added as (
       insert into known_id (digest, mail_id, role)
       select i.digest, m.id, i.role from unnest($1::uuid[], $2::text[], $3::text[]) as i (digest, message_key, role)
       join tracked_mail m using (message_key) order by i.digest, m.id
       on conflict do nothing returning digest
     )
     ${insertFresh('select digest from added')}`,
    [ids.map(({ digest }) => digest), ids.map(({ key }) => key), ids.map(({ role }) => role)],
  );
}

/** Queues the mails that Salesforce lacks; one it has already goes there again only for the recipients it gained. */
async function queueMails(
  tx: Sql,
  keyed: ReadonlyMap<string, readonly Registration[]>,
  grown: readonly string[],
  at: Date,
): Promise<void> {
  const keys = [...keyed].filter(([, all]) => all.some(({ deliver }) => deliver)).map(([key]) => key);
  if (keys.length === 0) return;
  await tx.query(
    `insert into outbox as o (type, key, created_at)
     select 'TrackedEmail', key, $2::timestamptz from unnest($1::text[]) as key order by key
     on conflict (type, key) do update set state = 'pending', attempts = 0, not_before = null
     where o.state = 'delivered' and o.key = any($3::text[])`,
    [keys, storableInstant(at), grown],
  );
}
