import type { MailboxMessage } from '../mailbox.ts';
import { parseFolderId } from './graph-answer.ts';
import type { GraphCall, GraphClient } from './graph-client.ts';
import { userPath } from './graph-path.ts';

/** Folders by what they are for. Their names vary by language, and v1.0 does not show what they are for in a list. */
export interface FolderRoles {
  /** The rank in the reading order, or undefined for a folder that is not read. */
  rankOf(id: string): number | undefined;
  kindOf(id: string): MailboxMessage['folder'];
}

/** Well-known names in the order of reading (resource type mailFolder). What was sent comes first. */
const READ_FIRST = ['sentitems', 'inbox'];
const READ_LAST = ['archive', 'junkemail', 'deleteditems'];
/** Nobody has sent what lies in these yet; the others hold no mail, or what could not be synchronized. */
const NOT_READ = [
  ...['drafts', 'outbox', 'scheduled', 'conversationhistory', 'searchfolders'],
  ...['syncissues', 'conflicts', 'localfailures', 'serverfailures'],
];
const WELL_KNOWN = [...READ_FIRST, ...READ_LAST, ...NOT_READ];

/** Asks which folder stands behind each well-known name; one that a mailbox does not have is passed over. */
export async function readFolderRoles(client: GraphClient, address: string): Promise<FolderRoles> {
  const calls = WELL_KNOWN.map((name): GraphCall<string> => {
    return { path: `${userPath(address)}/mailFolders/${name}?$select=id`, parse: parseFolderId };
  });
  const names = new Map<string, string>();
  (await client.askAll(calls)).forEach((outcome, index) => {
    if ('answer' in outcome) names.set(outcome.answer, WELL_KNOWN[index]!);
    else if ('error' in outcome && READ_FIRST.includes(WELL_KNOWN[index]!)) throw outcome.error;
  });
  return folderRoles(names);
}

/** @param names well-known names by folder id */
export function folderRoles(names: ReadonlyMap<string, string>): FolderRoles {
  const ranks = [...READ_FIRST, undefined, ...READ_LAST];
  return {
    rankOf: (id) => {
      const name = names.get(id);
      return name !== undefined && NOT_READ.includes(name) ? undefined : ranks.indexOf(name);
    },
    kindOf: (id) => {
      const name = names.get(id);
      return name === 'sentitems' ? 'sent' : name === 'junkemail' ? 'junk' : 'other';
    },
  };
}
