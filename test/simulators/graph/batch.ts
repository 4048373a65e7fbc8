import {
  answerRequest,
  errorAnswer,
  grantOf,
  type AnswerContext,
  type GraphRequest,
  type MadeAnswer,
} from './answer.ts';
import { badRequest } from './graph-error.ts';

interface BatchItem {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly dependsOn: readonly string[];
}

/** "Combine multiple HTTP requests using JSON batching": at most so many requests. */
const MOST_REQUESTS = 20;
/** Requests of a batch that concern one mailbox and run at a time ("Microsoft Graph service-specific throttling limits"). */
const AT_A_TIME = 4;

/**
 * A JSON batch. Answers come in another order than the requests, as the documentation warns; a request that depends on
 * one that failed fails with 424.
 */
export async function answerBatch(request: GraphRequest, context: AnswerContext): Promise<MadeAnswer> {
  try {
    grantOf(request, context.directory);
    const items = parseBatch(request.body);
    const answers = new Map<string, MadeAnswer>();
    for (const group of groupsOf(items)) {
      const made = await Promise.all(group.map((item) => answerItem(item, answers, request, context)));
      group.forEach(({ id }, place) => answers.set(id, made[place]!));
    }
    const responses = [...answers].map(([id, { status, headers, body }]) => ({
      id,
      status,
      headers: headersOf(headers),
      body,
    }));
    return { status: 200, body: { responses: responses.reverse() } };
  } catch (error) {
    return errorAnswer(error, context);
  }
}

function headersOf(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const named = Object.entries(headers).map(([name, value]) => [name === 'retry-after' ? 'Retry-After' : name, value]);
  return { 'Content-Type': 'application/json', ...(Object.fromEntries(named) as Record<string, string>) };
}

/** Requests that depend on nothing first, four at a time. */
function groupsOf(items: readonly BatchItem[]): BatchItem[][] {
  const ordered = [
    ...items.filter(({ dependsOn }) => dependsOn.length === 0),
    ...items.filter(({ dependsOn }) => dependsOn.length > 0),
  ];
  const groups: BatchItem[][] = [];
  for (const item of ordered) {
    const last = groups.at(-1);
    const waits = last?.some(({ id }) => item.dependsOn.includes(id)) ?? true;
    if (last === undefined || waits || last.length >= AT_A_TIME) groups.push([item]);
    else last.push(item);
  }
  return groups;
}

async function answerItem(
  { id, method, url, headers, body, dependsOn }: BatchItem,
  answers: ReadonlyMap<string, MadeAnswer>,
  outer: GraphRequest,
  context: AnswerContext,
): Promise<MadeAnswer> {
  if (dependsOn.some((needed) => needed === id || (answers.get(needed)?.status ?? 500) >= 400)) {
    return {
      status: 424,
      body: { error: { code: 'FailedDependency', message: 'A request that this one depends on failed.' } },
    };
  }
  const own = new Map([...headers, ['authorization', outer.headers.get('authorization') ?? '']]);
  const answer = await answerRequest(
    { verb: method, url: new URL(url, context.rootUrl), headers: own, body },
    context,
    true,
  );
  if (!('fault' in answer)) return answer;
  const { fault } = answer;
  if (fault.kind === 'error') {
    return {
      ...{ status: fault.error.status, body: fault.error.body },
      ...(fault.retryAfter !== undefined && { headers: { 'retry-after': fault.retryAfter } }),
    };
  }
  if (fault.kind === 'answer')
    return { status: fault.status, headers: { 'content-type': fault.contentType }, body: fault.body };
  throw new Error(`A part of a batch cannot be ${fault.kind}: plan it for $batch.`);
}

function parseBatch(body: string): BatchItem[] {
  const { requests } = parsedJson(body) as { readonly requests?: readonly Record<string, unknown>[] };
  if (!Array.isArray(requests) || requests.length === 0) throw badRequest('Invalid batch payload format.');
  if (requests.length > MOST_REQUESTS) {
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${MOST_REQUESTS}.`);
  }
  const items = (requests as readonly Record<string, unknown>[]).map(parseItem);
  if (new Set(items.map(({ id }) => id)).size < items.length)
    throw badRequest('Batch request steps need ids of their own.');
  return items;
}

function parseItem({ id, method, url, headers, body, dependsOn }: Record<string, unknown>): BatchItem {
  if (typeof id !== 'string' || id === '' || typeof method !== 'string' || typeof url !== 'string') {
    throw badRequest('Invalid batch payload format.');
  }
  if (!url.startsWith('/') || url.startsWith('//'))
    throw badRequest('The url of a batch request step has to be relative.');
  return {
    ...{ id, method, url: `/v1.0${url}` },
    headers: new Map(
      Object.entries((headers ?? {}) as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: typeof body === 'string' ? body : JSON.stringify(body ?? ''),
    dependsOn: Array.isArray(dependsOn) ? (dependsOn as string[]) : [],
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('Unable to read JSON request payload.');
  }
}
