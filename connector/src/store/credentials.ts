import type { Sql } from './database.ts';
import { mailboxNumber } from './mailbox-number.ts';
import type { SealedCredential } from './store.ts';

interface Row {
  readonly key_id: string;
  readonly sealed: string;
}

export async function saveCredential(tx: Sql, mailboxId: string, { keyId, sealed }: SealedCredential): Promise<void> {
  await tx.query(
    `insert into credential (mailbox_id, key_id, sealed) values ($1, $2, $3)
     on conflict (mailbox_id) do update set key_id = excluded.key_id, sealed = excluded.sealed`,
    [mailboxNumber(mailboxId), keyId, sealed],
  );
}

export async function readCredential(sql: Sql, mailboxId: string): Promise<SealedCredential | undefined> {
  const rows = await sql.query<Row>('select key_id, sealed from credential where mailbox_id = $1', [
    mailboxNumber(mailboxId),
  ]);
  return rows.map(({ key_id, sealed }) => ({ keyId: key_id, sealed }))[0];
}

export async function readSealedOtherwise(sql: Sql, keyId: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'select mailbox_id::text as id from credential where key_id <> $1 order by mailbox_id',
    [keyId],
  );
  return rows.map(({ id }) => id);
}

/** Compare-and-set: a mailbox that is connected again at the same time keeps the credential of that. */
export async function replaceCredential(
  sql: Sql,
  mailboxId: string,
  before: SealedCredential,
  after: SealedCredential,
): Promise<boolean> {
  const rows = await sql.query(
    `update credential set key_id = $3, sealed = $4 where mailbox_id = $1 and sealed = $2 returning mailbox_id`,
    [mailboxNumber(mailboxId), before.sealed, after.keyId, after.sealed],
  );
  return rows.length === 1;
}
