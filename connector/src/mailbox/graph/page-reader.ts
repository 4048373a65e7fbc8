import { MailboxError } from '../mailbox-error.ts';
import type { MailboxMessage, Page } from '../mailbox.ts';
import type { FolderRoles } from './folder-roles.ts';
import {
  parseFolderDelta,
  parseMessageDelta,
  parseMessageList,
  type DeltaAnswer,
  type FolderEntry,
  type GraphMessage,
} from './graph-answer.ts';
import type { GraphCall, GraphClient, Outcome } from './graph-client.ts';
import type { GraphCursor, GraphFolderPlace } from './graph-cursor.ts';
import { toMailboxMessage } from './graph-message.ts';
import { firstDeltaPath, firstFolderDeltaPath, listPath } from './graph-path.ts';
import { isUnfinished, placeAfterDelta, placeAfterList, placesAfterFolders } from './graph-place.ts';
import { withHeaders } from './referenced-messages.ts';

export interface GraphPage extends Page {
  readonly cursor: GraphCursor;
}

/** Messages of one folder in one answer, at most: with their header fields about 2 MB. */
const MOST_MESSAGES = 200;
/** The same for each folder of a round over all of them, in which most have nothing new. */
const MOST_IN_ROUND = 25;

interface Folder {
  readonly id: string;
  readonly kind: MailboxMessage['folder'];
  readonly place: GraphFolderPlace;
}

type MessageAnswer = DeltaAnswer<GraphMessage>;

/**
 * Reads one step on from a cursor: the first folder that is not finished, or, when all are, a round that asks every
 * folder for what is new, and the list of folders too, in one batch of 20 calls as long as there are not more. What was
 * sent is handed out first and asked for last, so that no answer is handed out before the mail that it answers.
 */
