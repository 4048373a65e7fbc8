import { EwsError } from './ews-error.ts';
import type { Folder, Item, MailboxState } from './mailbox-state.ts';

/** One change since a sync state. */
export interface Change<T> {
  readonly type: 'Create' | 'Update' | 'Delete' | 'ReadFlagChange';
  readonly subject: T;
}

/** What a sync state holds; nobody but the server may look into it. */
interface State {
  readonly generation: number;
  readonly scope: string;
  /** Changes up to this sequence number have been told. */
  readonly upTo: number;
  /** Of an answer in several parts: the list of all ids, how many of them have been told, and where the list begins. */
  readonly list?: number;
  readonly told?: number;
  readonly from?: number;
}

const PREFIX = 'H4sIAAA';

function write(state: State): string {
  return PREFIX + Buffer.from(JSON.stringify(state)).toString('base64');
}

/** @throws EwsError for a state of another folder, of an earlier generation, or of nobody */
function read(text: string | undefined, scope: string, generation: number): State {
  if (text === undefined || text === '') return { generation, scope, upTo: 0 };
  const invalid = new EwsError(
    'ErrorInvalidSyncStateData',
    'Synchronization state data is corrupt or otherwise invalid.',
  );
  if (!text.startsWith(PREFIX)) throw invalid;
  let state: State;
  try {
    state = JSON.parse(Buffer.from(text.slice(PREFIX.length), 'base64').toString()) as State;
  } catch {
    throw invalid;
  }
  if (state.generation !== generation || state.scope !== scope) throw invalid;
  return state;
}

/** The folders below a root that changed since a state. */
export function hierarchyChanges(
  mailbox: MailboxState,
  root: Folder,
  text: string | undefined,
): { changes: Change<Folder>[]; state: string } {
  const { generation, sequence } = mailbox;
  const { upTo } = read(text, 'hierarchy', generation);
  const changes = [...mailbox.folders.values()]
    .filter((folder) => folder.id !== root.id && folder.parentId !== undefined && folder.changedAt > upTo)
    .flatMap((folder): Change<Folder>[] => {
      const type = changeOf(folder, upTo);
      return type === undefined ? [] : [{ type, subject: folder }];
    });
  return { changes, state: write({ generation, scope: 'hierarchy', upTo: sequence }) };
}

/** The items of a folder that changed since a state: each once, as it is now. */
export function itemChanges(
  mailbox: MailboxState,
  folder: Folder,
  text: string | undefined,
  { limit, newestFirst }: { readonly limit: number; readonly newestFirst: boolean },
): { changes: Change<Item>[]; state: string; last: boolean } {
  const { generation, sequence } = mailbox;
  const before = read(text, folder.id, generation);
  const from = before.from ?? before.upTo;
  const upTo = before.list === undefined ? sequence : before.upTo;
  const list = before.list ?? keepList(mailbox, changedIds(mailbox, folder, from, newestFirst));
  const ids = listsOf(mailbox)[list]!;
  const told = (before.told ?? 0) + limit;
  const last = told >= ids.length;
  const changes = ids.slice(told - limit, told).flatMap((id): Change<Item>[] => {
    const subject = mailbox.items.get(id)!;
    const type = changeOf(subject, from);
    return type === undefined ? [] : [{ type, subject }];
  });
  const common = { generation, scope: folder.id, upTo };
  return { changes, state: write(last ? common : { ...common, list, told, from }), last };
}

/** What is told in several parts, by the numbers that stand in sync states. */
const LISTS = new WeakMap<MailboxState, (readonly string[])[]>();

function listsOf(mailbox: MailboxState): (readonly string[])[] {
  const known = LISTS.get(mailbox) ?? [];
  LISTS.set(mailbox, known);
  return known;
}

function keepList(mailbox: MailboxState, ids: readonly string[]): number {
  return listsOf(mailbox).push(ids) - 1;
}

function changedIds(mailbox: MailboxState, folder: Folder, from: number, newestFirst: boolean): string[] {
  const changed = [...mailbox.items.values()]
    .filter(({ folderId, changedAt }) => folderId === folder.id && changedAt > from)
    .filter((item) => changeOf(item, from) !== undefined)
    .sort((a, b) => a.changedAt - b.changedAt)
    .map(({ id }) => id);
  return newestFirst ? changed.reverse() : changed;
}

/** Undefined for what came and went since the state. */
function changeOf(
  subject: {
    readonly createdAt: number;
    readonly changedAt: number;
    readonly removed: boolean;
    readonly editedAt?: number;
  },
  from: number,
): Change<never>['type'] | undefined {
  const isNew = subject.createdAt > from;
  if (subject.removed) return isNew ? undefined : 'Delete';
  if (isNew) return 'Create';
  return subject.editedAt !== undefined && subject.editedAt <= from ? 'ReadFlagChange' : 'Update';
}
