import { MailboxError } from '../mailbox-error.ts';
import type { FolderListing } from './imap-answer.ts';
import type { ImapConnection } from './imap-connection.ts';
import { readingOrder } from './reading-order.ts';
import type { FolderStatus } from './uid-window.ts';

const INBOX = 'INBOX';
/** Looks take at most this part of the time, however slow the server lists its folders. */
const LOOK_SHARE = 1 / 20;

/** The folders as they were when they were last read to the end, or first seen. */
export type SeenFolders = ReadonlyMap<string, FolderStatus>;

/** The folders that would be read, as they stand. */
export async function seeFolders(connection: ImapConnection, keepOpen: boolean): Promise<SeenFolders> {
  const listed = await connection.listFolders({ status: true, keepOpen });
  const statuses = new Map(listed.map(({ path, status }: FolderListing) => [path, status]));
  const order = readingOrder(listed, { labels: connection.labels });
  const seen = order.map(({ path }) => [path, statuses.get(path)] as const);
  return new Map(seen.filter((entry): entry is readonly [string, FolderStatus] => entry[1] !== undefined));
}

/** Whether a folder holds something that was not there when it was seen, or is another folder by now. */
export function haveGrown(seen: SeenFolders, now: SeenFolders): boolean {
  return [...now].some(([path, { uidValidity, uidNext, messages }]) => {
    const before = seen.get(path);
    if (!before) return messages > 0;
    return before.uidValidity !== uidValidity || before.uidNext < uidNext;
  });
}

/**
 * Waits until a folder grows beyond what was seen (true) or the signal aborts (false). The server tells at once of the
 * inbox (IDLE, RFC 2177); the other folders, into which filters file answers, are looked at every `lookMs`.
 */
export async function waitUntilGrown(
  connection: ImapConnection,
  seen: SeenFolders,
  lookMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (haveGrown(seen, await seeFolders(connection, false))) return true;
  const inbox = await connection.examine(INBOX);
  if (!inbox) throw new MailboxError('retry', 'The mailbox has no inbox; look on the server whether it was removed.');
  if (haveGrown(seen, new Map([[INBOX, inbox]]))) return true;
  let pause = lookMs;
  while (!signal.aborted) {
    if (await connection.waitForMessages(signal, pause)) return true;
    if (signal.aborted) return false;
    const begun = performance.now();
    const others = new Map(await seeFolders(connection, true));
    // Of the open folder the server tells by itself; what it says here may be old.
    others.delete(INBOX);
    if (haveGrown(seen, others)) return true;
    pause = Math.max(lookMs, (performance.now() - begun) / LOOK_SHARE);
  }
  return false;
}
