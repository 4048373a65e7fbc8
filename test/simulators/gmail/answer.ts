import type { IncomingMessage } from 'node:http';

import { answerBatch, BATCH_PATH } from './batch.ts';
import type { Fault } from './fault.ts';
import { applyFieldMask, checkFieldMask, parseFieldMask } from './field-mask.ts';
import {
  apiNotEnabled,
  badRequest,
  delegationDenied,
  GoogleError,
  insufficientScope,
  mailServiceNotEnabled,
  metadataScopeRefuses,
  unauthenticated,
} from './google-error.ts';
import type { MailboxState } from './mailbox-state.ts';
import { METHODS, type Method } from './methods.ts';
import { checkedParameters, single } from './parameters.ts';
import type { Plan } from '../plan.ts';
import type { PostOffice } from './post-office.ts';
import type { Pubsub } from './pubsub.ts';
import type { createQuota, QuotaCosts } from './quota.ts';
import type { Scope } from './scopes.ts';
import { violationOf } from './violation.ts';

/** What a bearer token stands for. */
export interface Grant {
  /** The user, or a service account that acts for nobody. */
  readonly address: string;
  /** Undefined for a user without Gmail. */
  readonly mailbox: MailboxState | undefined;
  readonly scopes: ReadonlySet<Scope>;
  readonly quota: ReturnType<typeof createQuota>;
}

export interface RecordedRequest {
  /** For example `users.messages.get`. */
  readonly method: string;
  readonly userId: string;
  /** The message id of the path, or empty. */
  readonly id: string;
  readonly query: URLSearchParams;
}

export interface MadeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Where a redirect leads. */
  readonly location?: string;
}

export interface AnswerContext {
  readonly office: PostOffice;
  readonly pubsub: Pick<Pubsub, 'watch' | 'stop'>;
  readonly plan: Plan<Fault>;
  readonly costs: QuotaCosts;
  recordRequest(request: RecordedRequest): void;
  recordViolation(violation: string): void;
}

const JSON_TYPE = 'application/json; charset=UTF-8';
const LONGEST_BODY = 40_000_000;

/** One request as it is answered: on its own, or as a part of a batch. */
export interface GmailRequest {
  readonly verb: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** The whole way of one request: route, fault, token, scope, mailbox, parameters, quota, method, field mask. */
export function createAnswer(
  context: AnswerContext,
): (request: IncomingMessage) => Promise<MadeAnswer | { readonly fault: Fault }> {
  return async (incoming) => {
    try {
      const body = await bodyOf(incoming);
      const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
      const { authorization, 'content-type': contentType = '' } = incoming.headers;
      const request = { verb: incoming.method ?? '', url, authorization, body };
      return url.pathname === BATCH_PATH && request.verb === 'POST'
        ? answerBatch({ ...request, contentType }, context)
        : answerRequest(request, context);
    } catch (error) {
      return errorAnswer(error, context);
    }
  };
}

export function answerRequest(
  { verb, url, authorization, body }: GmailRequest,
  context: AnswerContext,
): MadeAnswer | { readonly fault: Fault } {
  const route = routeOf(verb, url.pathname);
  if (route === undefined) {
    context.recordViolation(`unknown request ${verb} ${url.pathname}`);
    return { status: 404, contentType: 'text/html; charset=UTF-8', body: '<title>Error 404 (Not Found)!!1</title>' };
  }
  const { method, userId, id } = route;
  context.recordRequest({ method: method.name, userId, id, query: url.searchParams });
  const fault = context.plan.takeFault(method.name);
  if (fault !== undefined) return { fault };
  try {
    const answer = perform(context, route, url.searchParams, authorization, jsonObject(body));
    context.plan.takeAction(method.name)?.();
    return answer === undefined
      ? { status: 204, contentType: JSON_TYPE, body: '' }
      : { status: 200, contentType: JSON_TYPE, body: JSON.stringify(answer) };
  } catch (error) {
    return errorAnswer(error, context);
  }
}

interface Route {
  readonly method: Method;
  readonly userId: string;
  readonly id: string;
}

function routeOf(verb: string, path: string): Route | undefined {
  const [, userId, rest] = /^\/gmail\/v1\/users\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (userId === undefined || rest === undefined) return undefined;
  const segments = rest.split('/');
  // A literal segment wins over {id}: messages/send is not a message.
  const fitting = METHODS.filter((method) => method.verb === verb && fits(method.path.split('/'), segments));
  const method = fitting.find(({ path }) => !path.includes('{id}')) ?? fitting[0];
  if (method === undefined) return undefined;
  const place = method.path.split('/').indexOf('{id}');
  return { method, userId: decodeURIComponent(userId), id: place === -1 ? '' : decodeURIComponent(segments[place]!) };
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, i) => part === '{id}' || part === segments[i]);
}

function perform(
  context: AnswerContext,
  { method, userId, id }: Route,
  query: URLSearchParams,
  authorization: string | undefined,
  body: Readonly<Record<string, unknown>>,
): unknown {
  const grant = context.office.grantOf(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
  if (grant === undefined) throw unauthenticated();
  if (!context.office.isApiEnabled()) throw apiNotEnabled();
  if (!method.scopes.some((scope) => grant.scopes.has(scope))) throw insufficientScope(method.name);
  const { mailbox, scopes, address } = grant;
  if (userId !== 'me' && userId.toLowerCase() !== address) throw delegationDenied(userId);
  if (mailbox === undefined) throw mailServiceNotEnabled();
  const parameters = checkedParameters(query, method.parameters);
  const fields = single(parameters, 'fields');
  const mask = fields === undefined ? undefined : parseFieldMask(fields);
  if (mask !== undefined) checkFieldMask(mask, method.shape);
  const violation = violationOf(method.name, parameters, mask);
  if (violation !== undefined) context.recordViolation(`${method.name} ${violation}`);
  if (scopes.has('gmail.metadata') && parameters.has('q')) throw metadataScopeRefuses("does not support 'q' parameter");
  if (parameters.has('q')) throw new Error('The Gmail simulator does not interpret the q parameter.');
  grant.quota.spend(context.costs[method.name] ?? 0);
  const answer = method.run({
    mailbox,
    scopes,
    parameters,
    id,
    body,
    pubsub: context.pubsub,
    send: (raw, threadId) => context.office.send(mailbox, raw, threadId),
  });
  return answer === undefined ? undefined : applyFieldMask(mask ?? 'all', answer);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY) throw new GoogleError(413, 'uploadTooLarge', 'Request entity too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function jsonObject(text: string): Record<string, unknown> {
  if (text === '') return {};
  const body = parsedJson(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest('Parse Error');
  return body as Record<string, unknown>;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('Parse Error');
  }
}

/** An answer of the API; a fault of the simulator itself is a 501 that names it. */
export function errorAnswer(error: unknown, context: AnswerContext): MadeAnswer {
  if (error instanceof GoogleError) {
    if (error.message.includes('Unknown name')) context.recordViolation(error.message);
    return { status: error.status, contentType: JSON_TYPE, body: JSON.stringify(error.body) };
  }
  const message = error instanceof Error ? error.message : String(error);
  context.recordViolation(message);
  return { status: 501, contentType: 'text/plain; charset=UTF-8', body: message };
}
