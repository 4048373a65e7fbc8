import { isDeepStrictEqual } from 'node:util';
import {
  parseExpiration,
  parseHistory,
  parseHistoryId,
  parseInternalDate,
  parseLabels,
  parseMessage,
  parseMessageList,
  UnreadableAnswer,
  type GmailHistory,
  type GmailMessage,
} from '../../connector/src/mailbox/gmail/gmail-answer.ts';
import { parseBatch, type BatchPart } from '../../connector/src/mailbox/gmail/gmail-batch.ts';
import type { GmailCursor } from '../../connector/src/mailbox/gmail/gmail-cursor.ts';
import {
  isGone,
  isPassing,
  mailboxErrorOf,
  readFailure,
  topicErrorOf,
} from '../../connector/src/mailbox/gmail/gmail-failure.ts';
import { toMailboxMessage } from '../../connector/src/mailbox/gmail/gmail-message.ts';
import { openingPlace, placeAfterHistory, placeAfterListing } from '../../connector/src/mailbox/gmail/gmail-place.ts';
import { readTokenRefusal, tokenErrorOf } from '../../connector/src/mailbox/gmail/google-token-failure.ts';
import {
  GoogleError,
  notFound,
  insufficientScope,
  delegationDenied,
  unauthenticated,
} from '../../test/simulators/gmail/google-error.ts';
import { checkMailboxError, checkMailboxMessage } from './check-mailbox.ts';
import { demand, unlessRefused } from './demand.ts';
import { answerText, jsonOf, readHttpText, statusOf } from './http-text.ts';

const ADDRESS = 'rep@example.com';
const NOW = new Date('2026-03-03T09:00:00Z');
const SINCE = new Date('2026-02-01T00:00:00Z');
const LIMIT = 3;
const EXCLUDED = new Set(['Label_7']);
const MESSAGE_ID = /^[\w-]{1,64}$/;
const TOPIC = 'projects/replies/topics/mail';
const ACCOUNT = { kind: 'serviceAccount', clientEmail: 'a@b.iam.gserviceaccount.com', privateKey: '' } as const;
const CLIENT = { kind: 'refreshToken', clientId: '1.apps.googleusercontent.com', refreshToken: '' } as const;

/** Sends an answer through everything that reads what Gmail and Google's token endpoint answer. */
export function checkGmail(bytes: Uint8Array): void {
  const answer = readHttpText(bytes);
  const data = jsonOf(answer);
  checkPlaces(data);
  const message = unlessRefused(UnreadableAnswer, () => parseMessage(data));
  if (message !== undefined) checkMessage(message);
  for (const parse of [parseInternalDate, parseLabels]) unlessRefused(UnreadableAnswer, () => parse(data));
  const expiration = unlessRefused(UnreadableAnswer, () => parseExpiration(data));
  demand(!Number.isNaN(expiration?.getTime()), 'a watch ends at an instant');
  checkBatch(answer.headers.get('content-type') ?? '', answer.body.toString('utf8'));
  checkFailure({ status: statusOf(answer), headers: answer.headers, data });
}

function checkPlaces(data: unknown): void {
  const historyId = unlessRefused(UnreadableAnswer, () => parseHistoryId(data));
  if (historyId !== undefined) checkCursor(openingPlace(historyId, SINCE));
  const listed = unlessRefused(UnreadableAnswer, () => parseMessageList(data));
  if (listed !== undefined) {
    checkIds(listed.ids);
    for (const stage of ['sent', 'all'] as const) {
      const cursor = { ...openingPlace('1', SINCE), listing: { since: SINCE.toISOString(), stage } };
      checkCursor(
        placeAfterListing(
          cursor,
          listed,
          listed.ids.map(() => NOW.getTime()),
        ),
      );
    }
  }
  const history = unlessRefused(UnreadableAnswer, () => parseHistory(data));
  if (history !== undefined) checkHistory(history);
}

function checkHistory(history: GmailHistory): void {
  const place = placeAfterHistory({ provider: 'gmail', version: 1, historyId: '1' }, history, LIMIT, EXCLUDED);
  checkIds(place.ids);
  demand(new Set(place.ids).size === place.ids.length, 'each message is read once');
  demand(!place.caughtUp || place.cursor.historyId === history.historyId, 'who has caught up stands at the end');
  checkCursor(place.cursor);
}

function checkIds(ids: readonly string[]): void {
  demand(
    ids.every((id) => MESSAGE_ID.test(id)),
    'the id of a message is one',
  );
}

function checkCursor(cursor: GmailCursor): void {
  demand(/^\d{1,30}$/.test(cursor.historyId), 'a history id is a number');
  demand((cursor.listing?.pageToken ?? cursor.historyPageToken ?? '').length <= 2048, 'a page token is short');
  demand(isDeepStrictEqual(JSON.parse(JSON.stringify(cursor)), cursor), 'a cursor is saved as it is');
}

function checkMessage(message: GmailMessage): void {
  checkIds([message.id]);
  checkMailboxMessage(toMailboxMessage(message));
}

