import { MailboxError } from '../mailbox-error.ts';
import type { FolderListing } from './imap-answer.ts';
import type { ImapConnection } from './imap-connection.ts';
import type { ImapCursor, ImapFolderPlace } from './imap-cursor.ts';
import { folderToWatch, readingOrder, type FolderToRead } from './reading-order.ts';
import { hasNews, startingPlace, type FolderStatus, type UidWindow } from './uid-window.ts';

/** Gives the connection, a new one when the last was lost. */
export type Connect = () => Promise<ImapConnection>;

/** A folder as it stood when its status was asked, and how far it has been read. */
export interface FolderState extends FolderToRead {
  readonly status: FolderStatus;
  readonly place: ImapFolderPlace;
  /** What a search found and is still to be read, so that it is searched for once. */
  readonly found?: FoundMessages;
  /** The passed drafts have been looked at, or need not be, since the status was asked. */
  readonly draftsSeen?: boolean;
  /** It could not be opened any more, or the server does not say how it stands: what it holds is left to the next listing. */
  readonly gone?: boolean;
}

export interface FoundMessages {
  readonly window: UidWindow;
  /** Ascending. */
  readonly uids: readonly number[];
}

/**
 * The folders in reading order. The Sent folders are asked last how far they go: so an answer is never handed out
 * before the mail it answers, even if both arrive while the folders are listed.
 */
export async function folderStates(
  connection: ImapConnection,
  cursor: ImapCursor,
  log: (message: string) => void,
): Promise<FolderState[]> {
  const listed = await connection.listFolders({ status: true });
  const statuses = new Map(listed.map(({ path, status }: FolderListing) => [path, status]));
  const known = new Map(Object.entries(cursor.folders));
  const watched = folderToWatch(listed, { labels: connection.labels });
  const states: FolderState[] = [];
  for (const folder of readingOrder(listed, { labels: connection.labels })) {
    const status = folder.kind === 'sent' ? await connection.status(folder.path) : statuses.get(folder.path);
    const before = known.get(folder.path);
    if (!status && folder.path === watched) throw noStatus(watched);
    if (!status) {
      if (before) states.push(asRead(folder, before));
      continue;
    }
    if (before && before.uidValidity !== status.uidValidity) {
      log('A folder has a new UIDVALIDITY; it is read again from the date of the first read.');
    }
    states.push({ ...folder, status, place: startingPlace(before, status) });
  }
  return states;
}

/** A folder whose status is refused keeps its place: without it, it would be read from the beginning later on. */
function asRead(folder: FolderToRead, place: ImapFolderPlace): FolderState {
  const status = { uidValidity: place.uidValidity, uidNext: place.lastUid + 1, messages: 0 };
  return { ...folder, status, place, gone: true };
}

function noStatus(path: string): MailboxError {
  return new MailboxError('retry', `The server does not say how the folder "${path}" stands; it is asked again later.`);
}

/** Whether something is left to read in the state in which the folder was. */
export function isUnread(folder: FolderState): boolean {
  return !folder.gone && (hasNews(folder.place, folder.status) || hasDraftsToSee(folder));
}

/**
 * Whether passed drafts have to be looked at again. Where the server counts changes of marks (CONDSTORE), they are left
 * alone until something in the folder has changed.
 */
export function hasDraftsToSee({ place, status, draftsSeen }: FolderState): boolean {
  const unchanged = status.modseq !== undefined && status.modseq === place.draftsSeenAt;
  return !draftsSeen && !unchanged && (place.drafts ?? []).length > 0;
}

/** The connection with the folder open, or undefined when the folder is gone or its UIDs mean something else. */
export async function openFolder(
  connect: Connect,
  path: string,
  uidValidity: string,
): Promise<ImapConnection | undefined> {
  const connection = await connect();
  if (connection.hasOpen(path, uidValidity)) return connection;
  const status = await connection.examine(path);
  return status?.uidValidity === uidValidity ? connection : undefined;
}

/** The same for a folder that was open just now: that it is gone ends the reading, which begins anew. */
export async function reopenFolder(connect: Connect, path: string, uidValidity: string): Promise<ImapConnection> {
  const connection = await openFolder(connect, path, uidValidity);
  if (!connection) throw new MailboxError('retry', 'A folder was renamed or replaced while it was read; read again.');
  return connection;
}
