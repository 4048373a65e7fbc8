import { randomBytes } from 'node:crypto';

import type { RawMessage } from '../raw-message.ts';

/** What Exchange makes of a message that concerns a meeting (resource type eventMessage). */
export type MeetingMessageType =
  'meetingRequest' | 'meetingCancelled' | 'meetingAccepted' | 'meetingTentativelyAccepted' | 'meetingDeclined';

export interface StoredMessage {
  /** The immutable id, which a move within the mailbox leaves alone. */
  readonly immutableId: string;
  /** The ordinary id, another one after every move. */
  readonly id: string;
  readonly folderId: string;
  /** To the second, as Exchange shows it. */
  readonly receivedAt: Date;
  readonly isRead: boolean;
  readonly isDraft: boolean;
  readonly conversationId: string;
  readonly meetingMessageType?: MeetingMessageType;
  /** False for a copy that was written here: it never passed the transport, which is where header fields come from. */
  readonly hasTransportHeaders: boolean;
  readonly message: RawMessage;
}

export interface Folder {
  readonly id: string;
  readonly displayName: string;
  readonly parentFolderId: string;
  readonly wellKnownName?: string;
  readonly isHidden?: boolean;
}

/** One change inside a folder. `readFlag` is a change of the read mark alone, which delta shows in three properties. */
export interface Change {
  readonly sequence: number;
  readonly immutableId: string;
  readonly id: string;
  readonly kind: 'stored' | 'changed' | 'readFlag' | 'removed';
}

export type NewMessage = Omit<StoredMessage, 'immutableId' | 'id' | 'conversationId'> & {
  readonly conversationId?: string;
};

/** Told of a message that was stored, changed or removed. */
export type ChangeListener = (kind: 'created' | 'updated' | 'deleted', message: StoredMessage) => void;

/** One mailbox: its folders, its messages, and what changed in each folder. */
export interface MailboxState {
  readonly address: string;
  /** The object id of its user. */
  readonly userId: string;
  readonly folders: ReadonlyMap<string, Folder>;
  /** By immutable id. */
  readonly messages: ReadonlyMap<string, StoredMessage>;
  /** Grows with every change of a message or a folder. */
  readonly sequence: number;
  /** Changes of folders, with the folder as it was when it went. */
  readonly folderChanges: readonly { readonly sequence: number; readonly folder: Folder }[];
  changesIn(folderId: string): readonly Change[];
  /** The folder by its id or its well-known name. */
  folder(name: string): Folder | undefined;
  /** The message by either of its ids. */
  message(id: string): StoredMessage | undefined;
  messagesIn(folderId: string): readonly StoredMessage[];
  newestFirst(folderId: string): readonly StoredMessage[];
  addFolder(displayName: string, parent?: string): Folder;
  renameFolder(id: string, displayName: string): void;
  removeFolder(id: string): void;
  store(message: NewMessage): StoredMessage;
  change(immutableId: string, change: Partial<Pick<StoredMessage, 'isRead' | 'isDraft' | 'message'>>): StoredMessage;
  move(immutableId: string, folderId: string): StoredMessage;
  remove(immutableId: string): boolean;
  listen(listener: ChangeListener): void;
}

/** Folders that every mailbox has; names of `mailFolder` resource type, "well-known folder names". */
const WELL_KNOWN: readonly (readonly [name: string, displayName: string])[] = [
  ['inbox', 'Inbox'],
  ['drafts', 'Drafts'],
  ['sentitems', 'Sent Items'],
  ['deleteditems', 'Deleted Items'],
  ['junkemail', 'Junk Email'],
  ['outbox', 'Outbox'],
  ['archive', 'Archive'],
  ['conversationhistory', 'Conversation History'],
];

export const ROOT = 'msgfolderroot';

const byDateDescending = (a: StoredMessage, b: StoredMessage): number =>
  b.receivedAt.getTime() - a.receivedAt.getTime();

