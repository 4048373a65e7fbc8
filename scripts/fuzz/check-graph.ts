import { isDeepStrictEqual } from 'node:util';
import { HttpError } from '../../connector/src/http/http-error.ts';
import { createFolderExclusion } from '../../connector/src/mailbox/graph/folder-exclusion.ts';
import { claimsOf, grantedPermissions } from '../../connector/src/mailbox/graph/granted-permissions.ts';
import {
  parseCount,
  parseFolderDelta,
  parseFolderId,
  parseMessage,
  parseMessageDelta,
  parseMessageList,
  parseParentFolderId,
  parseSubscription,
  UnreadableAnswer,
  type DeltaAnswer,
  type FolderEntry,
  type GraphMessage,
} from '../../connector/src/mailbox/graph/graph-answer.ts';
import { parseBatch, type ItemAnswer } from '../../connector/src/mailbox/graph/graph-batch.ts';
import type { GraphCursor, GraphFolderPlace } from '../../connector/src/mailbox/graph/graph-cursor.ts';
import {
  isGone,
  isLimitOfMailbox,
  mailboxErrorOf,
  readFailure,
} from '../../connector/src/mailbox/graph/graph-failure.ts';
import { toMailboxMessage } from '../../connector/src/mailbox/graph/graph-message.ts';
import {
  countPath,
  firstDeltaPath,
  listPath,
  messagePath,
  pathOf,
} from '../../connector/src/mailbox/graph/graph-path.ts';
import {
  isUnfinished,
  openingPlace,
  placeAfterDelta,
  placeAfterList,
  placesAfterFolders,
} from '../../connector/src/mailbox/graph/graph-place.ts';
import { readTokenRefusal, tokenErrorOf } from '../../connector/src/mailbox/graph/microsoft-token-failure.ts';
import {
  accessDenied,
  badRequest,
  itemNotFound,
  noMailbox,
  syncStateNotFound,
  throttled,
  tokenRefused,
  unknownUser,
} from '../../test/simulators/graph/graph-error.ts';
import { checkMailboxError, checkMailboxMessage } from './check-mailbox.ts';
import { demand, unlessRefused } from './demand.ts';
import { answerText, jsonOf, readHttpText, statusOf } from './http-text.ts';

const ADDRESS = 'rep@example.com';
const ROOT = new URL('https://graph.microsoft.com/v1.0/');
const NOW = new Date('2026-03-03T09:00:00Z');
const SINCE = '2026-02-01T00:00:00.000Z';
const OLDER_THAN = '2026-03-01T00:00:00.000Z';
const PAGE = 2;
const UNTIL = /receivedDateTime%20le%20\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ&/;
const WELL_KNOWN = new Map([
  ['AAMkInbox=', 'inbox'],
  ['AAMkRoot=', 'msgfolderroot'],
]);
const CERTIFICATE = { kind: 'certificate', clientId: '1', certificate: '', privateKey: '' } as const;
const CONSENT = { kind: 'refreshToken', clientId: '1', refreshToken: '' } as const;

/** Sends an answer through everything that reads what Microsoft Graph and its token endpoint answer. */
export function checkGraph(bytes: Uint8Array): void {
  const answer = readHttpText(bytes);
  const body = jsonOf(answer);
  checkAnswer(body);
  const calls = Math.min(answer.body.toString('latin1').split('"status"').length - 1, 20);
  for (const item of unlessRefused(UnreadableAnswer, () => parseBatch(body, calls)) ?? []) {
    checkAnswer(item.body);
    checkFailure(item);
  }
  checkFailure({ status: statusOf(answer), headers: answer.headers, body });
  checkToken(body);
}

function checkAnswer(body: unknown): void {
  const messages = unlessRefused(UnreadableAnswer, () => parseMessageDelta(body));
  if (messages !== undefined) checkMessages(messages);
  const listed = unlessRefused(UnreadableAnswer, () => parseMessageList(body));
  if (listed !== undefined) checkListed(listed);
  const folders = unlessRefused(UnreadableAnswer, () => parseFolderDelta(body));
  if (folders !== undefined) checkFolders(folders);
  const message = unlessRefused(UnreadableAnswer, () => parseMessage(body));
  if (message !== undefined) checkMessage(message);
  checkResource(body);
}

function checkMessages({ entries, link, more }: DeltaAnswer<GraphMessage>): void {
  entries.forEach(checkMessage);
  const path = checkLink(link);
  if (path === undefined) return;
  for (const place of [
    {},
    { link: 'x', more: true, first: { messages: 5000, oldest: OLDER_THAN } } as const,
    { link: 'x' },
  ]) {
    const after = placeAfterDelta(place, { entries, more }, path);
    demand(
      after.link === path && isUnfinished(after) === (more || after.olderThan !== undefined),
      'a folder is read on',
    );
    checkCursor({ AAMkInbox: after });
  }
}

