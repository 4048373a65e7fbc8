import type { ActionableError } from '../../errors.ts';
import { createFetch } from '../../http/create-fetch.ts';
import { HttpError } from '../../http/http-error.ts';
import { issueToken } from '../issue-token.ts';
import type { AccessTokenSource } from '../keep-token.ts';
import { mayLeaveAdapter, MailboxError } from '../mailbox-error.ts';
import { createCoolDown, type CoolDown } from './cool-down.ts';
import { UnreadableAnswer } from './graph-answer.ts';
import { BATCH_SIZE, formatBatch, parseBatch, preferenceOf, type GraphCall, type ItemAnswer } from './graph-batch.ts';
import { isGone, isLimitOfMailbox, mailboxErrorOf, readFailure, type GraphFailure } from './graph-failure.ts';
import { pathOf } from './graph-path.ts';

export interface GraphClientOptions {
  /** Named in errors. */
  readonly address: string;
  readonly accessToken: AccessTokenSource;
  /** Where the API is, with its version; ends with a slash. */
  readonly rootUrl: string;
  /** The longest time of one call, in milliseconds. */
  readonly deadlineMs: number;
  /** Shared by the mailboxes of a tenant. */
  readonly coolDown: CoolDown;
  /** Where an admin consents to the permission; named when it is missing. */
  readonly consentUrl?: (() => string | undefined) | undefined;
}

/** A call of a batch that was not made, because one failed that had to be answered before. */
export type Skipped = { readonly skipped: true };

/** What came of one call of several: its answer, nothing because what it names is gone, or why there is none. */
export type Outcome<T> = { readonly answer: T } | { readonly gone: true } | { readonly error: MailboxError } | Skipped;

/** The calls of Microsoft Graph that the adapter makes. Each rejects with a `MailboxError`. */
export interface GraphClient {
  /** Undefined when what the call names is gone. */
  ask<T>(call: GraphCall<T>): Promise<T | undefined>;
  /** Several calls in as few requests as may be, each with an outcome of its own, in their order. */
  askAll<T>(calls: readonly GraphCall<T>[]): Promise<Outcome<T>[]>;
  /** The part of a link behind the address of the API. @throws MailboxError for a link that leads elsewhere */
  pathOf(link: string): string;
}

/** Room for the header fields of a page of messages. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const FAILED_DEPENDENCY = 424;
const JSON_BODY = { 'content-type': 'application/json' };
/** Microsoft Graph over our own `fetch`: no other host, no redirect, caps on size and time, and no call that would come too early. */
export function openGraphClient(options: GraphClientOptions): GraphClient {
  const { address, accessToken, rootUrl, deadlineMs, coolDown, consentUrl } = options;
  const root = new URL(rootUrl);
  const fetchGraph = createFetch({ allowedHosts: [root.host], maxBytes: MAX_ANSWER_BYTES, deadlineMs });
  const own = createCoolDown(Date.now);

  async function send(path: string, init: RequestInit): Promise<Response> {
    const left = Math.max(own.left(), coolDown.left());
    if (left > 0) throw tooEarly(address, left);
    const call = (token: string): Promise<Response> => {
      const headers = { accept: 'application/json', ...(init.headers as object), authorization: `Bearer ${token}` };
      return fetchGraph(`${rootUrl}${path}`, { ...init, headers });
    };
    const token = await issueToken(accessToken, address);
    const answer = await call(token);
    if (answer.status !== 401) return answer;
    // A token may die between its issue and its use: a newer one, if there is one, gets a second try.
    const newer = await issueToken(accessToken, address, token);
    return newer === token ? answer : (await answer.body?.cancel(), call(newer));
  }

  /** What a refusal means; a wait that it asks for is kept from now on. */
  function refusal({ status, headers }: Pick<ItemAnswer, 'status' | 'headers'>, body: unknown): GraphFailure {
    const failure = readFailure(status, headers, body, new Date());
    if (failure.retryAfterMs !== undefined) {
      (isLimitOfMailbox(failure) ? own : coolDown).extend(failure.retryAfterMs);
    }
    return failure;
  }

  function outcomeOf<T>(call: GraphCall<T>, { status, headers, body }: ItemAnswer): Outcome<T> {
    if (status >= 200 && status < 300) return { answer: call.parse(body) };
    if (status === FAILED_DEPENDENCY) return { skipped: true };
    const failure = refusal({ status, headers }, body);
    if (isGone(failure)) return { gone: true };
    return { error: mailboxErrorOf(failure, { address, consentUrl: consentUrl?.(), place: call.place === true }) };
  }

  async function askOne<T>(call: GraphCall<T>): Promise<Outcome<T>> {
    const { path, method = 'GET', body } = call;
    const json = body && { body: JSON.stringify(body) };
    const answer = await send(path, {
      method,
      headers: { prefer: preferenceOf(call), ...(json && JSON_BODY) },
      ...json,
    });
    const { status, headers } = answer;
    return outcomeOf(call, { status, headers, body: parsed(await answer.text()) });
  }

  async function askBatch<T>(calls: readonly GraphCall<T>[]): Promise<Outcome<T>[]> {
    const answer = await send('$batch', {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify(formatBatch(calls)),
    });
    const body = parsed(await answer.text());
    if (answer.status !== 200)
      throw mailboxErrorOf(refusal(answer, body), { address, consentUrl: consentUrl?.(), place: false });
    const answers = parseBatch(body, calls.length);
    return calls.map((call, index) => outcomeOf(call, answers[index]!));
  }

  async function askAll<T>(calls: readonly GraphCall<T>[]): Promise<Outcome<T>[]> {
    const outcomes: Outcome<T>[] = [];
    for (let from = 0; from < calls.length; from += BATCH_SIZE) {
      outcomes.push(...(await askBatch(calls.slice(from, from + BATCH_SIZE))));
    }
    return outcomes;
  }

  async function orMailboxError<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asMailboxError(error, address);
    }
  }

  return {
    ask: (call) =>
      orMailboxError(async () => {
        const outcome = await askOne(call);
        if ('error' in outcome) throw outcome.error;
        return 'answer' in outcome ? outcome.answer : undefined;
      }),
    askAll: (calls) => orMailboxError(() => askAll(calls)),
    pathOf: (link) => {
      try {
        return pathOf(link, root);
      } catch (error) {
        throw asMailboxError(error, address);
      }
    },
  };
}

/** Undefined for what is no JSON: a page of a proxy, half an answer. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooEarly(address: string, left: number): MailboxError {
  const message = `${address} is not asked yet: Microsoft Graph wants no call before ${Math.ceil(left / 1000)} s are over.`;
  return new MailboxError('retry', message, { retryAfterMs: left });
}

/** Nothing that was thrown below is kept as a cause: it may carry the request, and with it the token. */
function asMailboxError(error: unknown, address: string): MailboxError | ActionableError {
  if (mayLeaveAdapter(error)) return error;
  const why =
    error instanceof HttpError
      ? error.message
      : error instanceof UnreadableAnswer
        ? 'The answer is not one of Microsoft Graph.'
        : 'The call was broken off.';
  return new MailboxError('retry', `${address} cannot be read now. ${why}`);
}