export function createPageReader(
  client: GraphClient,
  address: string,
  readRoles: () => Promise<FolderRoles>,
): (from: GraphCursor, limit: number) => Promise<GraphPage> {
  function deltaCall({ id, place }: Folder, since: string, pageSize: number): GraphCall<MessageAnswer> {
    const path = place.link ?? firstDeltaPath(address, id, since);
    return { path, parse: parseMessageDelta, place: place.link !== undefined, pageSize };
  }

  function folderCall({ folderLink }: GraphCursor): GraphCall<DeltaAnswer<FolderEntry>> {
    const path = folderLink ?? firstFolderDeltaPath(address);
    return { path, parse: parseFolderDelta, place: folderLink !== undefined, pageSize: MOST_MESSAGES };
  }

  async function handOut(messages: readonly GraphMessage[], kind: MailboxMessage['folder']): Promise<MailboxMessage[]> {
    const mail = messages.filter(({ isDraft }) => !isDraft);
    return (await withHeaders(client, address, mail)).map((message) => toMailboxMessage(message, kind));
  }

  /** Follows the list of folders to its end. */
  async function withFolders(
    from: GraphCursor,
    roles: FolderRoles,
    first?: DeltaAnswer<FolderEntry>,
  ): Promise<GraphCursor> {
    let cursor = from;
    let answer = first;
    do {
      answer ??= (await client.ask(folderCall(cursor))) ?? lostPlace(address);
      const isRead = (id: string): boolean => roles.rankOf(id) !== undefined;
      const folders = placesAfterFolders(cursor.folders, answer.entries, isRead);
      cursor = { ...cursor, folders, folderLink: client.pathOf(answer.link) };
      if (!answer.more) return cursor;
      answer = undefined;
    } while (true);
  }

  /** One page of one folder that is not finished. */
  async function readFolder(cursor: GraphCursor, folder: Folder, limit: number): Promise<GraphPage> {
    const size = Math.min(limit, MOST_MESSAGES);
    const { id, kind, place } = folder;
    const { since } = cursor;
    if (place.more !== true && place.olderThan !== undefined) {
      const path = listPath(address, id, { since, until: place.olderThan }, size);
      const listed = await client.ask({ path, parse: parseMessageList });
      if (listed === undefined) return without(cursor, id);
      return {
        messages: await handOut(listed, kind),
        cursor: at(cursor, id, placeAfterList(place, listed, size)),
        caughtUp: false,
      };
    }
    const answer = await client.ask(deltaCall(folder, since, size));
    if (answer === undefined) return without(cursor, id);
    const next = placeAfterDelta(place, answer, client.pathOf(answer.link));
    return { messages: await handOut(answer.entries, kind), cursor: at(cursor, id, next), caughtUp: false };
  }

  async function readRound(from: GraphCursor, roles: FolderRoles, limit: number): Promise<GraphPage> {
    const folders = inOrder(from, roles);
    const listing = folderCall(from);
    const pageSize = Math.min(limit, MOST_IN_ROUND);
    const calls = folders.map((folder) => deltaCall(folder, from.since, pageSize));
    const [sent, others] = [0, 1].map((which) =>
      calls.filter((_, index) => (folders[index]!.kind === 'sent' ? 0 : 1) === which),
    );
    const asked: readonly GraphCall<MessageAnswer | DeltaAnswer<FolderEntry>>[] = [
      ...[listing, ...others!],
      ...sent!.map((call) => ({ ...call, after: others! })),
    ];
    const outcomes = await client.askAll(asked);
    const listed = outcomes[0] as Outcome<DeltaAnswer<FolderEntry>>;
    const inReadingOrder = [...outcomes.slice(1 + others!.length), ...outcomes.slice(1, 1 + others!.length)];
    return consume(from, folders, inReadingOrder as Outcome<MessageAnswer>[], { listed, roles, limit });
  }

  /** Takes answers in reading order, up to the first folder that has more, or more than there is room for. */
  async function consume(
    from: GraphCursor,
    folders: readonly Folder[],
    outcomes: readonly Outcome<MessageAnswer>[],
    { listed, roles, limit }: { listed: Outcome<DeltaAnswer<FolderEntry>>; roles: FolderRoles; limit: number },
  ): Promise<GraphPage> {
    let cursor = from;
    const messages: MailboxMessage[] = [];
    for (const [index, folder] of folders.entries()) {
      const outcome = await answered(outcomes[index]!, folder, from.since, limit);
      if ('gone' in outcome) {
        cursor = without(cursor, folder.id).cursor;
        continue;
      }
      if ('error' in outcome) {
        if (messages.length === 0) throw outcome.error;
        return { messages, cursor, caughtUp: false };
      }
      const { answer } = outcome;
      if (messages.length > 0 && messages.length + answer.entries.length > limit)
        return { messages, cursor, caughtUp: false };
      messages.push(...(await handOut(answer.entries, folder.kind)));
      const place = placeAfterDelta(folder.place, answer, client.pathOf(answer.link));
      cursor = at(cursor, folder.id, place);
      if (isUnfinished(place)) return { messages, cursor, caughtUp: false };
    }
    if ('error' in listed) throw listed.error;
    const followed = await withFolders(cursor, roles, 'answer' in listed ? listed.answer : lostPlace(address));
    const isNew = Object.values(followed.folders).some(({ link }) => link === undefined);
    return { messages, cursor: followed, caughtUp: !isNew };
  }

  /** What was asked for last is not asked at all when something before it failed: then it is asked by itself. */
  async function answered(
    outcome: Outcome<MessageAnswer>,
    folder: Folder,
    since: string,
    limit: number,
  ): Promise<Outcome<MessageAnswer>> {
    if (!('error' in outcome) || folder.kind !== 'sent' || outcome.error.code !== 'retry') return outcome;
    const answer = await client.ask(deltaCall(folder, since, Math.min(limit, MOST_IN_ROUND)));
    return answer === undefined ? { gone: true } : { answer };
  }

  return async (from, limit) => {
    const roles = await readRoles();
    const cursor = from.folderLink === undefined ? await withFolders(from, roles) : from;
    const unfinished = inOrder(cursor, roles).find(({ place }) => isUnfinished(place));
    return unfinished === undefined ? readRound(cursor, roles, limit) : readFolder(cursor, unfinished, limit);
  };
}

/** The folders that are read, in the order of reading. */
function inOrder({ folders }: GraphCursor, roles: FolderRoles): Folder[] {
  return Object.entries(folders)
    .map(([id, place]) => ({ id, place, kind: roles.kindOf(id), rank: roles.rankOf(id) }))
    .filter((folder): folder is Folder & { rank: number } => folder.rank !== undefined)
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
}

function at(cursor: GraphCursor, id: string, place: GraphFolderPlace): GraphCursor {
  return { ...cursor, folders: { ...cursor.folders, [id]: place } };
}

/** A folder that was removed holds nothing any more; what was moved out of it shows up where it is. */
function without(cursor: GraphCursor, id: string): GraphPage {
  const { [id]: _gone, ...folders } = cursor.folders;
  return { messages: [], cursor: { ...cursor, folders }, caughtUp: false };
}

function lostPlace(address: string): never {
  throw new MailboxError(
    'cursor_expired',
    `The folders of ${address} cannot be followed any more. Read it from a date.`,
  );
}
