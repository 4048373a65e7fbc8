import type { Sql } from './database.ts';
import type { Digest } from './store.ts';

/**
 * SQL: hands the digests of a query, whose only column is `digest`, to the next join of what is known and what is
 * cited; for the last part of a statement.
 */
export function insertFresh(digests: string): string {
  return `insert into fresh_digests (digests) select array_agg(distinct digest) from (${digests}) d having count(*) > 0`;
}

/** Hands digests to the next join of what is known and what is cited. */
export async function addFresh(tx: Sql, digests: readonly Digest[]): Promise<void> {
  if (digests.length === 0) return;
  await tx.query('insert into fresh_digests (digests) values ($1::uuid[])', [uuidArray(digests)]);
}

/** Digests as the text of an array of Postgres: they hold nothing that would have to be escaped one by one. */
export function uuidArray(digests: readonly Digest[]): string {
  return `{${digests.join(',')}}`;
}
