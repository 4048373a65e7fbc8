import { isDeepStrictEqual } from 'node:util';

import type { MailboxMessage, Page } from '../mailbox.ts';
import { folderPage } from './folder-page.ts';
import { folderStates, isUnread, type Connect, type FolderState } from './folder-state.ts';
import type { ImapCursor } from './imap-cursor.ts';
import type { FolderStatus } from './uid-window.ts';

/** Reads the folders of one mailbox page by page. */
export interface FolderReader {
  /**
   * The next page behind a cursor: folder by folder in reading order, in each by ascending UID. No folder is read past
   * the state in which it was when the folders were last listed.
   */
  changesSince(cursor: ImapCursor, limit: number): Promise<Page>;
  /** The folders as they were when they were last listed; undefined unless they were all read to that point. */
  readonly readTo: ReadonlyMap<string, FolderStatus> | undefined;
}

/** A reading under way: the folders as they stood at its beginning, and the place that was given out last. */
interface Round {
  readonly folders: FolderState[];
  readonly cursor: ImapCursor;
}

/**
 * The folders are listed once for all the pages of a reading, as long as each page is asked for with the cursor of the
 * one before, and once more at its end, to see what came meanwhile. Any other cursor begins anew.
 */
export function createFolderReader(connect: Connect, log: (message: string) => void): FolderReader {
  let round: Round | undefined;
  let readTo: ReadonlyMap<string, FolderStatus> | undefined;

  const begin = async (cursor: ImapCursor): Promise<Round> => ({
    folders: await folderStates(await connect(), cursor, log),
    cursor,
  });

  return {
    get readTo() {
      return readTo;
    },
    async changesSince(cursor, limit) {
      const continued = round && isDeepStrictEqual(round.cursor, cursor) ? round : undefined;
      [round, readTo] = [undefined, undefined];
      let current = continued ?? (await begin(cursor));
      const messages = await readRound(connect, current, limit);
      if (current === continued && messages.length < limit) {
        current = await begin(cursorOf(current));
        messages.push(...(await readRound(connect, current, limit - messages.length)));
      }
      const { folders } = current;
      const after = cursorOf(current);
      const finished = !folders.some(isUnread);
      // What a round found that began with an earlier page says nothing about the time of this call.
      const caughtUp = finished && current !== continued;
      if (caughtUp) readTo = new Map(folders.map(({ path, status }) => [path, status]));
      if (!finished) round = { folders, cursor: after };
      return { messages, cursor: after, caughtUp };
    },
  };
}

function cursorOf({ folders, cursor }: Round): ImapCursor {
  return { ...cursor, folders: Object.fromEntries(folders.map(({ path, place }) => [path, place])) };
}

/** Reads on in a round; its folders stand where the page ends. */
async function readRound(connect: Connect, { folders, cursor }: Round, limit: number): Promise<MailboxMessage[]> {
  const since = new Date(cursor.since);
  const messages: MailboxMessage[] = [];
  for (const [at, folder] of folders.entries()) {
    while (messages.length < limit && isUnread(folders[at]!)) {
      const page = await folderPage(connect, folders[at]!, since, limit - messages.length);
      messages.push(...(page?.messages ?? []));
      folders[at] = page?.folder ?? { ...folder, gone: true };
    }
  }
  return messages;
}
