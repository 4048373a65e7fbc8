import type { MailboxMessage, Page } from '../mailbox.ts';
import { MailboxError } from '../mailbox-error.ts';
import { readHeaders, type FolderMessage } from './folder-headers.ts';
import type { FolderListing, ImapConnection } from './imap-connection.ts';
import type { ImapCursor, ImapFolderPlace } from './imap-cursor.ts';
import { formatReference } from './imap-reference.ts';
import { readingOrder, type FolderToRead } from './reading-order.ts';
import { hasNews, nextWindow, startingPlace, type FolderStatus } from './uid-window.ts';

/** Gives the connection, a new one when the last was lost. */
export type Connect = () => Promise<ImapConnection>;

/** A folder as it stood when the call began, and how far it has been read. */
interface FolderState extends FolderToRead {
  readonly status: FolderStatus;
  readonly place: ImapFolderPlace;
}

interface FolderPage {
  readonly messages: readonly MailboxMessage[];
  readonly place: ImapFolderPlace;
}

/**
 * The next page behind a cursor: folder by folder in reading order, in each by ascending UID. No folder is read past
 * the state in which it was when the call began, and the Sent folders are asked last how far they go: so an answer is
 * never handed out before the mail it answers, even if both arrive during the call.
 */
export async function folderChanges(
  connect: Connect,
  cursor: ImapCursor,
  limit: number,
  log: (message: string) => void,
): Promise<Page> {
  const folders = await folderStates(await connect(), cursor, log);
  const places = new Map(folders.map(({ path, place }) => [path, place]));
  const messages: MailboxMessage[] = [];
  let unfinished = false;
  for (const folder of folders.filter(({ place, status }) => hasNews(place, status))) {
    unfinished = messages.length >= limit;
    if (unfinished) break;
    const page = await folderPage(connect, folder, new Date(cursor.since), limit - messages.length);
    if (!page) continue;
    messages.push(...page.messages);
    places.set(folder.path, page.place);
    unfinished = hasNews(page.place, folder.status);
    if (unfinished) break;
  }
  return { messages, cursor: { ...cursor, folders: Object.fromEntries(places) }, caughtUp: !unfinished };
}

async function folderStates(
  connection: ImapConnection,
  cursor: ImapCursor,
  log: (message: string) => void,
): Promise<FolderState[]> {
  const listed = await connection.listFolders({ status: true });
  const statuses = new Map(listed.map(({ path, status }: FolderListing) => [path, status]));
  const known = new Map(Object.entries(cursor.folders));
  const states: FolderState[] = [];
  for (const folder of readingOrder(listed, { labels: connection.labels })) {
    const status = folder.kind === 'sent' ? await connection.status(folder.path) : statuses.get(folder.path);
    if (!status) continue;
    const before = known.get(folder.path);
    if (before && before.uidValidity !== status.uidValidity) {
      log('A folder has a new UIDVALIDITY; it is read again from the date of the first read.');
    }
    states.push({ ...folder, status, place: startingPlace(before, status) });
  }
  return states;
}

/** Up to `limit` messages of one folder; undefined when it is gone or another one by now, which the next call sees. */
async function folderPage(
  connect: Connect,
  folder: FolderState,
  since: Date,
  limit: number,
): Promise<FolderPage | undefined> {
  let connection = await openFolder(connect, folder.path, folder.status.uidValidity);
  if (!connection) return undefined;
  const reopen = async (): Promise<ImapConnection> => (connection = await reopenFolder(connect, folder));
  const messages: MailboxMessage[] = [];
  let place = folder.place;
  let empty = 0;
  while (messages.length < limit) {
    const window = nextWindow(place, folder.status, empty);
    if (!window) break;
    const uids = await connection.search(window, since);
    const asked = uids.slice(0, limit - messages.length);
    const read = asked.length === 0 ? { messages: [], answered: 0 } : await readHeaders(connection, asked, reopen);
    const isWanted = ({ draft, receivedAt }: FolderMessage): boolean => !draft && !(window.dated && receivedAt < since);
    messages.push(...read.messages.filter(isWanted).map((message) => mailboxMessage(folder, message)));
    place = { ...place, lastUid: read.answered === uids.length ? window.to : asked[read.answered - 1]! };
    empty = uids.length === 0 ? empty + 1 : 0;
  }
  return { messages, place };
}

/** The connection with the folder open, or undefined when the folder is gone or its UIDs mean something else. */
export async function openFolder(
  connect: Connect,
  path: string,
  uidValidity: string,
): Promise<ImapConnection | undefined> {
  const connection = await connect();
  const status = await connection.examine(path);
  return status?.uidValidity === uidValidity ? connection : undefined;
}

async function reopenFolder(connect: Connect, { path, status }: FolderState): Promise<ImapConnection> {
  const connection = await openFolder(connect, path, status.uidValidity);
  if (!connection) throw new MailboxError('retry', 'A folder was renamed or replaced while it was read; read again.');
  return connection;
}

/** A message as the rest of the connector sees it. */
export function mailboxMessage(
  { path, kind, status }: Pick<FolderState, 'path' | 'kind'> & { status: Pick<FolderStatus, 'uidValidity'> },
  { uid, receivedAt, fields }: FolderMessage,
): MailboxMessage {
  const reference = formatReference({ folder: path, uidValidity: status.uidValidity, uid });
  return { reference, folder: kind, receivedAt, fields };
}
