import type { Cursor, Mailbox } from '../mailbox.ts';
import { MailboxError } from '../mailbox-error.ts';
import { createFolderWatch } from './change-watch.ts';
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
const IDLE_MS = 28 * 60_000;
/** Between two times that a connection is said to be alive. */
const LIFE_MS = 60_000;

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
  const { lookMs = LOOK_MS, idleMs = IDLE_MS } = options.timeouts ?? {};
  const watch = createFolderWatch({ lookMs, idleMs });

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
  async function grew(stop: AbortSignal, listening: (listens: boolean) => void): Promise<boolean> {
    const connection = await held.connect('wait', stop).catch((error: unknown) => {
      if (stop.aborted) return undefined;
      throw error;
    });
    if (!connection) return false;
    // A connection whose other end is gone is not usable for long: probes of TCP find that out within seconds.
    const alive = (): void => void (connection.usable() && listening(true));
    const life = setInterval(alive, LIFE_MS);
    const began = performance.now();
    try {
      alive();
      return await held.lend((wanted) => watch.waitUntilGrown(connection, AbortSignal.any([stop, wanted])));
    } catch (error) {
      // Hosts end connections that last for long; the next one is made at once, and looks for what came meanwhile.
      if (!connection.usable() && performance.now() - began >= lookMs) return false;
      throw error;
    } finally {
      clearInterval(life);
    }
  }

  return {
    survey: (since) => withConnection(() => surveyFolders(connect, since)),

    openingCursor: (since) =>
      Promise.resolve({ provider: 'imap', version: 1, since: since.toISOString(), folders: {} }),

    async changesSince(cursor, limit) {
      const { page, readTo } = await readPage(cursor, limit);
      watch.wasRead(readTo);
      return page;
    },

    read: (references) => withConnection(() => readReferenced(connect, references)),

    readReport: (reference) => withConnection(() => readReportParts(connect, reference)),

    async waitForChange(signal, listening = () => undefined) {
      const ended = AbortSignal.any([signal, closing.signal]);
      while (!ended.aborted) {
        const grown = await withConnection(async (wanted) => {
          const stop = AbortSignal.any([ended, wanted]);
          return !stop.aborted && grew(stop, listening);
        }).catch((error: unknown) => {
          if (ended.aborted) return false;
          listening(false);
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
