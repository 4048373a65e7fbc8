import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';

import { ImapFlow } from 'imapflow';

import { READ_FIELDS } from '../../mail/read-fields.ts';
import { isExcluded } from '../excluded-folder.ts';
import { excludedPaths, exclusionRemarks } from './excluded-folders.ts';
import {
  folderListing,
  folderStatus,
  partStructure,
  rawHeader,
  type FolderListing,
  type RawHeader,
} from './imap-answer.ts';
import type { ImapOptions } from './imap-options.ts';
import type { PartStructure, SectionToFetch } from './report-sections.ts';
import { uidSet } from './uid-set.ts';
import type { FolderStatus, UidWindow } from './uid-window.ts';

/** Bytes of one message's header fields at most: a larger literal ends the connection before it is read. */
export const HEADER_BYTES = 256 * 1024;
const LINE_BYTES = 1024 * 1024;
const RESPONSE_BYTES = 2 * 1024 * 1024;
const RESPONSE_TOKENS = 100_000;
/** Numbers in one answer at most when messages are counted one by one. */
const COUNTED_AT_ONCE = 50_000;

const CONNECT_MS = 30_000;
const SILENCE_MS = 120_000;
const IDLE_MS = 25 * 60_000;
const LOGOUT_MS = 2_000;
const DAY_MS = 24 * 60 * 60_000;

export interface HeaderQuery {
  /** `named`: the fields of READ_FIELDS, whole. `start`: the first HEADER_BYTES of all fields, for overlong ones. */
  readonly part: 'named' | 'start';
  /** Bytes of all headers together at which the answer is given up. */
  readonly maxBytes: number;
}

/**
 * One logged-in IMAP connection in the adapter's own words. One command at a time is the caller's duty. Folders are
 * opened read-only and parts are peeked at, so no mark ever changes. Errors are the client's own; see `mailboxError`.
 */
export interface ImapConnection {
  /** False once the connection is known to be lost or closed. */
  usable(): boolean;
  /** Folders are labels (X-GM-EXT-1). */
  readonly labels: boolean;
  /**
   * Every folder but the excluded ones; with its status on request, which costs a command a folder on servers without
   * LIST-STATUS (RFC 5819). The open folder is closed before, because its status may be old else, unless `keepOpen`.
   */
  listFolders(options: { status: boolean; keepOpen?: boolean }): Promise<FolderListing[]>;
  /** Undefined when there is no such folder. */
  status(path: string): Promise<FolderStatus | undefined>;
  /** Whether this very folder is open. */
  hasOpen(path: string, uidValidity: string): boolean;
  /** Opens a folder; undefined when there is no such folder (any more). */
  examine(path: string): Promise<FolderStatus | undefined>;
  /** The UIDs of the open folder that lie in a window, ascending; in a dated one those received since a day earlier. */
  search(window: UidWindow, since: Date): Promise<number[]>;
  /** How many messages of the open folder, which holds `messages`, were received on the day of `since` or later. */
  countSince(since: Date, messages: number): Promise<number>;
  /** The headers of messages of the open folder, without those that are gone; undefined when they are too many bytes. */
  fetchHeaders(uids: readonly number[], query: HeaderQuery): Promise<RawHeader[] | undefined>;
  /** The structure of a message of the open folder, or undefined when it is gone. */
  fetchStructure(uid: number): Promise<PartStructure | undefined>;
  /** The bytes of a section, cut at its cap, or undefined when it is gone. */
  fetchSection(uid: number, section: SectionToFetch): Promise<Uint8Array | undefined>;
  /** Waits in the open folder until a message arrives (true), or the signal aborts or the time is over (false). */
  waitForMessages(signal: AbortSignal, milliseconds: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects and logs in. */
export async function connectImap(options: ImapOptions): Promise<ImapConnection> {
  const { excludedFolders = [], log = () => undefined } = options;
  const client = new ImapFlow(clientOptions(options, await options.credential()));
  // What ends a connection is reported here alone; the command it interrupts is only told that there is none any more.
  let fatal: unknown;
  client.on('error', (error) => (fatal = error));
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw fatal ?? error;
    }
  };
  await explained(client.connect()).catch((error: unknown) => {
    client.close();
    throw error;
  });
  const labels = client.capabilities.has('X-GM-EXT-1');
  const delimiter = client.namespace?.delimiter ?? '/';
  let excluded: readonly string[] = excludedFolders;
  const excludes = (path: string): boolean => isExcluded(path, excluded, delimiter);
  let remarked = excludedFolders.length === 0;
  const withoutExcluded = (listed: FolderListing[]): FolderListing[] => {
    if (!remarked) exclusionRemarks(listed, excludedFolders, { labels, delimiter }).forEach(log);
    remarked = true;
    excluded = excludedPaths(listed, excludedFolders);
    return listed.filter(({ path }) => !excludes(path));
  };
  return {
    usable: () => client.usable,
    labels,
    listFolders: (asked) => explained(listFolders(client, asked).then(withoutExcluded)),
    status: async (path) => (excludes(path) ? undefined : explained(statusOf(client, path))),
    hasOpen: (path, uidValidity) =>
      client.mailbox !== false && client.mailbox.path === path && String(client.mailbox.uidValidity) === uidValidity,
    examine: async (path) => (excludes(path) ? undefined : explained(examine(client, path))),
    search: (window, since) => explained(search(client, window, since)),
    countSince: (since, messages) => explained(countSince(client, since, messages)),
    fetchHeaders: (uids, query) => explained(fetchHeaders(client, uids, query)),
    fetchStructure: (uid) => explained(fetchStructure(client, uid)),
    fetchSection: (uid, section) => explained(fetchSection(client, uid, section)),
    waitForMessages: (signal, milliseconds) => explained(waitForMessages(client, signal, milliseconds)),
    close: () => close(client),
  };
}

