import { randomBytes } from 'node:crypto';

import type { RawMessage } from '../raw-message.ts';

/** Folders that every mailbox has, by distinguished id ([MS-OXWSCDATA] section 2.2.5.10), with their class and name. */
const WELL_KNOWN: readonly (readonly [id: string, parent: string | undefined, folderClass: string, name: string])[] = [
  ['root', undefined, '', 'Root'],
  ['msgfolderroot', 'root', 'IPF.Note', 'Oberste Ebene des Informationsspeichers'],
  ['inbox', 'msgfolderroot', 'IPF.Note', 'Posteingang'],
  ['sentitems', 'msgfolderroot', 'IPF.Note', 'Gesendete Elemente'],
  ['drafts', 'msgfolderroot', 'IPF.Note', 'Entwürfe'],
  ['outbox', 'msgfolderroot', 'IPF.Note', 'Postausgang'],
  ['deleteditems', 'msgfolderroot', 'IPF.Note', 'Gelöschte Elemente'],
  ['junkemail', 'msgfolderroot', 'IPF.Note', 'Junk-E-Mail'],
  ['calendar', 'msgfolderroot', 'IPF.Appointment', 'Kalender'],
  ['contacts', 'msgfolderroot', 'IPF.Contact', 'Kontakte'],
];

export interface Folder {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly distinguished: string | undefined;
  readonly folderClass: string;
  displayName: string;
  removed: boolean;
  /** Sequence numbers of its making and of its last change. */
  readonly createdAt: number;
  changedAt: number;
}

export interface Item {
  /** A move gives an item another id. */
  readonly id: string;
  readonly folderId: string;
  readonly message: RawMessage;
  readonly itemClass: string;
  readonly receivedAt: Date;
  readonly isDraft: boolean;
  isRead: boolean;
  removed: boolean;
  readonly createdAt: number;
  changedAt: number;
  /** The last change of anything but the read mark. */
  editedAt: number;
}

/** What happens in a mailbox and may be told to a subscription. */
export interface MailboxEvent {
  readonly type: 'NewMailEvent' | 'CreatedEvent' | 'MovedEvent' | 'DeletedEvent' | 'ModifiedEvent';
  readonly item: Item;
  readonly at: Date;
  /** Of a move. */
  readonly old?: Item;
}

export interface NewItem {
  readonly message: RawMessage;
  readonly receivedAt: Date;
  readonly isRead: boolean;
  readonly isDraft: boolean;
}

/** One mailbox: its folders, its items and the order in which they changed. */
export interface MailboxState {
  readonly address: string;
  /** Further addresses of the mailbox. */
  readonly aliases: readonly string[];
  readonly folders: ReadonlyMap<string, Folder>;
  readonly items: ReadonlyMap<string, Item>;
  readonly sequence: number;
  /** Sync states of an earlier generation are invalid. */
  readonly generation: number;
  folderOf(name: string): Folder | undefined;
  addFolder(name: string, parentId: string, folderClass: string): Folder;
  renameFolder(id: string, name: string): void;
  removeFolder(id: string): void;
  add(folderId: string, item: NewItem): Item;
  move(id: string, folderId: string): Item;
  setRead(id: string, isRead: boolean): void;
  edit(id: string): void;
  remove(id: string): boolean;
  /** From now on every sync state handed out so far is invalid. */
  invalidateSyncStates(): void;
  subscribe(listener: (event: MailboxEvent) => void): () => void;
}

/** Ids are long, and base64 with all of its characters. */
const newId = (kind: string): string =>
  Buffer.concat([Buffer.from(kind), Buffer.from([0xfb, 0xef, 0xbe]), randomBytes(84)]).toString('base64');

export function createMailboxState(address: string, aliases: readonly string[] = []): MailboxState {
  const folders = new Map<string, Folder>();
  const items = new Map<string, Item>();
  const listeners = new Set<(event: MailboxEvent) => void>();
  let sequence = 0;
  let generation = 1;
  const next = (): number => (sequence += 1);
  const tell = (event: MailboxEvent): void => {
    for (const listener of listeners) listener(event);
  };

  function makeFolder(properties: Pick<Folder, 'parentId' | 'distinguished' | 'folderClass' | 'displayName'>): Folder {
    const at = next();
    const folder = { ...properties, id: newId('folder'), removed: false, createdAt: at, changedAt: at };
    folders.set(folder.id, folder);
    return folder;
  }

  const folderOf = (name: string): Folder | undefined =>
    folders.get(name) ?? [...folders.values()].find(({ distinguished }) => distinguished === name);

  for (const [distinguished, parent, folderClass, displayName] of WELL_KNOWN) {
    const parentId = parent === undefined ? undefined : folderOf(parent)?.id;
    makeFolder({ parentId, distinguished, folderClass, displayName });
  }

  function store(folderId: string, { message, ...rest }: NewItem): Item {
    const at = next();
    const item = {
      ...rest,
      ...{ id: newId('item'), folderId, message, itemClass: itemClassOf(message), removed: false },
      ...{ createdAt: at, changedAt: at, editedAt: at },
    };
    items.set(item.id, item);
    return item;
  }

  function drop(item: Item): void {
    item.removed = true;
    item.changedAt = next();
  }

  return {
    address,
    aliases,
    folders,
    items,
    get sequence() {
      return sequence;
    },
    get generation() {
      return generation;
    },
    folderOf,
    addFolder: (displayName, parentId, folderClass) =>
      makeFolder({ parentId, distinguished: undefined, folderClass, displayName }),
    renameFolder: (id, name) => {
      const folder = folders.get(id)!;
      folder.displayName = name;
      folder.changedAt = next();
    },
    removeFolder: (id) => {
      const folder = folders.get(id)!;
      folder.removed = true;
      folder.changedAt = next();
      for (const item of items.values()) if (item.folderId === id && !item.removed) drop(item);
    },
    add: (folderId, item) => {
      const stored = store(folderId, item);
      const at = new Date();
      if (folders.get(folderId)?.distinguished === 'inbox') tell({ type: 'NewMailEvent', item: stored, at });
      tell({ type: 'CreatedEvent', item: stored, at });
      return stored;
    },
    move: (id, folderId) => {
      const old = items.get(id)!;
      drop(old);
      const moved = store(folderId, old);
      tell({ type: 'MovedEvent', item: moved, old, at: new Date() });
      return moved;
    },
    setRead: (id, isRead) => {
      const item = items.get(id)!;
      item.isRead = isRead;
      item.changedAt = next();
      tell({ type: 'ModifiedEvent', item, at: new Date() });
    },
    edit: (id) => {
      const item = items.get(id)!;
      item.changedAt = item.editedAt = next();
      tell({ type: 'ModifiedEvent', item, at: new Date() });
    },
    remove: (id) => {
      const item = items.get(id);
      if (item === undefined || item.removed) return false;
      drop(item);
      tell({ type: 'DeletedEvent', item, at: new Date() });
      return true;
    },
    invalidateSyncStates: () => {
      generation += 1;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The class that Exchange gives a message by its content ([MS-OXCMAIL] section 2.2.3; Message Classes in MS-OXOABK). */
function itemClassOf({ headers }: RawMessage): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1].toLowerCase() ?? '';
  if (type.startsWith('multipart/report')) {
    return type.includes('disposition-notification') ? 'REPORT.IPM.Note.IPNRN' : 'REPORT.IPM.Note.NDR';
  }
  if (/\bmethod="?reply/.test(type)) return 'IPM.Schedule.Meeting.Resp.Pos';
  if (/\bmethod="?request/.test(type)) return 'IPM.Schedule.Meeting.Request';
  return 'IPM.Note';
}