function checkBatch(contentType: string, body: string): void {
  const calls = Math.min(body.split('response-item-').length - 1, 50);
  const parts = unlessRefused(UnreadableAnswer, () => parseBatch(contentType, body, calls));
  demand(parts === undefined || parts.length === calls, 'a batch has an answer for each call');
  for (const part of parts ?? []) {
    const message = unlessRefused(UnreadableAnswer, () => parseMessage(part.data));
    if (message !== undefined) checkMessage(message);
    checkFailure(part);
  }
}

function checkFailure(response: BatchPart): void {
  const failure = readFailure({ response }, NOW)!;
  for (const place of [true, false]) {
    const error = mailboxErrorOf(failure, { address: ADDRESS, place });
    checkMailboxError(error);
    demand(!isPassing(failure) || error.code === 'retry', 'what passes is tried again');
    demand(!isGone(failure) || error.code !== 'reconnect', 'a message that is gone holds no mailbox');
  }
  const topic = topicErrorOf(failure, ADDRESS, TOPIC);
  if (topic !== undefined) checkMailboxError(topic);
  const refusal = readTokenRefusal({ response }, NOW)!;
  for (const credential of [ACCOUNT, CLIENT]) {
    checkMailboxError(tokenErrorOf(refusal, { address: ADDRESS, credential, now: NOW }));
  }
}

const MESSAGE = {
  ...{
    id: '18c2f0a1b2c3d4e5',
    threadId: '18c2f0a1b2c3d4e0',
    labelIds: ['INBOX', 'Label_7'],
    internalDate: '1772528400000',
  },
  payload: {
    headers: [
      { name: 'Message-ID', value: '<a@lead.example.org>' },
      { name: 'In-Reply-To', value: '<b@example.com>' },
      { name: 'Subject', value: 'Re: Offer' },
    ],
  },
};
const HISTORY = {
  history: [
    { id: '101', messagesAdded: [{ message: { id: '18c2f0a1b2c3d4e5', labelIds: ['INBOX'] } }] },
    { id: '102', labelsAdded: [{ message: { id: '18c2f0a1b2c3d4e6' }, labelIds: ['INBOX'] }] },
    { id: '103', labelsRemoved: [{ message: { id: '18c2f0a1b2c3d4e7' }, labelIds: ['Label_7'] }] },
    {
      id: '104',
      messagesAdded: [
        { message: { id: '18c2f0a1b2c3d4e8', labelIds: ['SENT'] } },
        { message: { id: '18c2f0a1b2c3d4e9' } },
      ],
    },
  ],
  ...{ historyId: '18446744073709551615', nextPageToken: '09876543210987654321' },
};

/** The inputs to begin with: an answer of each call, batches, refusals. */
export function gmailSeeds(): string[] {
  const refusals = [notFound(), unauthenticated(), insufficientScope('m'), delegationDenied(ADDRESS)];
  const limit = new GoogleError(
    403,
    'rateLimitExceeded',
    'User-rate limit exceeded.  Retry after 2026-03-03T09:15:00.000Z',
  );
  const topic = new GoogleError(
    403,
    'forbidden',
    'Error sending test message to Cloud PubSub projects/x/topics/y : denied',
  );
  const tokens = ['invalid_grant', 'unauthorized_client', 'invalid_client', 'admin_policy_enforced', 'access_denied'];
  return [
    answerText(200, { emailAddress: ADDRESS, historyId: '4711' }),
    answerText(200, {
      messages: [{ id: MESSAGE.id, threadId: MESSAGE.threadId }, { id: 'b' }],
      nextPageToken: '0123',
      resultSizeEstimate: 2,
    }),
    answerText(200, {}),
    answerText(200, HISTORY),
    answerText(200, MESSAGE),
    answerText(200, {
      labels: [
        { id: 'INBOX', name: 'INBOX', type: 'system' },
        { id: 'Label_7', name: 'Private/x' },
      ],
    }),
    answerText(200, { historyId: '9', expiration: '1773133200000' }),
    ...[...refusals, limit, topic].map(({ status, body }) => answerText(status, body, { 'retry-after': '30' })),
    answerText(200, batchOf([MESSAGE, { ...MESSAGE, id: 'c' }, notFound().body]), {
      'content-type': 'multipart/mixed; boundary=batch_x',
    }),
    ...tokens.map((error) =>
      answerText(
        400,
        { error, error_description: 'Bad Request: Invalid JWT Signature, iat and exp' },
        { date: 'Tue, 03 Mar 2026 09:00:00 GMT' },
      ),
    ),
    ...['short-lived token', 'Invalid email or User ID', 'account not found'].map((error_description) =>
      answerText(400, { error: 'invalid_grant', error_description }),
    ),
    answerText(200, '<html><body>Sign in</body></html>', { 'content-type': 'text/html' }),
  ];
}

function batchOf(bodies: readonly object[]): string {
  const parts = bodies.map(
    (body, place) =>
      `--batch_x\r\nContent-Type: application/http\r\nContent-ID: <response-item-${place}>\r\n\r\n` +
      `HTTP/1.1 ${'error' in body ? '404 Not Found' : '200 OK'}\r\nContent-Type: application/json\r\nRetry-After: 3\r\n\r\n${JSON.stringify(body)}\r\n`,
  );
  return `${parts.join('')}--batch_x--\r\n`;
}
