import { parseReadFields } from '../../mail/header-block.ts';
import { fieldValue, type HeaderBlock } from '../../mail/header-field.ts';
import type { RawHeader } from './imap-answer.ts';
import type { ImapConnection } from './imap-connection.ts';
import { isRefused, isTooLarge } from './imap-error.ts';

/** Messages that one FETCH asks for: larger ranges gain nothing, smaller ones cost round trips. */
const RANGE = 500;
/** Bytes of headers that are held at once. */
const RANGE_BYTES = 16 * 1024 * 1024;

/** The header fields of one message of a folder. */
export interface FolderMessage {
  readonly uid: number;
  readonly receivedAt: Date;
  readonly draft: boolean;
  readonly fields: HeaderBlock;
}

export interface FolderMessages {
  /** Ascending by UID, without those that are gone. */
  readonly messages: readonly FolderMessage[];
  /** How many of the asked UIDs, from the first, are answered. */
  readonly answered: number;
}

/** Gives the open connection with the folder selected again, after the server's answer ended the one before. */
export type Reopen = () => Promise<ImapConnection>;

/**
 * The header fields of the first of these messages, as many as fit into one range and its share of memory. Should one
 * message's named fields be larger than a connection may receive, the range is asked again for the beginning of each
 * header, which the server cuts; should the server be unable to give the header of one message, that one is handed out
 * without fields. So one monstrous or broken message neither stops the folder nor is lost.
 */
export async function readHeaders(
  connection: ImapConnection,
  uids: readonly number[],
  reopen: Reopen,
): Promise<FolderMessages> {
  const range = uids.slice(0, RANGE);
  try {
    return await readRange(connection, range, 'named');
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  return readRange(await reopen(), range, 'start');
}

async function readRange(
  connection: ImapConnection,
  uids: readonly number[],
  part: 'named' | 'start',
): Promise<FolderMessages> {
  const headers = await fetchHeaders(connection, uids, part);
  if (!headers) return readRange(connection, uids.slice(0, Math.ceil(uids.length / 2)), part);
  const messages = headers.map(folderMessage).sort((a, b) => a.uid - b.uid);
  return { messages, answered: uids.length };
}

/** Undefined when they are too many bytes, or the server refuses them for one of several messages. */
async function fetchHeaders(
  connection: ImapConnection,
  uids: readonly number[],
  part: 'named' | 'start',
): Promise<RawHeader[] | undefined> {
  try {
    return await connection.fetchHeaders(uids, { part, maxBytes: RANGE_BYTES });
  } catch (error) {
    if (!isRefused(error)) throw error;
    return uids.length > 1 ? undefined : connection.fetchHeaders(uids, { part: 'none', maxBytes: RANGE_BYTES });
  }
}

/** The fields that are read of a header, and when the message came. */
export function folderMessage({ uid, receivedAt, draft, bytes }: RawHeader): FolderMessage {
  const fields = parseReadFields(bytes);
  return { uid, receivedAt: receivedAt ?? writtenAt(fields), draft, fields };
}

/** When a message was written by its own account, for a server that does not know; now when it says nothing, or a time to come. */
function writtenAt(fields: HeaderBlock): Date {
  const [now, written] = [Date.now(), Date.parse(fieldValue(fields, 'Date') ?? '')];
  return new Date(written <= now ? written : now);
}
