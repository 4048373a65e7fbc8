import type { MailboxMessage } from '../mailbox.ts';
import { createFolderExclusion, NOTHING_EXCLUDED, type FolderExclusion } from './folder-exclusion.ts';
import { parseFolderId, type FolderEntry } from './graph-answer.ts';
import type { GraphCall } from './graph-batch.ts';
import type { GraphClient } from './graph-client.ts';
import { userPath } from './graph-path.ts';
import { listFolders } from './list-folders.ts';

/** Folders by what they are for. Their names vary by language, and v1.0 does not show what they are for in a list. */
export interface FolderRoles {
  /** The rank in the reading order, or undefined for a folder that is not read. */
  rankOf(id: string): number | undefined;
  kindOf(id: string): MailboxMessage['folder'];
  /** Whether a folder keeps a place, so that it goes on from there when it is excluded no longer. */
  isFollowed(id: string): boolean;
  /** Takes in how folders are called by now, on which it rests which of them are excluded. */
  learn(entries: readonly FolderEntry[]): void;
}

export interface FolderRolesOptions {
  readonly address: string;
  /** Folders that are not read, nor what lies below them: paths, or well-known names. */
  readonly excluded: readonly string[];
  readonly log: (message: string) => void;
}

/** Well-known names in the order of reading (resource type mailFolder). What was sent comes first. */
const READ_FIRST = ['sentitems', 'inbox'];
const READ_LAST = ['archive', 'junkemail', 'deleteditems'];
/** Nobody has sent what lies in these yet; the others hold no mail, or what could not be synchronized. */
const NOT_READ = [
  ...['drafts', 'outbox', 'scheduled', 'conversationhistory', 'searchfolders'],
  ...['syncissues', 'conflicts', 'localfailures', 'serverfailures'],
];
const WELL_KNOWN = [...READ_FIRST, ...READ_LAST, ...NOT_READ, 'msgfolderroot'];

/** Asks which folder stands behind each well-known name; one that a mailbox does not have is passed over. */
export async function readFolderRoles(client: GraphClient, options: FolderRolesOptions): Promise<FolderRoles> {
  const { address, excluded } = options;
  const calls = WELL_KNOWN.map((name): GraphCall<string> => {
    return { path: `${userPath(address)}/mailFolders/${name}?$select=id`, parse: parseFolderId };
  });
  const names = new Map<string, string>();
  (await client.askAll(calls)).forEach((outcome, index) => {
    if ('answer' in outcome) names.set(outcome.answer, WELL_KNOWN[index]!);
    else if ('error' in outcome && READ_FIRST.includes(WELL_KNOWN[index]!)) throw outcome.error;
  });
  if (excluded.length === 0) return folderRoles(names, NOTHING_EXCLUDED);
  return folderRoles(names, createFolderExclusion(excluded, names, await listFolders(client, address), options));
}

/** @param names well-known names by folder id */
function folderRoles(names: ReadonlyMap<string, string>, exclusion: FolderExclusion): FolderRoles {
  const isFollowed = (id: string): boolean => !NOT_READ.includes(names.get(id) ?? '');
  const ranks = [...READ_FIRST, undefined, ...READ_LAST];
  return {
    rankOf: (id) => (isFollowed(id) && !exclusion.excludes(id) ? ranks.indexOf(names.get(id)) : undefined),
    kindOf: (id) => {
      const name = names.get(id);
      return name === 'sentitems' ? 'sent' : name === 'junkemail' ? 'junk' : 'other';
    },
    isFollowed,
    learn: (entries) => exclusion.learn(entries),
  };
}