function checkListed(listed: readonly GraphMessage[]): void {
  listed.forEach(checkMessage);
  let place: GraphFolderPlace = { link: 'x', olderThan: OLDER_THAN };
  for (let page = 0; page < 2; page++) {
    place = placeAfterList(place, listed, PAGE);
    checkCursor({ AAMkInbox: place });
    if (place.olderThan === undefined) return;
    const path = listPath(ADDRESS, 'AAMkInbox', { since: SINCE, until: place.olderThan }, PAGE);
    demand(UNTIL.test(path), 'older messages are asked for by an instant');
    checkPath(path);
  }
}

function checkMessage(message: GraphMessage): void {
  demand(/^[\w=-]{8,1024}$/.test(message.id), 'the id of a message is one');
  checkPath(messagePath(ADDRESS, message.id));
  checkMailboxMessage(toMailboxMessage(message, 'other'));
}

function checkFolders({ entries, link }: DeltaAnswer<FolderEntry>): void {
  checkLink(link);
  const places = placesAfterFolders({ AAMkOld: { link: 'x' } }, entries, () => true);
  checkCursor(places);
  for (const id of Object.keys(places)) checkFolderPaths(id);
  const exclusion = createFolderExclusion(['Private', 'junkemail'], WELL_KNOWN, [], {
    address: ADDRESS,
    log: () => undefined,
  });
  exclusion.learn(entries);
  for (const { id } of entries) exclusion.excludes(id);
}

function checkResource(body: unknown): void {
  const folder = unlessRefused(UnreadableAnswer, () => parseFolderId(body));
  if (folder !== undefined) checkFolderPaths(folder);
  unlessRefused(UnreadableAnswer, () => parseParentFolderId(body));
  const count = unlessRefused(UnreadableAnswer, () => parseCount(body)) ?? 0;
  demand(count >= 0, 'no folder holds less than nothing');
  const subscription = unlessRefused(UnreadableAnswer, () => parseSubscription(body));
  if (subscription === undefined) return;
  demand(!Number.isNaN(subscription.expiresAt.getTime()), 'a subscription ends at an instant');
  checkPath(`subscriptions/${encodeURIComponent(subscription.id)}`);
}

function checkFolderPaths(id: string): void {
  checkPath(firstDeltaPath(ADDRESS, id, SINCE));
  checkPath(countPath(ADDRESS, id, SINCE));
}

/** A link is followed on the host of the API alone, below its own address. */
function checkLink(link: string): string | undefined {
  try {
    const path = pathOf(link, ROOT);
    demand(new URL(link).href === `${ROOT.href}${path}`, 'a link is followed as it is, below the API');
    checkPath(path);
    return path;
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof UnreadableAnswer)) throw error;
    demand(error.message.length <= 500, 'the words about a link are short');
    return undefined;
  }
}

function checkPath(path: string): void {
  const { href } = new URL(`${ROOT.href}${path}`);
  demand(href.startsWith(ROOT.href), 'nothing is asked but the API');
  demand(href.length <= 32_768, 'an address is no longer than a server takes');
}

function checkCursor(folders: GraphCursor['folders']): void {
  const cursor = { ...openingPlace(new Date(SINCE)), folders };
  demand(isDeepStrictEqual(JSON.parse(JSON.stringify(cursor)), cursor), 'a cursor is saved as it is');
}

function checkFailure({ status, headers, body }: ItemAnswer): void {
  const failure = readFailure(status, headers, body, NOW);
  for (const place of [true, false]) {
    const error = mailboxErrorOf(failure, { address: ADDRESS, place });
    checkMailboxError(error);
    demand(!(isGone(failure) && error.code === 'reconnect'), 'a message that is gone holds no mailbox');
    demand(!isLimitOfMailbox(failure) || error.code === 'retry', 'a limit passes');
  }
  const refusal = readTokenRefusal(status, headers, body, NOW);
  for (const credential of [CERTIFICATE, CONSENT]) {
    checkMailboxError(tokenErrorOf(refusal, { who: ADDRESS, tenantId: 'example.com', credential }));
  }
}

function checkToken(body: unknown): void {
  const { access_token: token } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof token !== 'string') return;
  claimsOf(token);
  const { granted, wider } = grantedPermissions(token);
  demand(
    granted.every((name) => name.length <= 100) && wider.every((name) => granted.includes(name)),
    'a permission is a name',
  );
}

