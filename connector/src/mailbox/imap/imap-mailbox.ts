import type { Cursor, Mailbox } from '../mailbox.ts';
import { MailboxError } from '../mailbox-error.ts';
import { seeFolders, waitUntilGrown, type SeenFolders } from './change-watch.ts';
import { createConnectionSlots } from '../connection-slots.ts';
import { excludedInbox } from '../excluded-folder.ts';
import { excludesInbox } from './excluded-folders.ts';
import { createFolderReader } from './folder-reader.ts';
import { surveyFolders } from './folder-survey.ts';
import { holdConnection } from './held-connection.ts';
import type { ImapConnection } from './imap-connection.ts';
import type { ImapCursor } from './imap-cursor.ts';
import { isTooLarge, mailboxError } from './imap-error.ts';
import type { ImapOptions } from './imap-options.ts';
import { readAhead } from './read-ahead.ts';
import { readReferenced, readReportParts } from './referenced-messages.ts';
import { createTurns } from '../turns.ts';

const LOOK_MS = 15_000;

/**
 * A mailbox on any IMAP server (RFC 3501, RFC 9051). Nothing is sent before the first call; a lost connection is made
 * again by the next one. There is one connection: a call that waits for change gives way to the others.
 */
export function openImapMailbox(options: ImapOptions): Mailbox {
  const { host, port, secure, user, address = user, log = () => undefined, excludedFolders = [] } = options;
  const turns = createTurns();
  const closing = new AbortController();
  const held = holdConnection(options, options.slots ?? createConnectionSlots());
  const connect = (): Promise<ImapConnection> => held.connect('read', closing.signal);
  const reader = createFolderReader(connect, log);
  let seen: SeenFolders | undefined;

  /** Does a task in its turn; once more when the connection that was left from before turns out to be lost. */
  async function withConnection<T>(task: (wanted: AbortSignal) => Promise<T>): Promise<T> {
    try {
      if (closing.signal.aborted) throw new MailboxError('retry', `The mailbox ${address} is closed; open it again.`);
      if (excludesInbox(excludedFolders)) throw excludedInbox(address);
      return await turns.take(async (wanted) => {
        const before = held.current();
        try {
          return await task(wanted);
        } catch (error) {
          if (!before || before.usable() || isTooLarge(error) || closing.signal.aborted) throw error;
          return await task(wanted);
        } finally {
          held.rest();
        }
      });
    } catch (error) {
      throw mailboxError(error, { host, port, secure, address });
    }
  }

  const readPage = readAhead((cursor, limit) =>
    withConnection(async () => {
      const page = await reader.changesSince(imapCursor(cursor), limit);
      return { page, readTo: reader.readTo };
    }),
  );

  /** True once there is something that was not there when the mailbox was last read. */
  async function grew(stop: AbortSignal): Promise<boolean> {
    const connection = await held.connect('wait', stop).catch((error: unknown) => {
      if (stop.aborted) return undefined;
      throw error;
    });
    if (!connection) return false;
    seen ??= await seeFolders(connection, false);
    const known = seen;
    const lookMs = options.timeouts?.lookMs ?? LOOK_MS;
    return held.lend((wanted) => waitUntilGrown(connection, known, lookMs, AbortSignal.any([stop, wanted])));
  }

  return {
    survey: (since) => withConnection(() => surveyFolders(connect, since)),

    openingCursor: (since) =>
      Promise.resolve({ provider: 'imap', version: 1, since: since.toISOString(), folders: {} }),

    async changesSince(cursor, limit) {
      const { page, readTo } = await readPage(cursor, limit);
      seen = readTo ?? new Map();
      return page;
    },

    read: (references) => withConnection(() => readReferenced(connect, references)),

    readReport: (reference) => withConnection(() => readReportParts(connect, reference)),

    async waitForChange(signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      while (!ended.aborted) {
        const grown = await withConnection(async (wanted) => {
          const stop = AbortSignal.any([ended, wanted]);
          return !stop.aborted && grew(stop);
        }).catch((error: unknown) => {
          if (ended.aborted) return false;
          throw error;
        });
        if (grown) return;
      }
    },

    async close() {
      closing.abort();
      await held.close();
    },
  };
}

function imapCursor(cursor: Cursor): ImapCursor {
  if (cursor.provider === 'imap' && cursor.version === 1) return cursor;
  throw new MailboxError(
    'cursor_expired',
    'The stored place is none of this IMAP mailbox; it is read again from a date.',
  );
}
