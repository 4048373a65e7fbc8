import { gmail, type gmail_v1 } from '@googleapis/gmail';

import { createFetch } from '../../http/create-fetch.ts';
import { HttpError } from '../../http/http-error.ts';
import { READ_FIELDS } from '../../mail/read-fields.ts';
import { MailboxError } from '../mailbox-error.ts';
import {
  parseExpiration,
  parseHistory,
  parseHistoryId,
  parseInternalDate,
  parseMessage,
  parseMessageList,
  UnreadableAnswer,
  type GmailHistory,
  type GmailMessage,
  type GmailMessageList,
} from './gmail-answer.ts';
import { isGone, mailboxErrorOf, readFailure, topicErrorOf } from './gmail-failure.ts';
import { issueToken } from '../issue-token.ts';
import type { AccessTokenSource } from '../keep-token.ts';

export interface GmailClientOptions {
  /** The mailbox to read; a token of another account is refused by Gmail. */
  readonly address: string;
  readonly accessToken: AccessTokenSource;
  /** Where the API is; ends with a slash. */
  readonly rootUrl: string;
  /** The longest time of one call, in milliseconds. */
  readonly deadlineMs: number;
}

export interface ListQuery {
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

export interface MessageListQuery extends ListQuery {
  /** Only messages with this label. */
  readonly label?: string | undefined;
}

export interface HistoryQuery extends ListQuery {
  /** What comes after this id. */
  readonly startHistoryId: string;
}

/** The calls of the Gmail API that the adapter makes. Each rejects with a `MailboxError`. */
export interface GmailClient {
  /** The id of the mailbox's current history record. */
  historyId(signal?: AbortSignal): Promise<string>;
  /** Newest first, spam and trash included. */
  listMessages(query: MessageListQuery): Promise<GmailMessageList>;
  /** What was added or labelled after a history id, oldest first. */
  listHistory(query: HistoryQuery): Promise<GmailHistory>;
  /** Undefined when the message is gone. */
  getMessage(id: string): Promise<GmailMessage | undefined>;
  /** When a message was received, in milliseconds since the epoch; undefined when it is gone. */
  internalDate(id: string): Promise<number | undefined>;
  /** Has every change of the mailbox told to a Pub/Sub topic; gives the instant at which that ends. */
  watch(topic: string): Promise<Date>;
}

/** Room for the largest header block that Gmail accepts, escaped as JSON in the worst way. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Stands for a message that is no longer there. */
const GONE = Symbol('gone');

/** What a call may ask of the official client beside its parameters. */
type CallOptions = { readonly headers: Record<string, string>; readonly responseType: 'json' };

/**
 * The official client with our own `fetch` below it, so that no call leaves for another host, follows a redirect or
 * runs without a cap; its own retries are off, because the caller decides on them. Every answer is cut by a `fields`
 * mask: no snippet and no body is ever asked for.
 */
export function openGmailClient({ address, accessToken, rootUrl, deadlineMs }: GmailClientOptions): GmailClient {
  const { users } = gmail({
    version: 'v1',
    rootUrl,
    universeDomain: 'googleapis.com',
    retry: false,
    fetchImplementation: createFetch({
      allowedHosts: [new URL(rootUrl).host],
      maxBytes: MAX_ANSWER_BYTES,
      deadlineMs,
    }),
  });

  async function ask<T>(
    send: (options: CallOptions) => Promise<{ readonly data: unknown }>,
    parse: (data: unknown) => T,
    place = false,
  ): Promise<T> {
    try {
      const { data } = await withFreshToken(
        (refused) => issueToken(accessToken, address, refused),
        (token) => send({ headers: { authorization: `Bearer ${token}` }, responseType: 'json' }),
      );
      return parse(data);
    } catch (error) {
      throw asMailboxError(error, address, place);
    }
  }

  return {
    historyId: (signal) => {
      const parameters = { userId: address, fields: 'historyId' };
      const until = signal === undefined ? {} : { signal };
      return ask((options) => users.getProfile(parameters, { ...options, ...until }), parseHistoryId);
    },
    listMessages: (query) => {
      const parameters = messageListParameters(address, query);
      const place = query.pageToken !== undefined;
      return ask((options) => users.messages.list(parameters, options), parseMessageList, place);
    },
    listHistory: (query) => {
      const parameters = historyParameters(address, query);
      return ask((options) => users.history.list(parameters, options), parseHistory, true);
    },
    getMessage: (id) => {
      const parameters = messageParameters(address, id);
      return ask((options) => unlessGone(users.messages.get(parameters, options)), orGone(parseMessage));
    },
    internalDate: (id) => {
      const parameters = { userId: address, id, format: 'minimal', fields: 'internalDate' };
      return ask((options) => unlessGone(users.messages.get(parameters, options)), orGone(parseInternalDate));
    },
    watch: (topicName) => {
      const parameters = { userId: address, fields: 'expiration', requestBody: { topicName } };
      return ask(
        (options) => unlessTopicRefused(users.watch(parameters, options), address, topicName),
        parseExpiration,
      );
    },
  };
}

function messageListParameters(
  userId: string,
  { label, maxResults, pageToken }: MessageListQuery,
): gmail_v1.Params$Resource$Users$Messages$List {
  return {
    userId,
    includeSpamTrash: true,
    maxResults,
    fields: 'messages/id,nextPageToken',
    ...(label !== undefined && { labelIds: [label] }),
    ...(pageToken !== undefined && { pageToken }),
  };
}

function historyParameters(
  userId: string,
  { startHistoryId, maxResults, pageToken }: HistoryQuery,
): gmail_v1.Params$Resource$Users$History$List {
  return {
    userId,
    startHistoryId,
    historyTypes: ['messageAdded', 'labelAdded'],
    maxResults,
    fields: 'history(id,messagesAdded/message(id,labelIds),labelsAdded(message/id,labelIds)),historyId,nextPageToken',
    ...(pageToken !== undefined && { pageToken }),
  };
}

function messageParameters(userId: string, id: string): gmail_v1.Params$Resource$Users$Messages$Get {
  return {
    userId,
    id,
    format: 'metadata',
    metadataHeaders: [...READ_FIELDS],
    fields: 'id,threadId,labelIds,internalDate,payload/headers',
  };
}

/** A token may expire between its issue and its use: on 401 a newer one, if there is one, gets a second try. */
async function withFreshToken<T>(
  issue: (refused?: string) => Promise<string>,
  call: (token: string) => Promise<T>,
): Promise<T> {
  const token = await issue();
  try {
    return await call(token);
  } catch (error) {
    if (readFailure(error, new Date())?.status !== 401) throw error;
    const newer = await issue(token);
    if (newer === token) throw error;
    return call(newer);
  }
}

function orGone<T>(parse: (data: unknown) => T): (data: unknown) => T | undefined {
  return (data) => (data === GONE ? undefined : parse(data));
}

async function unlessGone(answer: Promise<{ readonly data: unknown }>): Promise<{ readonly data: unknown }> {
  try {
    return await answer;
  } catch (error) {
    const failure = readFailure(error, new Date());
    if (failure !== undefined && isGone(failure)) return { data: GONE };
    throw error;
  }
}

/** What is wrong with the topic is no fault of the mailbox, which is read on. */
async function unlessTopicRefused(
  answer: Promise<{ readonly data: unknown }>,
  address: string,
  topic: string,
): Promise<{ readonly data: unknown }> {
  try {
    return await answer;
  } catch (error) {
    const failure = readFailure(error, new Date());
    throw (failure && topicErrorOf(failure, address, topic)) ?? error;
  }
}

/** Nothing that the client throws is kept as a cause: it carries the request, and with it the token. */
function asMailboxError(error: unknown, address: string, place: boolean): MailboxError {
  if (error instanceof MailboxError) return error;
  const failure = readFailure(error, new Date());
  if (failure !== undefined) return mailboxErrorOf(failure, { address, place });
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const why =
    cause instanceof HttpError
      ? cause.message
      : cause instanceof UnreadableAnswer
        ? 'The answer is not one of the Gmail API.'
        : 'The call was broken off.';
  return new MailboxError('retry', `${address} cannot be read now. ${why}`);
}
