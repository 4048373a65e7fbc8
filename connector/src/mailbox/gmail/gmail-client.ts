import { gmail, type gmail_v1 } from '@googleapis/gmail';

import { randomUUID } from 'node:crypto';

import type { ActionableError } from '../../errors.ts';
import { createFetch } from '../../http/create-fetch.ts';
import { HttpError } from '../../http/http-error.ts';
import { READ_FIELDS } from '../../mail/read-fields.ts';
import { mayLeaveAdapter, MailboxError } from '../mailbox-error.ts';
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
  type GmailLabel,
  type GmailMessage,
  type GmailMessageList,
} from './gmail-answer.ts';
import { BATCH_SIZE, formatBatch, parseBatch, type BatchPart } from './gmail-batch.ts';
import { isGone, isPassing, mailboxErrorOf, readFailure, topicErrorOf } from './gmail-failure.ts';
import type { GmailMethod } from './unit-budget.ts';
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
  /** Resolves once so many calls of a method may be made. */
  readonly admit: (method: GmailMethod, calls?: number) => Promise<void>;
  /** Waits between two tries of parts of a batch. */
  readonly backOff: (tries: number) => Promise<void>;
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
  /** True to be told of lost labels too. */
  readonly withRemovedLabels?: boolean;
}

/** The calls of the Gmail API that the adapter makes. Each rejects with a `MailboxError`. */
export interface GmailClient {
  /** The id of the mailbox's current history record. */
  historyId(signal?: AbortSignal): Promise<string>;
  /** Newest first, spam and trash included. */
  listMessages(query: MessageListQuery): Promise<GmailMessageList>;
  /** What was added or labelled after a history id, oldest first. */
  listHistory(query: HistoryQuery): Promise<GmailHistory>;
  listLabels(): Promise<GmailLabel[]>;
  /** In the order of the ids; undefined for a message that is gone. Several are asked for in batches. */
  getMessages(ids: readonly string[]): Promise<(GmailMessage | undefined)[]>;
  /** When a message was received, in milliseconds since the epoch; undefined when it is gone. */
  internalDate(id: string): Promise<number | undefined>;
  /** Has every change of the mailbox told to a Pub/Sub topic; gives the instant at which that ends. */
  watch(topic: string): Promise<Date>;
}

/** Room for the largest header block that Gmail accepts, escaped as JSON in the worst way. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Times that a part of a batch is asked for. */
const MOST_TRIES = 4;

/** Stands for a message that is no longer there. */
const GONE = Symbol('gone');

/** What a call may ask of the official client beside its parameters. */
type CallOptions = { readonly headers: Record<string, string>; readonly responseType: 'json' };

/**
 * The official client with our own `fetch` below it, so that no call leaves for another host, follows a redirect or
 * runs without a cap; its own retries are off, because the caller decides on them. Every answer is cut by a `fields`
 * mask: no snippet and no body is ever asked for.
 */
export function openGmailClient(options: GmailClientOptions): GmailClient {
  const { address, accessToken, rootUrl, deadlineMs, admit } = options;
  const guardedFetch = createFetch({ allowedHosts: [new URL(rootUrl).host], maxBytes: MAX_ANSWER_BYTES, deadlineMs });
  const { users } = gmail({
    version: 'v1',
    rootUrl,
    universeDomain: 'googleapis.com',
    retry: false,
    fetchImplementation: guardedFetch,
  });

  async function ask<T>(
    method: GmailMethod,
    send: (options: CallOptions) => Promise<{ readonly data: unknown }>,
    parse: (data: unknown) => T,
    place = false,
  ): Promise<T> {
    try {
      await admit(method);
      const { data } = await withFreshToken(
        (refused) => issueToken(accessToken, address, refused),
        (token) => send({ headers: { authorization: `Bearer ${token}` }, responseType: 'json' }),
      );
      return parse(data);
    } catch (error) {
      throw asMailboxError(error, address, place);
    }
  }

  const readInBatches = batchReader(options, guardedFetch);

  function getMessage(id: string): Promise<GmailMessage | undefined> {
    const parameters = messageParameters(address, id);
    const call = (options: CallOptions) => unlessGone(users.messages.get(parameters, options));
    return ask('messages.get', call, orGone(parseMessage));
  }

  return {
    historyId: (signal) => {
      const parameters = { userId: address, fields: 'historyId' };
      const until = signal === undefined ? {} : { signal };
      return ask('getProfile', (options) => users.getProfile(parameters, { ...options, ...until }), parseHistoryId);
    },
    listMessages: (query) => {
      const parameters = messageListParameters(address, query);
      const place = query.pageToken !== undefined;
      return ask('messages.list', (options) => users.messages.list(parameters, options), parseMessageList, place);
    },
    listHistory: (query) => {
      const parameters = historyParameters(address, query);
      return ask('history.list', (options) => users.history.list(parameters, options), parseHistory, true);
    },
    listLabels: () => {
      const parameters = { userId: address, fields: 'labels(id,name)' };
      return ask('labels.list', (options) => users.labels.list(parameters, options), parseLabels);
    },
    getMessages: async (ids) => (ids.length === 1 ? [await getMessage(ids[0]!)] : readInBatches(ids)),
    internalDate: (id) => {
      const parameters = { userId: address, id, format: 'minimal', fields: 'internalDate' };
      return ask(
        'messages.get',
        (options) => unlessGone(users.messages.get(parameters, options)),
        orGone(parseInternalDate),
      );
    },
    watch: (topicName) => {
      const parameters = { userId: address, fields: 'expiration', requestBody: { topicName } };
      return ask(
        'watch',
        (options) => unlessTopicRefused(users.watch(parameters, options), address, topicName),
        parseExpiration,
      );
    },
  };
}

