import { excludedInbox, isExcluded, isSame, unknownFolder } from '../excluded-folder.ts';
import { MailboxError } from '../mailbox-error.ts';
import type { MailboxMessage } from '../mailbox.ts';
import type { DistinguishedFolder, EwsClient, EwsFolder } from './ews-client.ts';
import { EwsFailure } from './ews-failure.ts';

export interface FolderToRead {
  readonly id: string;
  /** Display names from the top, joined by a slash. */
  readonly path: string;
  readonly kind: MailboxMessage['folder'];
}

/** The folders of one mailbox, kept up to date by SyncFolderHierarchy. */
export interface FolderList {
  /**
   * The folders to read, in order: what was sent, the inbox, every other folder by path, junk, deleted items. Drafts
   * and the outbox are left out, and folders that hold no mail (calendar, contacts, tasks).
   *
   * They are told apart by their distinguished ids, whatever the owner's language calls them.
   */
  list(): Promise<readonly FolderToRead[]>;
  /** Whether a folder is known and none of those that are read. */
  isLeftOut(id: string): boolean;
}

type KnownFolders = ReadonlyMap<string, DistinguishedFolder>;

/** The reading order: first to last. */
const STEPS = ['sentitems', 'inbox', undefined, 'junkemail', 'deleteditems'] as const;
const KNOWN: readonly DistinguishedFolder[] = [
  ...(['msgfolderroot', 'inbox', 'sentitems', 'drafts', 'outbox', 'deleteditems', 'junkemail'] as const),
];
const MOST_PAGES = 1000;

export interface FolderListOptions {
  readonly address: string;
  /** Paths with slashes between folders, or distinguished ids such as `junkemail`. */
  readonly excluded: readonly string[];
  /** Told of an excluded name that no folder has. */
  readonly log: (message: string) => void;
}

export function createFolderList(client: EwsClient, { address, excluded, log }: FolderListOptions): FolderList {
  const folders = new Map<string, EwsFolder>();
  let known: KnownFolders | undefined;
  let syncState: string | undefined;
  let listed: ReadonlySet<string> = new Set();
  let remarked = false;

  async function refresh(): Promise<void> {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const before = syncState;
      const changes = await client.syncFolderHierarchy(before);
      for (const folder of changes.changed) folders.set(folder.id, folder);
      for (const id of changes.removed) folders.delete(id);
      syncState = changes.syncState;
      if (!changes.more || syncState === before) return;
    }
  }

  function forget(): void {
    folders.clear();
    [known, syncState] = [undefined, undefined];
  }

  return {
    isLeftOut: (id) => folders.has(id) && !listed.has(id),

    list: async () => {
      try {
        known ??= await knownFolders(client);
        await refresh();
      } catch (error) {
        if (!(error instanceof EwsFailure) || error.code !== 'ErrorInvalidSyncStateData') throw error;
        forget();
        known = await knownFolders(client);
        await refresh();
      }
      const all = foldersOfMail(folders, known);
      const read = all.filter(({ id }) => !isLeftOut(id, folders, known!, excluded));
      listed = new Set(read.map(({ id }) => id));
      if (!remarked) unknownNames(excluded, folders).forEach((name) => log(unknownFolder(name)));
      remarked = true;
      if (read.some(({ id }) => known?.get(id) === 'inbox')) return read;
      if (all.some(({ id }) => known?.get(id) === 'inbox')) throw excludedInbox(address);
      forget();
      throw new MailboxError('retry', 'The mailbox shows no inbox; look on the server whether it was removed.');
    },
  };
}

async function knownFolders(client: EwsClient): Promise<KnownFolders> {
  const found = new Map<string, DistinguishedFolder>();
  for (const name of KNOWN) {
    const id = await client.folderId(name);
    if (id !== undefined) found.set(id, name);
  }
  return found;
}

function foldersOfMail(folders: ReadonlyMap<string, EwsFolder>, known: KnownFolders): FolderToRead[] {
  const step = (id: string): number => STEPS.indexOf(known.get(id) as (typeof STEPS)[number]);
  return [...folders.values()]
    .filter(({ id, folderClass }) => holdsMail(folderClass) && step(id) >= 0)
    .map(({ id }) => ({ id, path: pathOf(id, folders), kind: kindOf(known.get(id)) }))
    .sort((a, b) => step(a.id) - step(b.id) || (a.path < b.path ? -1 : 1));
}

function isLeftOut(
  id: string,
  folders: ReadonlyMap<string, EwsFolder>,
  known: KnownFolders,
  excluded: readonly string[],
): boolean {
  const line = lineOf(id, folders);
  return (
    isExcluded(pathOf(id, folders), excluded, '/') || line.some((folder) => excluded.includes(known.get(folder.id)!))
  );
}

function unknownNames(excluded: readonly string[], folders: ReadonlyMap<string, EwsFolder>): string[] {
  const names = [...KNOWN, ...[...folders.keys()].map((id) => pathOf(id, folders))];
  return excluded.filter((name) => !names.some((one) => isSame(one, name)));
}

/** A folder without a class is one of mail ([MS-OXOSFLD] section 2.2.3). */
function holdsMail(folderClass: string): boolean {
  return folderClass === '' || /^IPF(?:\.Note(?:\.|$)|$)/i.test(folderClass);
}

function kindOf(known: DistinguishedFolder | undefined): MailboxMessage['folder'] {
  if (known === 'sentitems') return 'sent';
  return known === 'junkemail' ? 'junk' : 'other';
}

function pathOf(id: string, folders: ReadonlyMap<string, EwsFolder>): string {
  return lineOf(id, folders)
    .map(({ displayName }) => displayName)
    .join('/');
}

/** A folder and those above it, the uppermost first. Ids may form a circle, if a server is out of its mind. */
function lineOf(id: string, folders: ReadonlyMap<string, EwsFolder>): EwsFolder[] {
  const line: EwsFolder[] = [];
  for (let at = folders.get(id); at !== undefined && !line.includes(at); at = folders.get(at.parentId)) {
    line.unshift(at);
  }
  return line;
}
