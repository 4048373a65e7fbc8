import { MailboxError } from '../mailbox-error.ts';
import type { FolderListing } from './imap-answer.ts';
import type { ImapConnection } from './imap-connection.ts';
import { folderToWatch, readingOrder } from './reading-order.ts';
import type { FolderStatus } from './uid-window.ts';

/** Looks take at most this part of the time, however slow the server lists its folders. */
const LOOK_SHARE = 1 / 20;
/** The other folders are looked at after this part of the time for which nothing has come into them. */
const QUIET_SHARE = 1 / 8;

/** The folders as they were when they were last read to the end, or first seen. */
export type SeenFolders = ReadonlyMap<string, FolderStatus>;

export interface FolderWatchOptions {
  /** Milliseconds between two looks at the other folders at least. */
  readonly lookMs: number;
  /** After so many milliseconds IDLE is begun anew, and the other folders are looked at. */
  readonly idleMs: number;
  /** The time in milliseconds, from any beginning; default: a clock that only runs forward. */
  readonly now?: () => number;
}

/** Waits until the folders of one mailbox hold something that has not been read. */
export interface FolderWatch {
  /** The folders have been read as they stood then; undefined when they were not all read to their end. */
  wasRead(to: SeenFolders | undefined): void;
  /** True when a folder has grown beyond what was read or first seen, false when the signal aborts. */
  waitUntilGrown(connection: ImapConnection, signal: AbortSignal): Promise<boolean>;
}

/**
 * Of one folder the server tells at once (IDLE, RFC 2177): the inbox, or all mail where folders are labels. The others,
 * into which filters file answers, are looked at every so often: every `lookMs` at first, ever less often the longer
 * nothing has come into any of them, and often again as soon as something has. Reading the folders is a look as well.
 */
export function createFolderWatch({ lookMs, idleMs, now = () => performance.now() }: FolderWatchOptions): FolderWatch {
  let seen: SeenFolders | undefined;
  let watched: string | undefined;
  let [seenAt, grownAt, tookMs] = [-Infinity, now(), 0];

  const others = (folders: SeenFolders): SeenFolders => new Map([...folders].filter(([path]) => path !== watched));
  const note = (folders: SeenFolders): void => {
    if (seen && haveGrown(others(seen), others(folders))) grownAt = now();
    seenAt = now();
  };
  const dueAt = (): number => {
    const pause = Math.max(lookMs, (now() - grownAt) * QUIET_SHARE, tookMs / LOOK_SHARE);
    return seenAt + Math.min(pause, idleMs);
  };

  /** Looks at all folders but the open one, of which the server tells by itself; what it says here of it may be old. */
  async function look(connection: ImapConnection): Promise<boolean> {
    const begun = now();
    const open = watched !== undefined && connection.opened(watched) ? watched : undefined;
    const current = await seeFolders(connection, open !== undefined);
    watched = current.watched;
    const folders = new Map([...current.folders].filter(([path]) => path !== open));
    tookMs = now() - begun;
    note(folders);
    seen ??= folders;
    return haveGrown(seen, folders);
  }

  return {
    wasRead(to) {
      if (to) note(to);
      else seenAt = -Infinity;
      seen = to ?? new Map();
    },

    async waitUntilGrown(connection, signal) {
      while (!signal.aborted) {
        if ((watched === undefined || now() >= dueAt()) && (await look(connection))) return true;
        const status = connection.opened(watched!) ?? (await connection.examine(watched!));
        if (!status) throw noFolder(watched!);
        if (haveGrown(seen!, new Map([[watched!, status]]))) return true;
        if (await connection.waitForMessages(signal, Math.max(dueAt() - now(), 0))) return true;
      }
      return false;
    },
  };
}

/** The folders that would be read, as they stand, and the one of which the server is to tell. */
async function seeFolders(
  connection: ImapConnection,
  keepOpen: boolean,
): Promise<{ readonly folders: SeenFolders; readonly watched: string }> {
  const listed = await connection.listFolders({ status: true, keepOpen });
  const statuses = new Map(listed.map(({ path, status }: FolderListing) => [path, status]));
  const order = readingOrder(listed, { labels: connection.labels });
  const seen = order.map(({ path }) => [path, statuses.get(path)] as const);
  return {
    folders: new Map(seen.filter((entry): entry is readonly [string, FolderStatus] => entry[1] !== undefined)),
    watched: folderToWatch(listed, { labels: connection.labels }),
  };
}

/** Whether a folder holds something that was not there when it was seen, or is another folder by now. */
export function haveGrown(seen: SeenFolders, now: SeenFolders): boolean {
  return [...now].some(([path, { uidValidity, uidNext, messages }]) => {
    const before = seen.get(path);
    if (!before) return messages > 0;
    return before.uidValidity !== uidValidity || before.uidNext < uidNext;
  });
}

function noFolder(path: string): MailboxError {
  return new MailboxError('retry', `The mailbox has no folder "${path}"; look on the server whether it was removed.`);
}
