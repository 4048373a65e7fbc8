import type { Database, Sql } from './database.ts';
import { moveCursor } from './mailboxes.ts';
import { saveMatches } from './matched-messages.ts';
import { countMessages } from './message-counts.ts';
import { saveRegistrations } from './registrations.ts';
import { erasedAmong, matchedWithout, registrationsWithout, type AddressDigest } from './erased.ts';
import type { HashSeal } from './sealed-hash.ts';
import type { PageCommit, PageOutcome } from './store.ts';
import { addWaiting, settleWaiting } from './waiting-messages.ts';

/** What the installation's own key is for when a page is stored. */
export interface PageKeys {
  readonly digest: AddressDigest;
  readonly seal: HashSeal;
}

/** Stores everything a page leads to in one transaction, or nothing when another worker has moved the cursor. */
export function commitPage(database: Database, given: PageCommit, { digest, seal }: PageKeys): Promise<PageOutcome> {
  return database.transaction(async (tx) => {
    const page = await withoutErased(tx, given, digest);
    if (!(await moveCursor(tx, page))) return { committed: false };
    await saveRegistrations(tx, page.registrations, page.at);
    const matches = await saveMatches(tx, page.matched, page);
    const removed = await settleWaiting(tx, page.settled);
    const waitingAdded = await addWaiting(tx, page.waiting, seal);
    await countMessages(tx, page, { matches, waitingAdded, removed });
    return { committed: true, newReplies: matches.replies.length, newReplyKeys: matches.replies };
  });
}

/** A page that names nobody who was erased; an answer that only such people gave or got counts as excluded. */
async function withoutErased(tx: Sql, page: PageCommit, digest: AddressDigest): Promise<PageCommit> {
  const erased = await erasedAmong(tx, page, digest);
  const matched = matchedWithout(page.matched, erased);
  // What had waited was counted when it was read, and is no reply now that it is settled.
  const excluded = page.seen === 0 ? 0 : page.matched.length - matched.length;
  const registrations = registrationsWithout(page.registrations, erased);
  return { ...page, matched, registrations, excluded: page.excluded + excluded };
}
