import type { Sql } from './database.ts';
import { mailboxNumber } from './mailbox-number.ts';
import { storableInstant, storableJson } from './storable.ts';
import type { PushSubscription } from './store.ts';

interface Row {
  readonly mailbox_id: string;
  readonly subscription_id: string;
  readonly secret_hash: string;
  readonly expires_at: Date;
}

const COLUMNS = 'mailbox_id::text, subscription_id, secret_hash, expires_at';

export async function readPushSubscription(sql: Sql, mailboxId: string): Promise<PushSubscription | undefined> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from push_subscription where mailbox_id = $1`, [
    mailboxNumber(mailboxId),
  ]);
  return rows.map(subscriptionOf)[0];
}

export async function readPushSubscriptions(sql: Sql, ids: readonly string[]): Promise<PushSubscription[]> {
  if (ids.length === 0) return [];
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from push_subscription
     where subscription_id in (select jsonb_array_elements_text($1::jsonb))`,
    [storableJson(ids)],
  );
  return rows.map(subscriptionOf);
}

/** Nothing is stored for a mailbox that was disconnected meanwhile. */
export async function savePushSubscription(sql: Sql, subscription: PushSubscription): Promise<void> {
  await sql.query(
    `insert into push_subscription (mailbox_id, subscription_id, secret_hash, expires_at)
     select id, $2, $3, $4::timestamptz from mailbox where id = $1
     on conflict (mailbox_id) do update set subscription_id = excluded.subscription_id,
       secret_hash = excluded.secret_hash, expires_at = excluded.expires_at`,
    [
      mailboxNumber(subscription.mailboxId),
      subscription.subscriptionId,
      subscription.secretHash,
      storableInstant(subscription.expiresAt),
    ],
  );
}

export async function removePushSubscription(sql: Sql, subscriptionId: string): Promise<void> {
  await sql.query('delete from push_subscription where subscription_id = $1', [subscriptionId]);
}

function subscriptionOf(row: Row): PushSubscription {
  return {
    mailboxId: row.mailbox_id,
    subscriptionId: row.subscription_id,
    secretHash: row.secret_hash,
    expiresAt: row.expires_at,
  };
}
