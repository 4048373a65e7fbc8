import type { Sql } from './database.ts';
import { insertFresh, uuidArray } from './fresh-digests.ts';
import type { Digest, KnownId, KnownIdRole, MatchedMessage } from './store.ts';
import { TRACKED_MAIL_COLUMNS, trackedMailOf, type TrackedMailRow } from './tracked-mails.ts';

interface Row extends TrackedMailRow {
  readonly digest: Digest;
  readonly role: KnownIdRole;
}

/**
 * The tracked mails that these ids lead to, in one statement for a whole page. `offset 0` makes it one look-up in an
 * index for each id, whatever the planner believes of tables that it has no statistics of.
 */
export async function readKnownIds(sql: Sql, digests: readonly Digest[]): Promise<Map<Digest, KnownId[]>> {
  const found = new Map<Digest, KnownId[]>();
  if (digests.length === 0) return found;
  const rows = await sql.query<Row>(
    `select k.digest::text, k.role, ${TRACKED_MAIL_COLUMNS}
     from unnest($1::uuid[]) as wanted
     cross join lateral (select * from known_id where digest = wanted offset 0) k
     cross join lateral (select * from tracked_mail where id = k.mail_id offset 0) m
     order by k.digest, k.mail_id`,
    [uuidArray([...new Set(digests)])],
  );
  for (const row of rows) {
    const known = { role: row.role, mail: trackedMailOf(row) };
    found.set(row.digest, [...(found.get(row.digest) ?? []), known]);
  }
  return found;
}

/**
 * Lets the ids of matched messages lead to the mails they answer. `for key share` waits for a sweep that is just
 * forgetting such a mail; one that is gone gets no alias.
 */
export async function addAliases(tx: Sql, matched: readonly MatchedMessage[]): Promise<void> {
  const aliases = matched.flatMap(({ digest, aliasOf }) => aliasOf.map((key) => ({ digest, key })));
  if (aliases.length === 0) return;
  await tx.query(
    `with alias as (
       select a.digest, m.id from unnest($1::uuid[], $2::text[]) as a (digest, message_key)
       join tracked_mail m using (message_key) order by a.digest, m.id for key share of m
     ), added as (
       insert into known_id (digest, mail_id, role) select digest, id, 'alias' from alias
       on conflict do nothing returning digest
     )
     ${insertFresh('select digest from added')}`,
    [aliases.map(({ digest }) => digest), aliases.map(({ key }) => key)],
  );
}
