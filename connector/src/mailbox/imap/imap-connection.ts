import { isIP } from 'node:net';
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
import { refusesCredential } from './imap-error.ts';
import type { ImapCredential, ImapOptions } from './imap-options.ts';
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
const LOGOUT_MS = 2_000;
/** The client's own watch over silence would end IDLE every so often, so it is put off for longer than IDLE lasts. */
const NEVER_MS = 24 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

export interface HeaderQuery {
  /**
   * `named`: the fields of READ_FIELDS, whole. `start`: the first HEADER_BYTES of all fields, for overlong ones. `none`: no
   * field, for a message whose header the server cannot give.
   */
  readonly part: 'named' | 'start' | 'none';
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
   * LIST-STATUS (RFC 5819). What a server says of the folder that is open may be old (RFC 9051 section 6.3.11): so it is
   * closed before, or opened anew when it is the one that is waited in, unless `keepOpen`.
   */
  listFolders(options: { status: boolean; keepOpen?: boolean }): Promise<FolderListing[]>;
  /** Undefined when there is no such folder. */
  status(path: string): Promise<FolderStatus | undefined>;
  /** Whether this very folder is open. */
  hasOpen(path: string, uidValidity: string): boolean;
  /** What a folder was like when it was opened; undefined unless it is open. */
  opened(path: string): FolderStatus | undefined;
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
  /**
   * Waits in the open folder (IDLE, RFC 2177) until a message has arrived since it was opened (true), or the signal aborts
   * or the time is over (false). IDLE goes on until the next command ends it.
   */
  waitForMessages(signal: AbortSignal, milliseconds: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects and logs in; once more with a newer access token when the server knows the one that it is given no more. */
export async function connectImap(options: ImapOptions): Promise<ImapConnection> {
  const credential = await options.credential();
  try {
    return await logIn(options, credential);
  } catch (error) {
    if (!('accessToken' in credential) || !refusesCredential(error)) throw error;
    const newer = await options.credential(credential.accessToken);
    if (!('accessToken' in newer) || newer.accessToken === credential.accessToken) throw error;
    return logIn(options, newer);
  }
}

async function logIn(options: ImapOptions, credential: ImapCredential): Promise<ImapConnection> {
  const { excludedFolders = [], log = () => undefined } = options;
  // What ends a connection is reported here alone; the command it interrupts is only told that there is none any more.
  let fatal: unknown;
  const end = (error: Error): void => {
    fatal ??= error;
    client.close();
  };
  const client = new ImapFlow({
    ...clientOptions(options, credential),
    // The client begins to wait only after it has told so, and closing ends only a wait that has begun.
    logger: throttlingLogger((milliseconds) => setImmediate(() => end(throttled(milliseconds)))),
  });
  client.on('error', (error) => (fatal ??= error));
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    const stopListening = endWhenSilent(client, options.timeouts?.silenceMs ?? SILENCE_MS, end);
    try {
      return await work;
    } catch (error) {
      // What the server has answered says more than the end of the connection that may follow.
      throw (error as { responseStatus?: unknown }).responseStatus === undefined ? (fatal ?? error) : error;
    } finally {
      stopListening();
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
  const waiting: Waiting = { path: undefined, idle: undefined, opened: undefined, arrived: false };
  client.on('exists', ({ count, prevCount }) => (waiting.arrived ||= count > prevCount));
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
    listFolders: (asked) => explained(listFolders(client, waiting, asked).then(withoutExcluded)),
    status: async (path) => (excludes(path) ? undefined : explained(statusOf(client, path))),
    hasOpen: (path, uidValidity) =>
      client.mailbox !== false && client.mailbox.path === path && String(client.mailbox.uidValidity) === uidValidity,
    opened: (path) => (client.mailbox && client.mailbox.path === path ? waiting.opened : undefined),
    examine: async (path) => (excludes(path) ? undefined : explained(examine(client, waiting, path))),
    search: (window, since) => explained(search(client, window, since)),
    countSince: (since, messages) => explained(countSince(client, since, messages)),
    fetchHeaders: async (uids, query) => {
      const headers = await explained(fetchHeaders(client, uids, query));
      for (const { uid } of headers?.filter(({ bytes }) => bytes.length === 0) ?? [])
        log(`The server cannot give the message of UID ${uid}; it is read without header fields.`);
      return headers;
    },
    fetchStructure: (uid) => explained(fetchStructure(client, uid)),
    fetchSection: (uid, section) => explained(fetchSection(client, uid, section)),
    waitForMessages: async (signal, milliseconds) => {
      try {
        return await waitForMessages(client, waiting, signal, milliseconds);
      } catch (error) {
        throw fatal ?? error;
      }
    },
    close: () => close(client),
  };
}

/** What is known of folders beside what the client knows. */
interface Waiting {
  /** The folder that was waited in last. */
  path: string | undefined;
  /** An IDLE that no command has ended yet. */
  idle: Promise<unknown> | undefined;
  /** The folder that was opened last, as it was then. */
  opened: FolderStatus | undefined;
  /** Whether a message has come into it since. */
  arrived: boolean;
}

/** Ends the connection of a server that has sent nothing for so long although it is asked; returns the end of that. */
function endWhenSilent(client: ImapFlow, silenceMs: number, end: (error: Error) => void): () => void {
  let { received } = client.stats();
  const timer = setInterval(() => {
    const before = received;
    ({ received } = client.stats());
    if (received === before) end(Object.assign(new Error('the server fell silent'), { code: 'ETIMEDOUT' }));
  }, silenceMs);
  return () => clearInterval(timer);
}

type Logger = Exclude<NonNullable<ClientOptions['logger']>, false>;

/**
 * A server that asks for a pause (Microsoft: "Request is throttled. Suggested Backoff Time: 92415 milliseconds") has the
 * client wait within the command, for minutes, with a worker in its hands; that it begins to do so it only tells its
 * logger, which takes nothing else.
 */
function throttlingLogger(onThrottled: (milliseconds: number) => void): Logger {
  const warn = ({ throttleDelay }: { readonly throttleDelay?: unknown }): void => {
    if (typeof throttleDelay === 'number') onThrottled(throttleDelay);
  };
  // Where a level is missing the client does not make up what it would say; errors without one go to the console.
  return { warn, error: () => undefined, fatal: () => undefined } as Partial<Logger> as Logger;
}

function throttled(milliseconds: number): Error {
  return Object.assign(new Error('the server asks for a pause'), { code: 'ETHROTTLE', throttleReset: milliseconds });
}

type ClientOptions = NonNullable<ConstructorParameters<typeof ImapFlow>[0]>;

function clientOptions(options: ImapOptions, credential: ImapCredential): ClientOptions {
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
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: NEVER_MS,
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
  waiting: Waiting,
  { status, keepOpen = false }: { status: boolean; keepOpen?: boolean },
): Promise<FolderListing[]> {
  const open = client.mailbox ? client.mailbox.path : undefined;
  const reopened = status && !keepOpen && open !== undefined && open === waiting.path ? open : undefined;
  if (open !== undefined && !keepOpen && reopened === undefined) await client.mailboxClose();
  const { other, shared } = client.namespaces ?? { other: false, shared: false };
  const foreign = [...(other || []), ...(shared || [])].map(({ prefix }) => prefix).filter((prefix) => prefix !== '');
  const listed = await client.list(status ? { statusQuery: STATUS_QUERY } : {});
  // The client leaves out a status that it cannot ask for, also when that is because the connection was lost.
  if (!client.usable) throw new Error('the connection was lost while folders were listed');
  const listings = new Map(listed.map((entry) => [entry.path, folderListing(entry, foreign)]));
  const anew = reopened === undefined ? undefined : await examine(client, waiting, reopened);
  const known = listings.get(reopened ?? '');
  if (anew && known) listings.set(known.path, { ...known, status: anew });
  return [...listings.values()];
}

async function statusOf(client: ImapFlow, path: string): Promise<FolderStatus | undefined> {
  try {
    const status = await client.status(path, STATUS_QUERY);
    if (!client.usable) throw new Error('the connection was lost while the status of a folder was asked');
    return status ? folderStatus(status) : undefined;
  } catch (error) {
    if (isMissingFolder(error)) return undefined;
    throw error;
  }
}

async function examine(client: ImapFlow, waiting: Waiting, path: string): Promise<FolderStatus | undefined> {
  try {
    // Before, since the server may tell of a message in one breath with its answer.
    waiting.arrived = false;
    const { uidValidity, uidNext, exists, highestModseq } = await client.mailboxOpen(path, { readOnly: true });
    waiting.opened = folderStatus({ uidValidity, uidNext, messages: exists, highestModseq });
    return waiting.opened;
  } catch (error) {
    if (isMissingFolder(error)) return undefined;
    throw error;
  }
}

/** A refusal without a code, or with NONEXISTENT (RFC 5530); other codes name faults that pass. */
function isMissingFolder(error: unknown): boolean {
  const { code, responseStatus, serverResponseCode } = error as Record<string, unknown>;
  if (code === 'NotFound') return true;
  return (
    code === undefined &&
    responseStatus === 'NO' &&
    (serverResponseCode === undefined || serverResponseCode === 'NONEXISTENT')
  );
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
  const headers = {
    named: { headers: [...READ_FIELDS] },
    start: { bodyParts: [{ key: 'HEADER', start: 0, maxLength: HEADER_BYTES }] },
    none: {},
  }[part];
  const asked = new Set(uids);
  const found: RawHeader[] = [];
  let bytes = 0;
  const query = { uid: true, internalDate: true, flags: true, ...headers };
  for await (const message of client.fetch(uidSet(uids), query, { uid: true })) {
    const header = rawHeader(message, { withoutFields: part === 'none' });
    if (!header || !asked.delete(header.uid)) continue;
    bytes += header.bytes.length;
    if (bytes > maxBytes) return undefined;
    found.push(header);
  }
  return withoutGone(client, found);
}

/** Without those that have no header because they were just deleted (RFC 2180 section 4.1.3), as Dovecot says it. */
async function withoutGone(client: ImapFlow, headers: RawHeader[]): Promise<RawHeader[]> {
  const empty = headers.filter(({ bytes }) => bytes.length === 0).map(({ uid }) => uid);
  if (empty.length === 0) return headers;
  const there = await client.search({ uid: uidSet(empty) }, { uid: true });
  if (!there) throw new Error('the server refused SEARCH');
  return headers.filter(({ uid, bytes }) => bytes.length > 0 || there.includes(uid));
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

async function waitForMessages(
  client: ImapFlow,
  waiting: Waiting,
  signal: AbortSignal,
  milliseconds: number,
): Promise<boolean> {
  waiting.path = client.mailbox ? client.mailbox.path : undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const onExists = (): void => void (waiting.arrived && end());
  const onAbort = (): void => end();
  const over = setTimeout(end, milliseconds);
  client.on('exists', onExists);
  signal.addEventListener('abort', onAbort);
  let isOver = false;
  void ended.then(() => (isOver = true));
  try {
    while (!waiting.arrived && !signal.aborted && !isOver) {
      waiting.idle ??= client.idle().finally(() => (waiting.idle = undefined));
      await Promise.race([waiting.idle, ended]);
      if (!client.usable || !client.mailbox) throw new Error('the connection was lost while waiting');
    }
    return waiting.arrived;
  } finally {
    clearTimeout(over);
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
