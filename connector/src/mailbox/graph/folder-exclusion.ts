import { excludedInbox, isExcluded, isSame, unknownFolder } from '../excluded-folder.ts';
import type { FolderEntry } from './graph-answer.ts';

/** The folders that are not read, as the names of folders stand by now. */
export interface FolderExclusion {
  /** Takes in what was made, renamed, moved or removed. */
  learn(entries: readonly FolderEntry[]): void;
  /** Whether a folder is one of them, or lies below one. */
  excludes(id: string): boolean;
}

export const NOTHING_EXCLUDED: FolderExclusion = { learn: () => undefined, excludes: () => false };

/**
 * @param excluded paths of display names with slashes between them, or well-known names such as `junkemail`
 * @param wellKnown well-known names by folder id
 * @param all every folder of the mailbox
 * @param options.log told of a name that no folder has
 * @throws MailboxError when the inbox is one of them
 */
export function createFolderExclusion(
  excluded: readonly string[],
  wellKnown: ReadonlyMap<string, string>,
  all: readonly FolderEntry[],
  { address, log }: { readonly address: string; readonly log: (message: string) => void },
): FolderExclusion {
  const folders = new Map<string, FolderEntry>();

  function learn(entries: readonly FolderEntry[]): void {
    for (const entry of entries) {
      if (entry.removed) folders.delete(entry.id);
      else folders.set(entry.id, entry);
    }
  }

  /** A folder and those above it, the uppermost first. Ids may form a circle, if an answer is out of its mind. */
  function lineOf(id: string): FolderEntry[] {
    const line = new Set<FolderEntry>();
    for (let at = folders.get(id); at !== undefined && !line.has(at); at = folders.get(at.parentId)) line.add(at);
    return [...line].reverse().filter((folder) => wellKnown.get(folder.id) !== 'msgfolderroot');
  }

  const pathOf = (id: string): string =>
    lineOf(id)
      .map(({ name }) => name)
      .join('/');
  const isNamed = (id: string): boolean => excluded.includes(wellKnown.get(id) ?? '');

  learn(all);
  const exclusion: FolderExclusion = {
    learn,
    excludes: (id) => isExcluded(pathOf(id), excluded, '/') || lineOf(id).some((folder) => isNamed(folder.id)),
  };
  const inbox = [...wellKnown].find(([, name]) => name === 'inbox')?.[0] ?? '';
  if (exclusion.excludes(inbox)) throw excludedInbox(address);
  const known = [...wellKnown.values(), ...all.map(({ id }) => pathOf(id))];
  excluded.filter((name) => !known.some((one) => isSame(one, name))).forEach((name) => log(unknownFolder(name)));
  return exclusion;
}
