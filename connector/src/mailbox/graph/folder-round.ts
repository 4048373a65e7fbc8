import type { MailboxMessage } from '../mailbox.ts';
import { folderCall, followFolders, foldersLost, type FolderAnswer } from './follow-folders.ts';
import type { DeltaAnswer, GraphMessage } from './graph-answer.ts';
import type { GraphCall } from './graph-batch.ts';
import type { Outcome, Skipped } from './graph-client.ts';
import type { GraphCursor } from './graph-cursor.ts';
import { isUnfinished, placeAfterDelta } from './graph-place.ts';
import {
  deltaCall,
  foldersInOrder,
  handOut,
  withoutFolder,
  withPlace,
  type Folder,
  type GraphPage,
  type Reading,
} from './reading.ts';

/** Messages of each folder in one answer, at most: most folders have nothing new. */
const MOST_IN_ROUND = 25;

type MessageAnswer = DeltaAnswer<GraphMessage>;

/** What a round has asked of one folder. */
interface Asked {
  readonly folder: Folder;
  readonly outcome: Outcome<MessageAnswer>;
}

/**
 * Asks every folder for what is new, and the list of folders too: one request as long as these are twenty at most. What
 * was sent is asked for last and handed out first, so that no answer is handed out before the mail that it answers.
 */
export async function folderRound(reading: Reading, from: GraphCursor, limit: number): Promise<GraphPage> {
  const size = Math.min(limit, MOST_IN_ROUND);
  const folders = foldersInOrder(from, reading.roles);
  const others = folders.filter(({ kind }) => kind !== 'sent');
  const sent = folders.filter(({ kind }) => kind === 'sent');
  const call = (folder: Folder): GraphCall<MessageAnswer> => deltaCall(reading, folder, from.since, size);
  const first: readonly GraphCall<MessageAnswer | FolderAnswer>[] = [folderCall(reading, from), ...others.map(call)];
  const last = sent.map((folder) => ({ ...call(folder), after: first }));
  const [listed, ...outcomes] = await reading.client.askAll([...first, ...last]);
  const asked = [...others, ...sent].map((folder, index): Asked => {
    return { folder, outcome: outcomes[index] as Outcome<MessageAnswer> };
  });
  const inOrder = [...asked.slice(others.length), ...asked.slice(0, others.length)];
  return taken(reading, from, inOrder, { listed: listed as Outcome<FolderAnswer>, limit, size });
}

/** Takes answers in the order of reading, up to the first folder that has more, or more than there is room for. */
async function taken(
  reading: Reading,
  from: GraphCursor,
  asked: readonly Asked[],
  { listed, limit, size }: { readonly listed: Outcome<FolderAnswer>; readonly limit: number; readonly size: number },
): Promise<GraphPage> {
  let cursor = from;
  const messages: MailboxMessage[] = [];
  for (const { folder, ...first } of asked) {
    const outcome = await unlessSkipped(reading, folder, first.outcome, from.since, size);
    if ('gone' in outcome) {
      cursor = withoutFolder(cursor, folder.id);
      continue;
    }
    if ('error' in outcome) {
      if (messages.length === 0) throw outcome.error;
      return { messages, cursor, caughtUp: false };
    }
    const { entries, link } = outcome.answer;
    const isFull = messages.length > 0 && messages.length + entries.length > limit;
    if (isFull) return { messages, cursor, caughtUp: false };
    messages.push(...(await handOut(reading, entries, folder.kind)));
    const place = placeAfterDelta(folder.place, outcome.answer, reading.client.pathOf(link));
    cursor = withPlace(cursor, folder.id, place);
    if (isUnfinished(place)) return { messages, cursor, caughtUp: false };
  }
  if ('error' in listed) throw listed.error;
  const followed = await followFolders(reading, cursor, 'answer' in listed ? listed.answer : foldersLost(reading));
  const isComplete = foldersInOrder(followed, reading.roles).every(({ place }) => place.link !== undefined);
  return { messages, cursor: followed, caughtUp: isComplete };
}

/** What waits for other calls of a batch is not made at all when one of them fails: then it is made by itself. */
async function unlessSkipped(
  reading: Reading,
  folder: Folder,
  outcome: Outcome<MessageAnswer>,
  since: string,
  size: number,
): Promise<Exclude<Outcome<MessageAnswer>, Skipped>> {
  if (!('skipped' in outcome)) return outcome;
  const answer = await reading.client.ask(deltaCall(reading, folder, since, size));
  return answer === undefined ? { gone: true } : { answer };
}
