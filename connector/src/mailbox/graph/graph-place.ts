import type { DeltaAnswer, FolderEntry, GraphMessage } from './graph-answer.ts';
import type { GraphCursor, GraphFolderPlace } from './graph-cursor.ts';

/**
 * From so many messages on, a first round is not believed to have given all: "Applying $filter in a delta query returns
 * only up to 5,000 messages" ("Get incremental changes to messages in a folder"). One more call tells.
 */
const MAY_BE_CUT = 1000;
const SECOND_MS = 1000;

export function openingPlace(since: Date): GraphCursor {
  return { provider: 'graph', version: 1, since: since.toISOString(), folders: {} };
}

/** Whether a folder has more to give than a round over all folders would ask of it. */
export function isUnfinished({ more, olderThan }: GraphFolderPlace): boolean {
  return more === true || olderThan !== undefined;
}

/** The place of a folder after a page of its delta query. `path` is the link of the page, behind the address of the API. */
export function placeAfterDelta(
  place: GraphFolderPlace,
  { entries, more }: Pick<DeltaAnswer<GraphMessage>, 'entries' | 'more'>,
  path: string,
): GraphFolderPlace {
  const isFirst = place.link === undefined || place.first !== undefined;
  if (!isFirst) return more ? { link: path, more } : { link: path };
  const messages = (place.first?.messages ?? 0) + entries.length;
  const oldest = oldestOf(entries) ?? place.first?.oldest;
  if (more) return { link: path, more, first: { messages, ...(oldest !== undefined && { oldest }) } };
  return messages >= MAY_BE_CUT && oldest !== undefined ? { link: path, olderThan: oldest } : { link: path };
}

/**
 * The place of a folder after a list of its older messages. A list goes on by date, not by number, so that a deletion
 * meanwhile shifts nothing: those of the last second come again, and are recognised.
 *
 * @param top how many messages were asked for
 */
export function placeAfterList(
  { olderThan, ...place }: GraphFolderPlace,
  messages: readonly GraphMessage[],
  top: number,
): GraphFolderPlace {
  const oldest = oldestOf(messages);
  if (oldest === undefined || messages.length < top) return place;
  const isStuck =
    olderThan !== undefined &&
    Math.floor(Date.parse(olderThan) / SECOND_MS) <= Math.floor(Date.parse(oldest) / SECOND_MS);
  return { ...place, olderThan: isStuck ? new Date(Date.parse(oldest) - SECOND_MS).toISOString() : oldest };
}

/** The folders after a page of the delta query over them: those that are new stand at their beginning. */
export function placesAfterFolders(
  folders: GraphCursor['folders'],
  entries: readonly FolderEntry[],
  isRead: (id: string) => boolean,
): GraphCursor['folders'] {
  const places = new Map(Object.entries(folders));
  for (const { id, removed, holdsMessages } of entries) {
    if (removed) places.delete(id);
    else if (holdsMessages && isRead(id) && !places.has(id)) places.set(id, {});
  }
  return Object.fromEntries(places);
}

function oldestOf(messages: readonly GraphMessage[]): string | undefined {
  if (messages.length === 0) return undefined;
  return new Date(messages.reduce((oldest, { receivedAt }) => Math.min(oldest, receivedAt), Infinity)).toISOString();
}
