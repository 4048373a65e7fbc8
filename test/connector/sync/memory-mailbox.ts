import { EventEmitter, once } from 'node:events';

import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import type { ReportParts } from '../../../connector/src/mail/delivery-report.ts';
import type { ImapCursor } from '../../../connector/src/mailbox/imap/imap-cursor.ts';
import { MailboxError } from '../../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, MailboxMessage } from '../../../connector/src/mailbox/mailbox.ts';

type Folder = MailboxMessage['folder'];

/** Sent first, as the port asks for. */
const FOLDERS: readonly Folder[] = ['sent', 'other', 'junk'];

interface Stored extends MailboxMessage {
  readonly uid: number;
  readonly parts: ReportParts | undefined;
}

/** A message that arrives. */
export interface Delivered extends Partial<Pick<MailboxMessage, 'thread' | 'startsThread'>> {
  readonly fields: HeaderBlock;
  readonly folder?: Folder;
  readonly receivedAt?: Date;
  readonly parts?: ReportParts;
}

/** A mailbox that keeps its messages in memory, and the provider's side of it. It gives what the port promises. */
export interface MemoryMailbox extends Mailbox {
  /** Files a message and returns its reference. */
  deliver(message: Delivered): string;
  remove(reference: string): void;
  /** Files a message anew, as a move between two folders does: under a new reference, which is returned. */
  move(reference: string): string;
  /** Makes every place that was handed out until now worthless. */
  forgetPlaces(): void;
  /** What every call rejects with from now on. */
  failure: Error | undefined;
  /** Messages that one call hands out at most, whatever limit it is given. */
  pageSize: number;
  /** How often changes were asked for. */
  readonly reads: number;
}

const FIRST_RECEIVED = new Date('2026-03-01T12:00:00.000Z');

export function memoryMailbox(): MemoryMailbox {
  const messages = new Map<string, Stored>();
  let lastUid = 0;
  let validity = 1;
  let reads = 0;
  const arrivals = new EventEmitter();
  const reachable = async (): Promise<void> => {
    await Promise.resolve();
    if (mailbox.failure !== undefined) throw mailbox.failure;
  };
  const file = (message: Omit<Stored, 'uid' | 'reference'>): string => {
    lastUid += 1;
    const reference = `${message.folder}/${lastUid}`;
    messages.set(reference, { ...message, uid: lastUid, reference });
    arrivals.emit('message');
    return reference;
  };
  const stored = (reference: string): Stored => {
    const message = messages.get(reference);
    if (message === undefined) throw new Error(`The mailbox holds no message ${reference}.`);
    return message;
  };
  const unread = (cursor: ImapCursor): Stored[] =>
    FOLDERS.flatMap((folder) => {
      const place = cursor.folders[folder];
      if (place?.uidValidity !== String(validity)) throw new MailboxError('cursor_expired', 'The place is gone.');
      const since = new Date(cursor.since);
      return [...messages.values()]
        .filter((message) => message.folder === folder && message.uid > place.lastUid)
        .filter(({ uid, receivedAt }) => uid > place.datedUpTo || receivedAt >= since);
    });
  const after = (cursor: ImapCursor, page: readonly Stored[]): ImapCursor => ({
    ...cursor,
    folders: Object.fromEntries(
      Object.entries(cursor.folders).map(([folder, place]) => {
        const last = page.findLast((message) => message.folder === folder);
        return [folder, last === undefined ? place : { ...place, lastUid: last.uid }];
      }),
    ),
  });
  const mailbox: MemoryMailbox = {
    failure: undefined,
    pageSize: 500,
    get reads() {
      return reads;
    },
    deliver: ({ folder = 'other', receivedAt = FIRST_RECEIVED, parts, ...message }) =>
      file({ ...message, folder, receivedAt, parts }),
    remove: (reference) => void messages.delete(stored(reference).reference),
    move: (reference) => {
      const message = stored(reference);
      messages.delete(reference);
      return file(message);
    },
    forgetPlaces: () => {
      validity += 1;
    },
    openingCursor: async (since) => {
      await reachable();
      const place = { uidValidity: String(validity), lastUid: 0, datedUpTo: lastUid };
      const folders = Object.fromEntries(FOLDERS.map((folder) => [folder, place]));
      return { provider: 'imap', version: 1, since: since.toISOString(), folders };
    },
    survey: async (since) => {
      await reachable();
      const within = (folder: Stored['folder']): number =>
        [...messages.values()].filter((message) => message.folder === folder && message.receivedAt >= since).length;
      return { folders: FOLDERS.map((folder) => ({ name: folder, kind: folder, messages: within(folder) })) };
    },
    changesSince: async (cursor: Cursor, limit) => {
      reads += 1;
      await reachable();
      if (cursor.provider !== 'imap') throw new Error('This cursor is none of this mailbox.');
      const found = unread(cursor);
      const page = found.slice(0, Math.min(limit, mailbox.pageSize));
      return { messages: page, cursor: after(cursor, page), caughtUp: page.length === found.length };
    },
    read: async (references) => {
      await reachable();
      return references.flatMap((reference) => messages.get(reference) ?? []);
    },
    readReport: async (reference) => {
      await reachable();
      return messages.get(reference)?.parts;
    },
    waitForChange: async (signal) => {
      await reachable();
      await once(arrivals, 'message', { signal }).catch(() => undefined);
    },
    close: () => Promise.resolve(),
  };
  return mailbox;
}
