import { allowedUrl } from '../../http/allowed-host.ts';
import { UnreadableAnswer } from './graph-answer.ts';

/** Properties that are asked for: those that hold header fields, and what tells how to read them. No body, no preview. */
const SELECT = [
  ...['id', 'parentFolderId', 'receivedDateTime', 'isDraft', 'internetMessageHeaders'],
  ...['internetMessageId', 'subject', 'sentDateTime', 'conversationIndex'],
  ...['from', 'sender', 'toRecipients', 'ccRecipients', 'replyTo'],
].join(',');

/** The path of a user, behind the address of the API. */
export function userPath(address: string): string {
  return `users/${encodeURIComponent(address)}`;
}

/** The first call of "message: delta" over a folder: what was received from an instant on, the newest first. */
export function firstDeltaPath(address: string, folderId: string, since: string): string {
  const query = `$select=${SELECT}&$filter=receivedDateTime ge ${toSecond(since)}&$orderby=receivedDateTime desc`;
  return `${folderPath(address, folderId)}/messages/delta?${encodeURI(query)}`;
}

/** "List messages" of a folder between two instants, both included, the newest first. */
export function listPath(
  address: string,
  folderId: string,
  between: { since: string; until: string },
  top: number,
): string {
  const filter = `receivedDateTime ge ${toSecond(between.since)} and receivedDateTime le ${toSecond(between.until)}`;
  const query = `$select=${SELECT}&$filter=${filter}&$orderby=receivedDateTime desc&$top=${top}`;
  return `${folderPath(address, folderId)}/messages?${encodeURI(query)}`;
}

/** "List messages" for their number alone. */
export function countPath(address: string, folderId: string, since: string): string {
  const query = `$select=id&$filter=receivedDateTime ge ${toSecond(since)}&$top=1&$count=true`;
  return `${folderPath(address, folderId)}/messages?${encodeURI(query)}`;
}

export function messagePath(address: string, id: string): string {
  return `${userPath(address)}/messages/${encodeURIComponent(id)}?$select=${SELECT}`;
}

/** The first call of "mailFolder: delta", which lists the folders of every depth. */
export function firstFolderDeltaPath(address: string): string {
  return `${userPath(address)}/mailFolders/delta?$select=displayName,parentFolderId`;
}

/**
 * The part of a link behind the address of the API.
 *
 * @throws HttpError for a link to another host; UnreadableAnswer for one that leads elsewhere on this one
 */
export function pathOf(link: string, root: URL): string {
  const { href } = allowedUrl(link, [root.host]);
  if (!href.startsWith(root.href)) throw new UnreadableAnswer('link');
  return href.slice(root.href.length);
}

function folderPath(address: string, folderId: string): string {
  return `${userPath(address)}/mailFolders/${encodeURIComponent(folderId)}`;
}

/** Graph compares instants by the second. */
function toSecond(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
