import { isDeepStrictEqual } from 'node:util';

import type { MailboxMessage, Page } from '../mailbox.ts';
import type { EwsClient } from './ews-client.ts';
import type { EwsCursor, EwsFolderPlace } from './ews-cursor.ts';
import { EwsFailure } from './ews-failure.ts';
import { toMailboxMessage } from './ews-message.ts';
import { formatReference } from './ews-reference.ts';
import type { FolderList, FolderToRead } from './folder-list.ts';
import { readItems } from './read-items.ts';

/** What SyncFolderItems returns at most. */
const MOST_CHANGES = 512;

/** Reads the folders of one mailbox page by page. */
export interface FolderReader {
  /** The next page behind a cursor: folder by folder in reading order. */
  changesSince(cursor: EwsCursor, limit: number): Promise<Page & { readonly cursor: EwsCursor }>;
  /** Whether a folder holds a message behind a cursor at which everything had been read. */
  hasNews(cursor: EwsCursor): Promise<boolean>;
}

/** A reading under way: where it stands among the folders, and the place that was given out last. */
interface Round {
  readonly folders: readonly FolderToRead[];
  readonly at: number;
  readonly cursor: EwsCursor;
}

export interface FolderReaderOptions {
  readonly client: EwsClient;
  readonly folders: FolderList;
  readonly log: (message: string) => void;
  /** Told of the ids that were handed out. */
  readonly handedOut: (ids: readonly string[]) => void;
}

/**
 * The folders are gone through once for all the pages of a reading, as long as each page is asked for with the cursor
 * of the one before, and once more at its end, to see what came meanwhile. Any other cursor begins anew.
 */
export function createFolderReader({ client, folders, log, handedOut }: FolderReaderOptions): FolderReader {
  let round: Round | undefined;

  async function begin(cursor: EwsCursor): Promise<Round> {
    const listed = await folders.list();
    const places = listed.map(({ id }) => [id, cursor.folders[id] ?? { dated: true as const }] as const);
    return { folders: listed, at: 0, cursor: { ...cursor, folders: Object.fromEntries(places) } };
  }

  /** Reads on until the page is full or every folder has been gone through. */
  async function readOn(from: Round, limit: number): Promise<{ messages: MailboxMessage[]; round: Round }> {
    const messages: MailboxMessage[] = [];
    let { at } = from;
    const places = new Map(Object.entries(from.cursor.folders));
    while (at < from.folders.length && messages.length < limit) {
      const folder = from.folders[at]!;
      const step = await readFolder(
        folder,
        places.get(folder.id)!,
        limit - messages.length,
        new Date(from.cursor.since),
      );
      messages.push(...step.messages);
      if (step.place) places.set(folder.id, step.place);
      else places.delete(folder.id);
      if (!step.more) at += 1;
    }
    const cursor = { ...from.cursor, folders: Object.fromEntries(places) };
    return { messages, round: { folders: from.folders, at, cursor } };
  }

  async function readFolder(folder: FolderToRead, place: EwsFolderPlace, limit: number, since: Date): Promise<Step> {
    try {
      return await readStep(folder, place, limit, since);
    } catch (error) {
      if (!(error instanceof EwsFailure)) throw error;
      if (error.code === 'ErrorSyncFolderNotFound') return { messages: [], place: undefined, more: false };
      if (error.code !== 'ErrorInvalidSyncStateData' || place.syncState === undefined) throw error;
      log('A folder has lost its place; it is read again from the date of the first read.');
      return { messages: [], place: { dated: true }, more: true };
    }
  }

  async function readStep(folder: FolderToRead, place: EwsFolderPlace, limit: number, since: Date): Promise<Step> {
    const changes = await client.syncFolderItems(folder.id, place.syncState, Math.min(limit, MOST_CHANGES));
    const more = changes.more && changes.syncState !== place.syncState;
    const wanted = changes.created.filter(
      ({ draft, receivedAt }) => !draft && !(place.dated && receivedAt !== undefined && receivedAt < since),
    );
    const items = await readItems(
      client,
      wanted.map(({ id }) => id),
    );
    handedOut(items.map(({ id }) => id));
    const dated = place.dated && more ? { dated: true as const } : {};
    return {
      messages: items
        .filter(({ draft, receivedAt }) => !draft && !(place.dated && receivedAt !== undefined && receivedAt < since))
        .map((item) => toMailboxMessage(item, formatReference({ kind: folder.kind, id: item.id }), folder.kind)),
      place: { syncState: changes.syncState, ...dated },
      more,
    };
  }

  return {
    changesSince: async (cursor, limit) => {
      const continued = round && isDeepStrictEqual(round.cursor, cursor) ? round : undefined;
      round = undefined;
      const first = await readOn(continued ?? (await begin(cursor)), limit);
      let { round: current } = first;
      const { messages } = first;
      const isDone = (): boolean => current.at >= current.folders.length;
      let whole = continued === undefined;
      if (isDone() && !whole && messages.length < limit) {
        const again = await readOn(await begin(current.cursor), limit - messages.length);
        messages.push(...again.messages);
        current = again.round;
        whole = true;
      }
      // What a round found that began with an earlier page says nothing about the time of this call.
      const caughtUp = isDone() && whole;
      if (!isDone()) round = current;
      return { messages, cursor: current.cursor, caughtUp };
    },

    hasNews: async (cursor) => {
      for (const { id } of await folders.list()) {
        const place = cursor.folders[id];
        if (await hasNewItem(client, id, place?.syncState)) return true;
      }
      return false;
    },
  };
}

interface Step {
  readonly messages: readonly MailboxMessage[];
  /** Undefined when the folder is gone. */
  readonly place: EwsFolderPlace | undefined;
  readonly more: boolean;
}

/** A folder that has no place yet, or lost it, has to be read. */
async function hasNewItem(client: EwsClient, id: string, syncState: string | undefined): Promise<boolean> {
  try {
    const { created } = await client.syncFolderItems(id, syncState, MOST_CHANGES);
    return created.some(({ draft }) => !draft);
  } catch (error) {
    if (error instanceof EwsFailure && error.code === 'ErrorSyncFolderNotFound') return false;
    if (error instanceof EwsFailure && error.code === 'ErrorInvalidSyncStateData') return true;
    throw error;
  }
}
