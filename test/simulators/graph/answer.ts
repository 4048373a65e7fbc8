import type { DeltaTokens } from './delta.ts';
import type { Directory, Grant } from './directory.ts';
import type { Fault } from './fault.ts';
import { accessDenied, GraphError, noMailbox, tokenRefused, unknownUser } from './graph-error.ts';
import type { MailboxState } from './mailbox-state.ts';
import { methodOf } from './methods.ts';
import type { Plan } from '../plan.ts';
import type { RecordViolation } from './query-options.ts';
import type { PostOffice } from './send-message.ts';
import type { Subscriptions } from './subscriptions.ts';

/** One request, alone or as a part of a batch. */
export interface GraphRequest {
  readonly verb: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RecordedRequest {
  /** As the documentation calls it, for example `message: delta`. */
  readonly method: string;
  readonly user: string;
  readonly query: URLSearchParams;
  readonly prefer: string;
  readonly batched: boolean;
}

export interface MadeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined for an answer without a body. */
  readonly body: unknown;
}

export interface AnswerContext {
  readonly directory: Directory;
  readonly deltas: DeltaTokens;
  readonly subscriptions: Subscriptions;
  readonly post: PostOffice;
  readonly plan: Plan<Fault>;
  readonly rootUrl: string;
  /** Whether delta gives internetMessageHeaders when they are selected. */
  readonly headersInDelta: () => boolean;
  /** The largest page that delta gives, whatever is preferred. */
  readonly maxPageSize: number;
  recordRequest(request: RecordedRequest): void;
  readonly recordViolation: RecordViolation;
  /** @throws GraphError 429 once an application asks more of a mailbox than it may */
  spend(address: string): void;
}

const DEFAULT_PAGE = 10;

/**
 * The whole way of one request: route, fault, token, permission, mailbox, options, method. Gives the fault that a test
 * has planned in place of an answer.
 */
export async function answerRequest(
  request: GraphRequest,
  context: AnswerContext,
  batched: boolean,
): Promise<MadeAnswer | { readonly fault: Fault }> {
  try {
    const segments = segmentsOf(request.url.pathname);
    if (segments[0] === 'subscriptions') return await subscriptionAnswer(request, segments, context, batched);
    return mailAnswer(request, segments, context, batched);
  } catch (error) {
    return errorAnswer(error, context);
  }
}

function mailAnswer(
  request: GraphRequest,
  segments: readonly string[],
  context: AnswerContext,
  batched: boolean,
): MadeAnswer | { readonly fault: Fault } {
  const { directory, plan } = context;
  const [named, path] = segments[0] === 'me' ? ['me', segments.slice(1)] : [segments[1] ?? '', segments.slice(2)];
  const method = methodOf(request.verb, path);
  const prefer = request.headers.get('prefer') ?? '';
  context.recordRequest({ method: method.name, user: named, query: request.url.searchParams, prefer, batched });
  if (method.changes === true) context.recordViolation(`${method.name} changes a message`);
  const fault = plan.takeFault(method.name);
  if (fault !== undefined) return { fault };
  const grant = grantOf(request, directory);
  const mailbox = mailboxFor(named, grant, directory);
  if (!method.permissions.some((permission) => grant.permissions.has(permission))) throw accessDenied();
  context.spend(mailbox.address);
  const answer = method.run({
    ...{ mailbox, grant, path, body: request.body },
    parameters: request.url.searchParams,
    paging: pagingOf(prefer, context),
    contentType: request.headers.get('content-type') ?? '',
    violation: (what) => context.recordViolation(`${method.name} ${what}`),
    deltas: context.deltas,
    post: context.post,
    linkTo: (query) => `${context.rootUrl}${segments.map(encodeURIComponent).join('/')}?${query}`,
  });
  plan.takeAction(method.name)?.();
  if (answer === undefined) return { status: request.verb === 'POST' ? 202 : 204, body: undefined };
  return { status: request.verb === 'POST' ? 201 : 200, body: answer };
}

/** Segments behind the version, decoded. */
function segmentsOf(pathname: string): string[] {
  const [version, ...segments] = pathname.slice(1).split('/');
  if (version !== 'v1.0') throw new GraphError(400, 'BadRequest', 'Invalid version.');
  return segments.map(decodeURIComponent);
}

export function grantOf({ headers }: GraphRequest, directory: Directory): Grant {
  const token = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const grant = token === undefined ? undefined : directory.grantOf(token);
  if (grant === undefined) throw tokenRefused();
  return grant;
}

/** A user's token opens the user's own mailbox; an application's every one, or those of its scope. */
export function mailboxFor(named: string, grant: Grant, directory: Directory): MailboxState {
  if (named === 'me' && grant.user === undefined) {
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.');
  }
  const user = named === 'me' ? grant.user : directory.user(named);
  if (user === undefined) throw unknownUser(named);
  if (grant.user !== undefined && grant.user !== user) throw accessDenied();
  if (grant.scope !== undefined && !grant.scope.has(user.address)) throw accessDenied();
  if (user.mailbox === undefined) throw noMailbox();
  return user.mailbox;
}

function pagingOf(prefer: string, { headersInDelta, maxPageSize }: AnswerContext) {
  const preferred = /odata\.maxpagesize=(\d+)/.exec(prefer)?.[1];
  return {
    maxPageSize: Math.max(1, Math.min(Number(preferred ?? DEFAULT_PAGE), maxPageSize)),
    immutableIds: /IdType="ImmutableId"/.test(prefer),
    headers: headersInDelta(),
  };
}

async function subscriptionAnswer(
  request: GraphRequest,
  segments: readonly string[],
  context: AnswerContext,
  batched: boolean,
): Promise<MadeAnswer | { readonly fault: Fault }> {
  const { directory, plan, subscriptions } = context;
  const method = `${request.verb} subscriptions${segments.length > 1 ? '/{id}' : ''}${segments[2] ? `/${segments[2]}` : ''}`;
  const prefer = request.headers.get('prefer') ?? '';
  context.recordRequest({ method, user: '', query: request.url.searchParams, prefer, batched });
  const fault = plan.takeFault(method);
  if (fault !== undefined) return { fault };
  const grant = grantOf(request, directory);
  const answer = await subscriptions.answer(method, segments[1], request.body, {
    ...{ grant, immutableIds: prefer.includes('IdType="ImmutableId"') },
    mailbox: (named) => mailboxFor(named, grant, directory),
  });
  plan.takeAction(method)?.();
  return answer;
}

/** An answer of the API; a fault of the simulator itself is a 501 that names it. */
export function errorAnswer(error: unknown, { recordViolation }: Pick<AnswerContext, 'recordViolation'>): MadeAnswer {
  if (error instanceof GraphError) {
    const headers = error.status === 429 ? { headers: { 'retry-after': '10' } } : {};
    return { status: error.status, body: error.body, ...headers };
  }
  const message = error instanceof Error ? error.message : String(error);
  recordViolation(message);
  return { status: 501, body: { error: { code: 'NotSimulated', message } } };
}
