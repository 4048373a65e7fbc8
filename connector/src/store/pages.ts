import type { Database } from './database.ts';
import { moveCursor } from './mailboxes.ts';
import { saveMatches } from './matched-messages.ts';
import { countMessages } from './message-counts.ts';
import { saveRegistrations } from './registrations.ts';
import type { PageCommit, PageOutcome } from './store.ts';
import { addWaiting, settleWaiting } from './waiting-messages.ts';

/** Stores everything a page leads to in one transaction, or nothing when another worker has moved the cursor. */
export function commitPage(database: Database, page: PageCommit): Promise<PageOutcome> {
  return database.transaction(async (tx) => {
    if (!(await moveCursor(tx, page))) return { committed: false };
    await saveRegistrations(tx, page.registrations, page.at);
    const matches = await saveMatches(tx, page.matched, page);
    const waitingAdded = await addWaiting(tx, page.waiting);
    const removed = await settleWaiting(tx, page.settled);
    await countMessages(tx, page, { matches, waitingAdded, removed });
    return { committed: true, newReplies: matches.replies.length, newReplyKeys: matches.replies };
  });
}