type ClientOptions = NonNullable<ConstructorParameters<typeof ImapFlow>[0]>;

function clientOptions(
  options: ImapOptions,
  credential: Awaited<ReturnType<ImapOptions['credential']>>,
): ClientOptions {
  const { host, port, secure, user, certificateAuthorities, timeouts = {} } = options;
  const connectMs = timeouts.connectMs ?? CONNECT_MS;
  return {
    host,
    port,
    secure,
    // Without it a credential would go in clear text to a server that hides its STARTTLS.
    ...(secure || isThisMachine(host) ? {} : { doSTARTTLS: true }),
    ...(certificateAuthorities === undefined ? {} : { tls: { ca: [...rootCertificates, certificateAuthorities] } }),
    auth:
      'password' in credential ? { user, pass: credential.password } : { user, accessToken: credential.accessToken },
    clientInfo: { name: 'reply-tracking' },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: timeouts.silenceMs ?? SILENCE_MS,
    maxIdleTime: timeouts.idleMs ?? IDLE_MS,
    maxLiteralSize: HEADER_BYTES,
    maxLineLength: LINE_BYTES,
    maxResponseSize: RESPONSE_BYTES,
    maxResponseTokens: RESPONSE_TOKENS,
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const STATUS_QUERY = { messages: true, uidNext: true, uidValidity: true, highestModseq: true };

async function listFolders(
  client: ImapFlow,
  { status, keepOpen = false }: { status: boolean; keepOpen?: boolean },
): Promise<FolderListing[]> {
  // The status of the folder that is open may be old (RFC 9051 section 6.3.11).
  if (client.mailbox && !keepOpen) await client.mailboxClose();
  const { other, shared } = client.namespaces ?? { other: false, shared: false };
  const foreign = [...(other || []), ...(shared || [])].map(({ prefix }) => prefix).filter((prefix) => prefix !== '');
  const listed = await client.list(status ? { statusQuery: STATUS_QUERY } : {});
  const listings = listed.map((entry) => folderListing(entry, foreign));
  return [...new Map(listings.map((listing) => [listing.path, listing])).values()];
}

async function statusOf(client: ImapFlow, path: string): Promise<FolderStatus | undefined> {
  try {
    const status = await client.status(path, STATUS_QUERY);
    return status ? folderStatus(status) : undefined;
  } catch (error) {
    if (isMissingFolder(error)) return undefined;
    throw error;
  }
}

async function examine(client: ImapFlow, path: string): Promise<FolderStatus | undefined> {
  try {
    const { uidValidity, uidNext, exists } = await client.mailboxOpen(path, { readOnly: true });
    return folderStatus({ uidValidity, uidNext, messages: exists });
  } catch (error) {
    if (isMissingFolder(error)) return undefined;
    throw error;
  }
}

/** A refusal without a code, or with NONEXISTENT (RFC 5530); other codes name faults that pass. */
function isMissingFolder(error: unknown): boolean {
  const { code, responseStatus, serverResponseCode } = error as Record<string, unknown>;
  if (code === 'NotFound') return true;
  return responseStatus === 'NO' && (serverResponseCode === undefined || serverResponseCode === 'NONEXISTENT');
}

async function search(client: ImapFlow, { from, to, dated }: UidWindow, since: Date): Promise<number[]> {
  // SINCE compares days in the server's time zone; the caller compares the instants.
  const dayBefore = new Date(since.getTime() - DAY_MS);
  const found = await client.search({ uid: `${from}:${to}`, ...(dated ? { since: dayBefore } : {}) }, { uid: true });
  if (!found) throw new Error('the server refused SEARCH');
  return found.filter((uid) => uid >= from && uid <= to).sort((a, b) => a - b);
}

/** A server without ESEARCH (RFC 4731) answers with every number, so it is asked stretch by stretch. */
async function countSince(client: ImapFlow, since: Date, messages: number): Promise<number> {
  const query = { since, draft: false };
  const answer = client.capabilities.has('ESEARCH') ? await client.search(query, { returnOptions: ['COUNT'] }) : [];
  if (answer && !Array.isArray(answer)) return answer.count ?? 0;
  let count = 0;
  for (let from = 1; from <= messages; from += COUNTED_AT_ONCE) {
    const found = await client.search({ ...query, seq: `${from}:${Math.min(messages, from + COUNTED_AT_ONCE - 1)}` });
    if (!found) throw new Error('the server refused SEARCH');
    count += found.length;
  }
  return count;
}

async function fetchHeaders(
  client: ImapFlow,
  uids: readonly number[],
  { part, maxBytes }: HeaderQuery,
): Promise<RawHeader[] | undefined> {
  const headers =
    part === 'named'
      ? { headers: [...READ_FIELDS] }
      : { bodyParts: [{ key: 'HEADER', start: 0, maxLength: HEADER_BYTES }] };
  const asked = new Set(uids);
  const found: RawHeader[] = [];
  let bytes = 0;
  const query = { uid: true, internalDate: true, flags: true, ...headers };
  for await (const message of client.fetch(uidSet(uids), query, { uid: true })) {
    const header = rawHeader(message);
    if (!header || !asked.delete(header.uid)) continue;
    bytes += header.bytes.length;
    if (bytes > maxBytes) return undefined;
    found.push(header);
  }
  return found;
}

async function fetchStructure(client: ImapFlow, uid: number): Promise<PartStructure | undefined> {
  const message = await client.fetchOne(String(uid), { uid: true, bodyStructure: true }, { uid: true });
  return message && message.bodyStructure ? partStructure(message.bodyStructure) : undefined;
}

async function fetchSection(
  client: ImapFlow,
  uid: number,
  { section, maxBytes }: SectionToFetch,
): Promise<Uint8Array | undefined> {
  const bodyParts = [{ key: section, start: 0, maxLength: maxBytes }];
  const message = await client.fetchOne(String(uid), { uid: true, bodyParts }, { uid: true });
  const bytes = message ? message.bodyParts?.get(section.toLowerCase()) : undefined;
  return bytes?.subarray(0, maxBytes);
}

async function waitForMessages(client: ImapFlow, signal: AbortSignal, milliseconds: number): Promise<boolean> {
  let arrived = false;
  let over = false;
  let idling = true;
  const stop = async (): Promise<void> => {
    // Any command ends IDLE; one that overtakes it does not, so it is repeated.
    while (idling && client.usable) {
      await client.noop().catch(() => undefined);
      await pause(20);
    }
  };
  const onExists = (): void => {
    arrived = true;
    void stop();
  };
  const onAbort = (): void => {
    over = true;
    void stop();
  };
  const timer = setTimeout(onAbort, milliseconds);
  client.on('exists', onExists);
  signal.addEventListener('abort', onAbort);
  try {
    while (!arrived && !over && !signal.aborted) {
      await client.idle();
      if (!client.usable || !client.mailbox) throw new Error('the connection was lost while waiting');
    }
    return arrived;
  } finally {
    idling = false;
    clearTimeout(timer);
    client.off('exists', onExists);
    signal.removeEventListener('abort', onAbort);
  }
}

async function close(client: ImapFlow): Promise<void> {
  const impatience = setTimeout(() => client.close(), LOGOUT_MS);
  await client.logout().catch(() => undefined);
  clearTimeout(impatience);
  client.close();
}
