import type { Database } from './database.ts';
import type { PinnedOrg } from './store.ts';

/**
 * Makes another org the one that the database belongs to, in one transaction: what was learnt from the org before is
 * forgotten and read anew. Mailboxes, tracked mails and what is still to be written stay.
 */
export async function rebindOrg(database: Database, { id, name }: PinnedOrg): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query('update installation set org_id = $1, org_name = $2', [id, name ?? null]);
    await tx.execute(`
      delete from pull_position;
      delete from enrolment;
      delete from stale_tally;
      delete from delivery_turn;
      update tracked_mail set tracked_email_id = null where tracked_email_id is not null;
    `);
  });
}
