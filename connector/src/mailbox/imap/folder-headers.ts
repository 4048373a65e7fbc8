import { parseReadFields } from '../../mail/header-block.ts';
import type { HeaderBlock } from '../../mail/header-field.ts';
import type { RawHeader } from './imap-answer.ts';
import type { ImapConnection } from './imap-connection.ts';
import { isTooLarge } from './imap-error.ts';

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
 * header, which the server cuts; so one monstrous message neither stops the folder nor is lost.
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
  const headers = await connection.fetchHeaders(uids, { part, maxBytes: RANGE_BYTES });
  if (!headers) return readRange(connection, uids.slice(0, Math.ceil(uids.length / 2)), part);
  const messages = headers.map(folderMessage).sort((a, b) => a.uid - b.uid);
  return { messages, answered: uids.length };
}

function folderMessage({ uid, receivedAt, draft, bytes }: RawHeader): FolderMessage {
  return { uid, receivedAt, draft, fields: parseReadFields(bytes) };
}