/** Reads messages by as few requests as Google advises; the official client knows no batches. */
function batchReader(
  { address, accessToken, rootUrl, admit, backOff }: GmailClientOptions,
  guardedFetch: typeof fetch,
): GmailClient['getMessages'] {
  /** Reads messages by one batch; those that Gmail puts off are asked for again, a few times. */
  async function readTogether(ids: readonly string[], found: Map<string, GmailMessage | undefined>): Promise<void> {
    let left = ids;
    for (let tries = 1; left.length > 0; tries++) {
      const again: string[] = [];
      await admit('messages.get', left.length);
      const parts = await askBatch(left.map((id) => messagePath(address, id)));
      parts.forEach((part, place) => {
        const outcome = outcomeOf(part, tries < MOST_TRIES);
        if (outcome === 'again') again.push(left[place]!);
        else found.set(left[place]!, outcome);
      });
      left = again;
      if (left.length > 0) await backOff(tries);
    }
  }

  function outcomeOf(part: BatchPart, mayTryAgain: boolean): GmailMessage | undefined | 'again' {
    try {
      if (part.status === 200) return parseMessage(part.data);
    } catch (error) {
      throw asMailboxError(error, address, false);
    }
    const refusal = { response: part };
    const failure = readFailure(refusal, new Date())!;
    if (isGone(failure)) return undefined;
    if (mayTryAgain && isPassing(failure)) return 'again';
    throw asMailboxError(refusal, address, false);
  }

  async function askBatch(paths: readonly string[]): Promise<BatchPart[]> {
    const boundary = `batch_${randomUUID()}`;
    const body = formatBatch(paths, boundary);
    try {
      const issue = (refused?: string): Promise<string> => issueToken(accessToken, address, refused);
      return await withFreshToken(issue, async (token) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': `multipart/mixed; boundary=${boundary}` };
        const response = await guardedFetch(`${rootUrl}batch/gmail/v1`, { method: 'POST', headers, body });
        const text = await response.text();
        if (response.ok) return parseBatch(response.headers.get('content-type') ?? '', text, paths.length);
        throw Object.assign(new Error('The batch was refused.'), {
          response: { status: response.status, headers: response.headers, data: jsonOf(text) },
        });
      });
    } catch (error) {
      throw asMailboxError(error, address, false);
    }
  }

  return async (ids) => {
    const found = new Map<string, GmailMessage | undefined>();
    for (let from = 0; from < ids.length; from += BATCH_SIZE) {
      await readTogether(ids.slice(from, from + BATCH_SIZE), found);
    }
    return ids.map((id) => found.get(id));
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
  { startHistoryId, maxResults, pageToken, withRemovedLabels = false }: HistoryQuery,
): gmail_v1.Params$Resource$Users$History$List {
  return {
    userId,
    startHistoryId,
    historyTypes: ['messageAdded', 'labelAdded', ...(withRemovedLabels ? ['labelRemoved'] : [])],
    maxResults,
    fields: `history(id,messagesAdded/message(id,labelIds),labelsAdded(message/id,labelIds)${
      withRemovedLabels ? ',labelsRemoved(message/id,labelIds)' : ''
    }),historyId,nextPageToken`,
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

/** The call of `messageParameters` as a part of a batch has it: a path with its query. */
function messagePath(userId: string, id: string): string {
  const { metadataHeaders = [], format = '', fields = '' } = messageParameters(userId, id);
  const query = new URLSearchParams({ format, fields });
  for (const name of metadataHeaders) query.append('metadataHeaders', name);
  return `/gmail/v1/users/${encodeURIComponent(userId)}/messages/${encodeURIComponent(id)}?${query.toString()}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
function asMailboxError(error: unknown, address: string, place: boolean): MailboxError | ActionableError {
  if (mayLeaveAdapter(error)) return error;
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
