import type { Cursor, Mailbox } from '../mailbox.ts';
import { MailboxError } from '../mailbox-error.ts';
import { folderChanges } from './folder-changes.ts';
import { surveyFolders } from './folder-survey.ts';
import { connectImap, type ImapConnection } from './imap-connection.ts';
import type { ImapCursor } from './imap-cursor.ts';
import { mailboxError } from './imap-error.ts';
import type { ImapOptions } from './imap-options.ts';
import { readReferenced, readReportParts } from './referenced-messages.ts';
import { createTurns } from './turns.ts';

const INBOX = 'INBOX';

/**
 * A mailbox on any IMAP server (RFC 3501, RFC 9051). Nothing is sent before the first call; a lost connection is made
 * again by the next one. There is one connection: a call that waits for change gives way to the others.
 */
export function openImapMailbox(options: ImapOptions): Mailbox {
  const { host, port, user, address = user, log = () => undefined } = options;
  const turns = createTurns();
  const closing = new AbortController();
  let connection: ImapConnection | undefined;
  /** The UID that the next message in the inbox had when it was last read to the end. */
  let inboxRead: { uidValidity: string; lastUid: number } | undefined;

  async function connect(): Promise<ImapConnection> {
    if (closing.signal.aborted) throw new MailboxError('retry', `The mailbox ${address} is closed; open it again.`);
    if (connection?.usable()) return connection;
    const opened = await connectImap(options);
    log(`Connected to ${host}:${port} for ${address}.`);
    connection = opened;
    return opened;
  }

  async function withConnection<T>(task: (wanted: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await turns.take(async (wanted) => {
        if (connection && !(await connection.answers())) connection = undefined;
        return task(wanted);
      });
    } catch (error) {
      throw mailboxError(error, { host, port, address });
    }
  }

  /** True once a message is in the inbox that was not there when it was last read. */
  async function inboxGrew(stop: AbortSignal): Promise<boolean> {
    const current = await connect();
    const status = await current.examine(INBOX);
    if (!status) throw new MailboxError('retry', `The mailbox ${address} on ${host}:${port} has no inbox.`);
    const grown = { uidValidity: status.uidValidity, lastUid: status.uidNext - 1 };
    inboxRead ??= grown;
    if (inboxRead.uidValidity !== grown.uidValidity || inboxRead.lastUid < grown.lastUid) return true;
    return current.waitForMessages(stop);
  }

  return {
    survey: (since) => withConnection(() => surveyFolders(connect, since)),

    openingCursor: (since) =>
      Promise.resolve({ provider: 'imap', version: 1, since: since.toISOString(), folders: {} }),

    changesSince: (cursor, limit) =>
      withConnection(async () => {
        const page = await folderChanges(connect, imapCursor(cursor), limit, log);
        inboxRead = new Map(Object.entries((page.cursor as ImapCursor).folders)).get(INBOX);
        return page;
      }),

    read: (references) => withConnection(() => readReferenced(connect, references)),

    readReport: (reference) => withConnection(() => readReportParts(connect, reference)),

    async waitForChange(signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      while (!ended.aborted) {
        const grew = await withConnection(async (wanted) => {
          return !ended.aborted && (await inboxGrew(AbortSignal.any([ended, wanted])));
        }).catch((error: unknown) => {
          if (closing.signal.aborted) return true;
          throw error;
        });
        if (grew) return;
      }
    },

    async close() {
      closing.abort();
      await connection?.close();
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
