import { followFolders } from './follow-folders.ts';
import { folderPage } from './folder-page.ts';
import { folderRound } from './folder-round.ts';
import type { GraphCursor } from './graph-cursor.ts';
import { isUnfinished } from './graph-place.ts';
import { foldersInOrder, type GraphPage, type Reading } from './reading.ts';

/**
 * Reads one step on from a cursor: a page of the first folder that is not finished or, when all are, a round over all
 * of them.
 */
export async function readStep(reading: Reading, from: GraphCursor, limit: number): Promise<GraphPage> {
  const cursor = from.folderLink === undefined ? await followFolders(reading, from) : from;
  const unfinished = foldersInOrder(cursor, reading.roles).find(({ place }) => isUnfinished(place));
  return unfinished === undefined
    ? folderRound(reading, cursor, limit)
    : folderPage(reading, cursor, unfinished, limit);
}
