import type { Cursor, Mailbox, Page } from '../mailbox/mailbox.ts';
import { readMessages, type ReadMessage } from './read-message.ts';

/** Messages in one page and so in one transaction unless fewer are asked for: about 6 MB of header fields. */
export const PAGE_SIZE = 2000;

/** A page, and what its messages name. */
export interface PageRead {
  readonly page: Page;
  readonly messages: readonly ReadMessage[];
}

/** Reads the pages of a mailbox, one ahead where it is told to. */
export interface PageReader {
  /**
   * The page after a cursor: the one that is being read already if it was begun for this version of the mailbox's row.
   * Rejects as the mailbox does, a page that was read ahead not before it is asked for.
   */
  read(cursor: Cursor, version: number): Promise<PageRead>;
  /** Begins to read the page after a cursor that will have this version once it is stored. */
  begin(cursor: Cursor, version: number): void;
}

/**
 * Reads pages of a mailbox so that one is read while the one before is stored. A page that nobody asks for, because its
 * predecessor was not stored, is forgotten.
 */
export function readPagesOf(mailbox: Mailbox, pageSize = PAGE_SIZE): PageReader {
  let ahead: { readonly version: number; readonly read: Promise<PageRead> } | undefined;
  return {
    read: (cursor, version) => {
      const begun = ahead?.version === version ? ahead.read : undefined;
      ahead = undefined;
      return begun ?? readPage(mailbox, cursor, pageSize);
    },
    begin: (cursor, version) => {
      const read = readPage(mailbox, cursor, pageSize);
      // It is told to whoever asks for the page, and may be that nobody does.
      read.catch(() => undefined);
      ahead = { version, read };
    },
  };
}

async function readPage(mailbox: Mailbox, cursor: Cursor, pageSize: number): Promise<PageRead> {
  const page = await mailbox.changesSince(cursor, pageSize);
  return { page, messages: await readMessages(page.messages, mailbox) };
}
