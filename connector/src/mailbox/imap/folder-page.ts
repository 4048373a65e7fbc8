import type { MailboxMessage } from '../mailbox.ts';
import { readHeaders, type FolderMessage, type FolderMessages } from './folder-headers.ts';
import {
  hasDraftsToSee,
  openFolder,
  reopenFolder,
  type Connect,
  type FolderState,
  type FoundMessages,
} from './folder-state.ts';
import type { ImapConnection } from './imap-connection.ts';
import { formatReference } from './imap-reference.ts';
import { rememberDrafts } from './remember-drafts.ts';
import { nextWindow, type FolderStatus } from './uid-window.ts';

export interface FolderPage {
  readonly messages: readonly MailboxMessage[];
  /** The folder after these messages. */
  readonly folder: FolderState;
}

/** Up to `limit` messages of one folder; undefined when it is gone or another one by now, which the next round sees. */
export async function folderPage(
  connect: Connect,
  folder: FolderState,
  since: Date,
  limit: number,
): Promise<FolderPage | undefined> {
  const { path, status } = folder;
  let connection = await openFolder(connect, path, status.uidValidity);
  if (!connection) return undefined;
  const reopen = async (): Promise<ImapConnection> =>
    (connection = await reopenFolder(connect, path, status.uidValidity));
  const read = async (uids: readonly number[]): Promise<FolderMessages> =>
    uids.length === 0 ? { messages: [], answered: 0 } : readHeaders(connection!, uids, reopen);
  const sent = await sentDrafts(read, folder, limit);
  const messages = [...sent.messages];
  let current = sent.folder;
  let empty = 0;
  while (messages.length < limit) {
    const found = current.found ?? (await findNext(connection, current, since, empty));
    if (!found) break;
    const step = await readStep(read, current, found, since, limit - messages.length);
    messages.push(...step.messages);
    current = step.folder;
    empty = found.uids.length === 0 ? empty + 1 : 0;
  }
  return { messages: messages.map((message) => mailboxMessage(folder, message)), folder: current };
}

type Read = (uids: readonly number[]) => Promise<FolderMessages>;

interface Step {
  readonly messages: readonly FolderMessage[];
  readonly folder: FolderState;
}

async function findNext(
  connection: ImapConnection,
  { place, status }: FolderState,
  since: Date,
  emptyBefore: number,
): Promise<FoundMessages | undefined> {
  const window = nextWindow(place, status, emptyBefore);
  return window && { window, uids: await connection.search(window, since) };
}

/** Reads the first of what was found. Messages that are too old or not sent yet are passed over. */
async function readStep(
  read: Read,
  folder: FolderState,
  { window, uids }: FoundMessages,
  since: Date,
  limit: number,
): Promise<Step> {
  const { messages, answered } = await read(uids.slice(0, limit));
  const rest = uids.slice(answered);
  const drafts = messages.filter(({ draft }) => draft).map(({ uid }) => uid);
  const isWanted = ({ draft, receivedAt }: FolderMessage): boolean => !draft && !(window.dated && receivedAt < since);
  const { found: _read, ...state } = folder;
  const known = [...(state.place.drafts ?? []), ...drafts];
  const before = drafts.length > 0 ? rememberDrafts(state.place, known, state.status.modseq) : state.place;
  const place = { ...before, lastUid: rest.length === 0 ? window.to : uids[answered - 1]! };
  return {
    messages: messages.filter(isWanted),
    folder: { ...state, place, ...(rest.length > 0 && { found: { window, uids: rest } }) },
  };
}

/** The passed drafts that have been sent since, and the folder with those that are left to see. */
async function sentDrafts(read: Read, folder: FolderState, limit: number): Promise<Step> {
  if (!hasDraftsToSee(folder)) return { messages: [], folder: { ...folder, draftsSeen: true } };
  const messages: FolderMessage[] = [];
  for (let rest = folder.place.drafts ?? []; rest.length > 0;) {
    const step = await read(rest);
    messages.push(...step.messages);
    rest = rest.slice(step.answered);
  }
  const sent = messages.filter(({ draft }) => !draft);
  const handedOut = sent.slice(0, limit);
  const left = messages.filter((message) => !handedOut.includes(message)).map(({ uid }) => uid);
  const draftsSeen = handedOut.length === sent.length;
  const place = rememberDrafts(folder.place, left, draftsSeen ? folder.status.modseq : undefined);
  return { messages: handedOut, folder: { ...folder, place, draftsSeen } };
}

/** A message as the rest of the connector sees it. */
export function mailboxMessage(
  { path, kind, status }: Pick<FolderState, 'path' | 'kind'> & { status: Pick<FolderStatus, 'uidValidity'> },
  { uid, receivedAt, fields }: FolderMessage,
): MailboxMessage {
  const reference = formatReference({ folder: path, uidValidity: status.uidValidity, uid });
  return { reference, folder: kind, receivedAt, fields };
}