export function createMailboxState(address: string, userId: string): MailboxState {
  const folders = new Map<string, Folder>();
  const messages = new Map<string, StoredMessage>();
  const byId = new Map<string, string>();
  const changes = new Map<string, Change[]>();
  const folderChanges: { sequence: number; folder: Folder }[] = [];
  const listeners: ChangeListener[] = [];
  /** Of the folder that was asked for last: a large one is not sorted anew for every page. */
  let sorted: { readonly key: string; readonly messages: readonly StoredMessage[] } | undefined;
  const salt = randomBytes(6).toString('hex');
  const rootId = `AQMkroot${salt}`;
  let sequence = 0;
  let ids = 0;

  const nextId = (kind: string): string => `${kind}${salt}${(++ids).toString(36).padStart(8, '0')}=`;

  function log(message: StoredMessage, kind: Change['kind']): void {
    const { immutableId, id, folderId } = message;
    const list = changes.get(folderId) ?? [];
    changes.set(folderId, list);
    list.push({ sequence: ++sequence, immutableId, id, kind });
  }

  const tell: ChangeListener = (kind, message) => listeners.forEach((listener) => listener(kind, message));

  function addFolder(displayName: string, parent = ROOT, wellKnownName?: string): Folder {
    const parentFolderId = parent === ROOT ? rootId : folder(parent)!.id;
    const added = { id: nextId('AAMkF'), displayName, parentFolderId, ...(wellKnownName && { wellKnownName }) };
    folders.set(added.id, added);
    folderChanges.push({ sequence: ++sequence, folder: added });
    return added;
  }

  function folder(name: string): Folder | undefined {
    return folders.get(name) ?? [...folders.values()].find(({ wellKnownName }) => wellKnownName === name.toLowerCase());
  }

  const messagesIn = (folderId: string): StoredMessage[] =>
    [...messages.values()].filter((message) => message.folderId === folderId);

  function put(message: StoredMessage): StoredMessage {
    messages.set(message.immutableId, message);
    byId.set(message.id, message.immutableId);
    return message;
  }

  function required(immutableId: string): StoredMessage {
    const found = messages.get(immutableId);
    if (found === undefined) throw new Error(`${address} has no message ${immutableId}.`);
    return found;
  }

  for (const [name, displayName] of WELL_KNOWN) addFolder(displayName, ROOT, name);

  return {
    ...{ address, userId, folders, messages, folderChanges, folder },
    get sequence() {
      return sequence;
    },
    changesIn: (folderId) => changes.get(folderId) ?? [],
    message: (id) => messages.get(id) ?? messages.get(byId.get(id) ?? ''),
    messagesIn,
    newestFirst: (folderId) => {
      const key = `${folderId} ${sequence}`;
      if (sorted?.key !== key) sorted = { key, messages: messagesIn(folderId).toSorted(byDateDescending) };
      return sorted.messages;
    },
    addFolder: (displayName, parent) => addFolder(displayName, parent),
    renameFolder: (id, displayName) => {
      const renamed = { ...folders.get(id)!, displayName };
      folders.set(id, renamed);
      folderChanges.push({ sequence: ++sequence, folder: renamed });
    },
    removeFolder: (id) => {
      folderChanges.push({ sequence: ++sequence, folder: folders.get(id)! });
      folders.delete(id);
      for (const { immutableId, folderId } of messages.values()) if (folderId === id) messages.delete(immutableId);
    },
    store: (added) => {
      const immutableId = nextId('AAkAI');
      const conversationId = added.conversationId ?? nextId('AAQkC');
      const stored = put({ ...added, conversationId, immutableId, id: nextId('AAMkM') });
      log(stored, 'stored');
      tell('created', stored);
      return stored;
    },
    change: (immutableId, change) => {
      const changed = put({ ...required(immutableId), ...change });
      log(changed, Object.keys(change).every((name) => name === 'isRead') ? 'readFlag' : 'changed');
      tell('updated', changed);
      return changed;
    },
    move: (immutableId, folderId) => {
      const before = required(immutableId);
      log(before, 'removed');
      byId.delete(before.id);
      const moved = put({ ...before, folderId, id: nextId('AAMkM') });
      log(moved, 'stored');
      tell('updated', moved);
      return moved;
    },
    remove: (immutableId) => {
      const gone = messages.get(immutableId);
      if (gone === undefined) return false;
      messages.delete(immutableId);
      log(gone, 'removed');
      tell('deleted', gone);
      return true;
    },
    listen: (listener) => void listeners.push(listener),
  };
}
