import { readDeliveryReport } from '../../connector/src/mail/delivery-report.ts';
import { haveGrown } from '../../connector/src/mailbox/imap/change-watch.ts';
import { folderMessage } from '../../connector/src/mailbox/imap/folder-headers.ts';
import { excludedPaths, exclusionRemarks } from '../../connector/src/mailbox/imap/excluded-folders.ts';
import {
  folderListing,
  folderStatus,
  partStructure,
  rawHeader,
  type FetchAnswer,
  type FolderListing,
  type StatusAnswer,
  type StructureAnswer,
} from '../../connector/src/mailbox/imap/imap-answer.ts';
import { isTooLarge, mailboxError, refusesConnections } from '../../connector/src/mailbox/imap/imap-error.ts';
import { formatReference, parseReference } from '../../connector/src/mailbox/imap/imap-reference.ts';
import { readingOrder } from '../../connector/src/mailbox/imap/reading-order.ts';
import { rememberDrafts } from '../../connector/src/mailbox/imap/remember-drafts.ts';
import { reportSections } from '../../connector/src/mailbox/imap/report-sections.ts';
import { decodeTransfer } from '../../connector/src/mailbox/imap/transfer-encoding.ts';
import { uidSet } from '../../connector/src/mailbox/imap/uid-set.ts';
import { hasNews, nextWindow, startingPlace, type FolderStatus } from '../../connector/src/mailbox/imap/uid-window.ts';
import { checkMailboxError, checkMailboxMessage } from './check-mailbox.ts';
import { demand } from './demand.ts';
import { inputOf } from './http-text.ts';

/** What the client makes of answers, written as JSON. */
type Answers = Readonly<Record<string, unknown>>;

const PLACE = { host: 'imap.example.com', port: 993, secure: true, address: 'rep@example.com' };
const EXCLUDED = ['Private', '\\Junk'];
const LARGEST_UID = 0xffff_ffff;
const STATUS_TYPE = /^message\/(?:global-)?(?:delivery-status|disposition-notification)$/;
const SECTIONS = /^(?:2|3|3\.HEADER)$/;

/** Sends what the IMAP client hands out through everything that reads it. */
export function checkImap(bytes: Uint8Array): void {
  const answers = membersOf(parsed(bytes));
  const listed = itemsOf(answers['list']).map(folderOf);
  checkFolders(listed);
  for (const message of itemsOf(answers['fetch'])) checkMessage(message, listed[0]?.path ?? 'INBOX');
  checkReport(answers['structure'], Buffer.from(textOf(answers['section']), 'latin1'));
  checkError(answers['error']);
}

function checkFolders(listed: readonly FolderListing[]): void {
  const paths = new Set(listed.map(({ path }) => path));
  for (const labels of [true, false]) {
    const order = readingOrder(listed, { labels });
    demand(
      order.every(({ path }) => paths.has(path)),
      'only folders that are listed are read',
    );
    exclusionRemarks(listed, EXCLUDED, { labels, delimiter: '/' });
  }
  excludedPaths(listed, EXCLUDED);
  const seen = new Map(listed.flatMap(({ path, status }) => (status === undefined ? [] : [[path, status] as const])));
  demand(!haveGrown(seen, seen), 'what stays as it is has not grown');
  for (const status of seen.values()) checkStatus(status);
}

function checkStatus(status: FolderStatus): void {
  const place = startingPlace(undefined, status);
  const window = nextWindow(place, status, 3);
  demand((window !== undefined) === hasNews(place, status), 'a folder with news has a window');
  if (window === undefined) return;
  const { from, to } = window;
  demand(from > place.lastUid && from <= to && to <= LARGEST_UID, 'a window lies ahead');
}

function checkMessage(answer: unknown, folder: string): void {
  const header = rawHeader(messageOf(answer));
  if (header === undefined) return;
  const { uid, receivedAt, fields } = folderMessage(header);
  const reference = formatReference({ folder, uidValidity: '1', uid });
  demand(parseReference(reference)?.uid === uid, 'a reference names its message');
  checkMailboxMessage({ reference, receivedAt, folder: 'other', fields });
  demand(/^\d+(?::\d+)?$/.test(uidSet([uid, uid + 1])), 'a set of UIDs is one');
  const place = rememberDrafts({ uidValidity: '1', lastUid: uid, datedUpTo: 0 }, [uid], undefined);
  demand(JSON.parse(JSON.stringify(place)).lastUid === uid, 'a place is saved as it is'); // eslint-disable-line @typescript-eslint/no-unsafe-member-access -- our own JSON
}

function checkReport(structure: unknown, bytes: Buffer): void {
  const message = partStructure(structureOf(structure, 0));
  const sections = reportSections(message);
  demand(
    sections === undefined || STATUS_TYPE.test(message.parts[1]?.type ?? ''),
    'a part is fetched of a report alone',
  );
  const fetched = [sections?.status, sections?.returned].filter((section) => section !== undefined);
  demand(
    fetched.every(({ section, maxBytes }) => SECTIONS.test(section) && maxBytes <= 65_536),
    'no body is asked for',
  );
  const decoded = fetched.map(({ encoding }) => decodeTransfer(bytes, encoding));
  demand(
    decoded.every(({ length }) => length <= bytes.length),
    'no part grows as it is decoded',
  );
  if (decoded[0] !== undefined) readDeliveryReport({ status: decoded[0], ...(decoded[1] && { returned: decoded[1] }) });
}

