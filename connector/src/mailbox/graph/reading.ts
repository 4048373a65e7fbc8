import type { MailboxMessage, Page } from '../mailbox.ts';
import type { FolderRoles } from './folder-roles.ts';
import { parseMessageDelta, type DeltaAnswer, type GraphMessage } from './graph-answer.ts';
import type { GraphCall } from './graph-batch.ts';
import type { GraphClient } from './graph-client.ts';
import type { GraphCursor, GraphFolderPlace } from './graph-cursor.ts';
import { toMailboxMessage } from './graph-message.ts';
import { firstDeltaPath } from './graph-path.ts';
import { withHeaders } from './referenced-messages.ts';

/** What one mailbox is read with. */
export interface Reading {
  readonly client: GraphClient;
  readonly address: string;
  readonly roles: FolderRoles;
}

export interface GraphPage extends Page {
  readonly cursor: GraphCursor;
}

/** A folder that is read, and how far it has been. */
export interface Folder {
  readonly id: string;
  readonly kind: MailboxMessage['folder'];
  readonly place: GraphFolderPlace;
}

/** The folders that are read, in the order of reading. */
export function foldersInOrder({ folders }: GraphCursor, roles: FolderRoles): Folder[] {
  return Object.entries(folders)
    .map(([id, place]) => ({ id, place, kind: roles.kindOf(id), rank: roles.rankOf(id) }))
    .filter((folder): folder is Folder & { rank: number } => folder.rank !== undefined)
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
}

export function deltaCall(
  { address }: Reading,
  { id, place }: Folder,
  since: string,
  pageSize: number,
): GraphCall<DeltaAnswer<GraphMessage>> {
  const path = place.link ?? firstDeltaPath(address, id, since);
  return { path, parse: parseMessageDelta, place: place.link !== undefined, pageSize };
}

/** The messages as the port shows them: with their header fields, and without drafts. */
export async function handOut(
  { client, address }: Reading,
  messages: readonly GraphMessage[],
  kind: MailboxMessage['folder'],
): Promise<MailboxMessage[]> {
  const mail = messages.filter(({ isDraft }) => !isDraft);
  return (await withHeaders(client, address, mail)).map((message) => toMailboxMessage(message, kind));
}

export function withPlace(cursor: GraphCursor, id: string, place: GraphFolderPlace): GraphCursor {
  return { ...cursor, folders: { ...cursor.folders, [id]: place } };
}

/** A folder that was removed holds nothing any more; what was moved out of it shows up where it is. */
export function withoutFolder(cursor: GraphCursor, id: string): GraphCursor {
  const { [id]: _gone, ...folders } = cursor.folders;
  return { ...cursor, folders };
}