const person = (address: string): object => ({ emailAddress: { name: 'Ann "A" Lee', address } });
const MESSAGE = {
  '@odata.type': '#microsoft.graph.eventMessageResponse',
  '@odata.etag': 'W/"CQAAMk"',
  ...{
    id: 'AAMkAGI2_-mail-0001=',
    parentFolderId: 'AAMkInbox=',
    receivedDateTime: '2026-03-02T08:30:00Z',
    isDraft: false,
  },
  internetMessageHeaders: [
    { name: 'Message-ID', value: '<a@lead.example.org>' },
    { name: 'References', value: '<b@example.com>' },
  ],
  ...{ internetMessageId: '<a@lead.example.org>', subject: 'Re: Offer', sentDateTime: '2026-03-02T08:29:58Z' },
  conversationIndex: 'AQHc0N8hZ2bKq0m1Tk6q0l8b7q6e3g==',
  ...{ from: person('ann@lead.example.org'), sender: person('ann@lead.example.org') },
  ...{ toRecipients: [person(ADDRESS)], ccRecipients: [], replyTo: [person('ann@home.example.org')] },
};
const { internetMessageHeaders: _headers, '@odata.type': _type, ...SENT } = MESSAGE;
const FOLDERS = [
  { '@odata.type': '#microsoft.graph.mailFolder', id: 'AAMkInbox=', displayName: 'Inbox', parentFolderId: 'AAMkRoot=' },
  { id: 'AAMkPrivate=', displayName: 'Private', parentFolderId: 'AAMkInbox=' },
  {
    '@odata.type': '#microsoft.graph.mailSearchFolder',
    id: 'AAMkSearch=',
    displayName: 'Found',
    parentFolderId: 'AAMkRoot=',
  },
  { id: 'AAMkOld=', '@removed': { reason: 'deleted' } },
];
const DELTA = `${ROOT.href}users/rep%40example.com/mailFolders/AAMkInbox%3D/messages/delta?$deltatoken=R0usmcCM996atia_s`;
const NEXT = DELTA.replace('$deltatoken', '$skiptoken');

/** The inputs to begin with: an answer of each call, a batch, refusals. */
export function graphSeeds(): string[] {
  const refusals = [
    accessDenied(),
    itemNotFound(),
    noMailbox(),
    syncStateNotFound(),
    throttled(),
    tokenRefused(),
    unknownUser(ADDRESS),
    badRequest('Badly formed token.'),
  ];
  const delta = {
    value: [MESSAGE, SENT, { id: 'AAMkGone=', '@removed': { reason: 'deleted' } }, { id: 'AAMkRead=', isRead: true }],
    '@odata.deltaLink': DELTA,
  };
  const folders = { value: FOLDERS, '@odata.nextLink': NEXT };
  const responses = [
    { id: '1', status: 200, headers: { 'Content-Type': 'application/json' }, body: folders },
    { id: '0', status: 200, body: { id: 'AAMkInbox=' } },
    { id: '2', status: 429, headers: { 'Retry-After': '17' }, body: wordsOf(throttled()) },
    { id: '3', status: 424, body: { error: { code: 'FailedDependency', message: 'x' } } },
  ];
  const claims = { aud: ROOT.origin, roles: ['Mail.ReadBasic.All'], scp: 'Mail.ReadBasic Mail.Read', exp: 1 };
  const token = ['{"typ":"JWT","alg":"RS256"}', JSON.stringify(claims)].map((part) =>
    Buffer.from(part).toString('base64url'),
  );
  const codes = [90002, 700016, 7000218, 700027, 65001, 700082, 50076, 700024];
  return [
    answerText(200, delta),
    answerText(200, { value: [MESSAGE], '@odata.nextLink': NEXT }),
    answerText(200, { value: [SENT, MESSAGE, MESSAGE], '@odata.count': 3 }),
    answerText(200, folders),
    answerText(200, MESSAGE),
    answerText(201, {
      id: '7f105c7d-2dc5-4530-97cd-4e7ae6534c07',
      expirationDateTime: '2026-03-06T00:00:00Z',
      notificationUrl: 'https://x.example/',
    }),
    answerText(200, { responses }),
    ...refusals.map((refusal) => answerText(refusal.status, wordsOf(refusal), { 'retry-after': '10' })),
    ...codes.map((code) =>
      answerText(400, { error: 'invalid_grant', error_description: `AADSTS${code}: x`, error_codes: [code] }),
    ),
    answerText(200, { token_type: 'Bearer', expires_in: 3599, access_token: `${token.join('.')}.c2lnbmF0dXJl` }),
    answerText(200, '<html><body>Sign in</body></html>', { 'content-type': 'text/html' }),
  ];
}

/** Without the ids and the time that each answer has of its own. */
function wordsOf({ code, message }: { readonly code: string; readonly message: string }): object {
  return { error: { code, message, innerError: { date: '2026-03-03T09:00:00' } } };
}