function checkError(answer: unknown): void {
  const { code, authenticationFailed, tlsFailed, ...said } = membersOf(answer);
  const { serverResponseCode, response, reason, throttleReset } = said;
  const words = { serverResponseCode, response, reason, throttleReset };
  // The codes are the client's and the system's own; the words may be the server's.
  const own = { authenticationFailed, tlsFailed, ...(typeof code === 'string' && /^\w{1,60}$/.test(code) && { code }) };
  const error = Object.assign(new Error('x'), own, words);
  const failure = mailboxError(error, PLACE);
  checkMailboxError(failure);
  demand(
    !(isTooLarge(error) || refusesConnections(error)) || failure.code === 'retry' || Boolean(authenticationFailed),
    'what passes is tried again',
  );
}

function folderOf(answer: unknown): FolderListing {
  const { path, name, flags, specialUse, specialUseSource, status } = membersOf(answer);
  const entry = {
    ...{ path: textOf(path), name: textOf(name), flags: new Set(itemsOf(flags).map(textOf)) },
    ...(typeof specialUse === 'string' && { specialUse, specialUseSource: textOf(specialUseSource) }),
    ...(typeof status === 'object' && status !== null && { status: statusOf(status) }),
  };
  return folderListing(entry, ['Other Users/']);
}

function statusOf(status: unknown): StatusAnswer {
  const { uidValidity, uidNext, messages, highestModseq } = membersOf(status);
  demand(folderStatus({}) === undefined, 'a folder without numbers is not read');
  return {
    ...{ uidValidity: bigOf(uidValidity), uidNext: countOf(uidNext), messages: countOf(messages) },
    highestModseq: bigOf(highestModseq),
  };
}

function messageOf(answer: unknown): FetchAnswer {
  const { uid, internalDate, flags, headers } = membersOf(answer);
  return {
    ...{ uid: countOf(uid) ?? 0, flags: new Set(itemsOf(flags).map(textOf)) },
    ...(typeof internalDate === 'string' && { internalDate }),
    ...(typeof headers === 'string' && { headers: Buffer.from(headers, 'latin1') }),
    ...(headers === false && { headers }),
  };
}

/** The client gives up a structure that is nested deeper. */
function structureOf(answer: unknown, depth: number): StructureAnswer {
  const { type, encoding, childNodes } = membersOf(answer);
  const children = depth < 100 ? itemsOf(childNodes).map((child) => structureOf(child, depth + 1)) : [];
  return {
    ...{ type: textOf(type), childNodes: children },
    ...(typeof encoding === 'string' && { encoding }),
  };
}

/** Numbers as the client reads them: ten digits at most. */
function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < 1e10 ? Number(value) : undefined;
}

function bigOf(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function membersOf(value: unknown): Answers {
  return typeof value === 'object' && value !== null ? (value as Answers) : {};
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

const STATUS = { uidValidity: '1700000000', uidNext: 5001, messages: 12, highestModseq: '18446744073709551615' };
const LIST = [
  { path: 'INBOX', name: 'INBOX', flags: ['\\HasNoChildren'], status: STATUS },
  { path: 'Gesendet', name: 'Gesendet', flags: [], status: { ...STATUS, messages: 0 } },
  { path: 'Sent', name: 'Sent', flags: ['\\Sent'], specialUse: '\\Sent', specialUseSource: 'name', status: STATUS },
  {
    path: 'Junk',
    name: 'Junk',
    flags: ['\\Junk'],
    specialUse: '\\Junk',
    specialUseSource: 'extension',
    status: STATUS,
  },
  { path: 'Private/x', name: 'x', flags: ['\\Noselect'] },
  { path: '[Gmail]/All', name: 'All', flags: ['\\All'], status: STATUS },
  { path: 'Other Users/ann/INBOX', name: 'INBOX', flags: [], status: STATUS },
];
const HEADERS = 'Message-ID: <a@lead.example.org>\r\nIn-Reply-To: <b@example.com>\r\nSubject: Re: Offer\r\n\r\n';
const FETCH = [
  { uid: 7, internalDate: '2026-03-02T08:30:00.000Z', flags: ['\\Seen'], headers: HEADERS },
  { uid: 4294967295, internalDate: '02-Mar-2026 08:30:00 +0000', flags: ['\\Draft'], headers: HEADERS },
];
const STRUCTURE = {
  type: 'multipart/report',
  childNodes: [
    { type: 'text/plain', encoding: '7bit' },
    { type: 'message/delivery-status', encoding: 'quoted-printable' },
    { type: 'text/rfc822-headers', encoding: 'base64' },
  ],
};
const SECTION =
  'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1=\r\n=3D\r\n';
const ERRORS = [
  ...['ENOTFOUND', 'CERT_HAS_EXPIRED', 'GREETING_TIMEOUT', 'LiteralTooLarge', 'ParserError1', 'CERT_X'].map((code) => ({
    code,
  })),
  { code: 'ETHROTTLE', throttleReset: 92_415 },
  {
    authenticationFailed: true,
    serverResponseCode: 'AUTHENTICATIONFAILED',
    response: '2 NO [AUTHENTICATIONFAILED] no',
  },
  { authenticationFailed: true, serverResponseCode: 'UNAVAILABLE', response: '2 NO try again later' },
  { reason: 'Too many connections', tlsFailed: true },
];

/** The inputs to begin with: folders, messages, reports, and the errors of the client. */
export function imapSeeds(): string[] {
  const returned = { ...STRUCTURE, childNodes: [...STRUCTURE.childNodes.slice(0, 2), { type: 'message/rfc822' }] };
  const seeds = [
    { list: LIST },
    { fetch: FETCH },
    ...[STRUCTURE, returned].map((structure) => ({ structure, section: SECTION })),
    { structure: STRUCTURE, section: Buffer.from(SECTION).toString('base64') },
    ...ERRORS.map((error) => ({ error })),
  ];
  return seeds.map((seed) => inputOf(JSON.stringify(seed)));
}
