import type { Database, Sql } from './database.ts';
import { mailboxNumber, moveCursor } from './mailboxes.ts';
import { saveMatches, type NewMatches } from './matched-messages.ts';
import { saveRegistrations } from './registrations.ts';
import { storableInstant } from './storable.ts';
import type { PageCommit, PageOutcome } from './store.ts';
import { addWaiting, settleWaiting } from './waiting-messages.ts';

/** Stores everything a page leads to in one transaction, or nothing when another worker has moved the cursor. */
export function commitPage(database: Database, page: PageCommit): Promise<PageOutcome> {
  return database.transaction(async (tx) => {
    if (!(await moveCursor(tx, page))) return { committed: false };
    await saveRegistrations(tx, page.registrations, page.at);
    const matches = await saveMatches(tx, page.matched, page.at);
    await addWaiting(tx, page.waiting);
    await settleWaiting(tx, page.settled);
    await countPage(tx, page, matches);
    return { committed: true, newReplies: matches.replies.length, newReplyKeys: matches.replies };
  });
}

async function countPage(tx: Sql, { mailboxId, seen, at }: PageCommit, matches: NewMatches): Promise<void> {
  if (seen.length === 0 && matches.messages === 0) return;
  await tx.query(
    `with added as (
       insert into seen_message (mailbox_id, digest, at)
       select $1::integer, digest, $3::timestamptz from unnest($2::uuid[]) as digest order by digest
       on conflict do nothing returning 1
     )
     update mailbox set seen_count = seen_count + (select count(*) from added), matched_count = matched_count + $4,
       last_reply_at = greatest(last_reply_at, $5::timestamptz)
     where id = $1`,
    [
      mailboxNumber(mailboxId),
      seen,
      storableInstant(at),
      matches.messages,
      matches.lastReplyAt === undefined ? null : storableInstant(matches.lastReplyAt),
    ],
  );
}
