import { MailboxError } from '../mailbox-error.ts';
import { parseFolderDelta, type DeltaAnswer, type FolderEntry } from './graph-answer.ts';
import type { GraphCall } from './graph-batch.ts';
import type { GraphCursor } from './graph-cursor.ts';
import { firstFolderDeltaPath } from './graph-path.ts';
import { placesAfterFolders } from './graph-place.ts';
import type { Reading } from './reading.ts';

/** Folders in one answer. */
const PAGE = 200;

/** What tells which folders were made or removed since the cursor; of one without a place, all that there are. */
export function folderCall(
  { address }: Pick<Reading, 'address'>,
  { folderLink }: GraphCursor,
): GraphCall<FolderAnswer> {
  const path = folderLink ?? firstFolderDeltaPath(address);
  return { path, parse: parseFolderDelta, place: folderLink !== undefined, pageSize: PAGE };
}

export type FolderAnswer = DeltaAnswer<FolderEntry>;

/** The cursor with the folders that there are by now; `first` is an answer to `folderCall` that is there already. */
export async function followFolders(reading: Reading, from: GraphCursor, first?: FolderAnswer): Promise<GraphCursor> {
  const { client, roles } = reading;
  let answer = first ?? (await askFolders(reading, from));
  let cursor = placed(from, answer);
  while (answer.more) {
    answer = await askFolders(reading, cursor);
    cursor = placed(cursor, answer);
  }
  return cursor;

  function placed(before: GraphCursor, { entries, link }: FolderAnswer): GraphCursor {
    roles.learn(entries);
    const folders = placesAfterFolders(before.folders, entries, (id) => roles.isFollowed(id));
    return { ...before, folders, folderLink: client.pathOf(link) };
  }
}

async function askFolders(reading: Reading, cursor: GraphCursor): Promise<FolderAnswer> {
  return (await reading.client.ask(folderCall(reading, cursor))) ?? foldersLost(reading);
}

/** The list of folders cannot be gone while the mailbox is there. */
export function foldersLost({ address }: Pick<Reading, 'address'>): never {
  throw new MailboxError(
    'cursor_expired',
    `The folders of ${address} cannot be followed any more. Read it from a date.`,
  );
}
