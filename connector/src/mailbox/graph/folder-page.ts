import { parseMessageList } from './graph-answer.ts';
import type { GraphCursor } from './graph-cursor.ts';
import { listPath } from './graph-path.ts';
import { placeAfterDelta, placeAfterList } from './graph-place.ts';
import { deltaCall, handOut, withoutFolder, withPlace, type Folder, type GraphPage, type Reading } from './reading.ts';

/** Messages of one folder in one answer, at most: with their header fields about 2 MB. */
const MOST_MESSAGES = 200;

/** One page of a folder that is not finished: the next of its delta query, or older ones that this left out. */
export async function folderPage(
  reading: Reading,
  cursor: GraphCursor,
  folder: Folder,
  limit: number,
): Promise<GraphPage> {
  const size = Math.min(limit, MOST_MESSAGES);
  if (folder.place.more !== true && folder.place.olderThan !== undefined) {
    return olderPage(reading, cursor, { ...folder, until: folder.place.olderThan }, size);
  }
  const answer = await reading.client.ask(deltaCall(reading, folder, cursor.since, size));
  if (answer === undefined) return { messages: [], cursor: withoutFolder(cursor, folder.id), caughtUp: false };
  const place = placeAfterDelta(folder.place, answer, reading.client.pathOf(answer.link));
  const messages = await handOut(reading, answer.entries, folder.kind);
  return { messages, cursor: withPlace(cursor, folder.id, place), caughtUp: false };
}

async function olderPage(
  reading: Reading,
  cursor: GraphCursor,
  { id, kind, place, until }: Folder & { readonly until: string },
  size: number,
): Promise<GraphPage> {
  const path = listPath(reading.address, id, { since: cursor.since, until }, size);
  const listed = await reading.client.ask({ path, parse: parseMessageList });
  if (listed === undefined) return { messages: [], cursor: withoutFolder(cursor, id), caughtUp: false };
  const messages = await handOut(reading, listed, kind);
  return { messages, cursor: withPlace(cursor, id, placeAfterList(place, listed, size)), caughtUp: false };
}
