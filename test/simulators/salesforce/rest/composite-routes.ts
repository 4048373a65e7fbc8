import { ApiError, errorBody } from '../api-error.ts';
import { isJsonObject, jsonBody, type ApiCall } from './api-call.ts';
import type { HttpAnswer } from './http-message.ts';
import { resolveReferences } from './composite-reference.ts';

const MAX_SUBREQUESTS = 25;
const MAX_COLLECTIONS = 5;
const REFERENCE_ID = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
}

/** Answers one subrequest as if it had come alone. */
export type Dispatch = (call: ApiCall) => HttpAnswer;

/** `/composite`: up to 25 requests in one API call (REST API Developer Guide, "Composite"). */
export function answerComposite(call: ApiCall, dispatch: Dispatch): HttpAnswer {
  const { compositeRequest, allOrNone = false } = jsonBody(call);
  const subrequests = readSubrequests(compositeRequest);
  const undo = call.org.database.savepoint();
  const answers = new Map<string, HttpAnswer>();
  for (const subrequest of subrequests) {
    answers.set(subrequest.referenceId, answerSubrequest(call, subrequest, answers, dispatch));
    if (allOrNone === true && [...answers.values()].some(({ status }) => status >= 400)) break;
  }
  const failed = [...answers.values()].some(({ status }) => status >= 400);
  if (allOrNone === true && failed) undo();
  const compositeResponse = subrequests.map(({ referenceId }) => {
    const answer = answers.get(referenceId);
    const kept = allOrNone !== true || !failed || (answer !== undefined && answer.status >= 400);
    const { status, body = null, headers = {} } = kept && answer !== undefined ? answer : halted();
    return { body, httpHeaders: headers, httpStatusCode: status, referenceId };
  });
  return { status: 200, body: { compositeResponse } };
}

function halted(): HttpAnswer {
  const message = 'The transaction was rolled back since another operation in the same transaction failed.';
  return { status: 400, body: [{ errorCode: 'PROCESSING_HALTED', message }] };
}

function readSubrequests(given: unknown): Subrequest[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'compositeRequest has to be a list of subrequests');
  }
  if (given.length > MAX_SUBREQUESTS) {
    throw new ApiError(400, 'LIMIT_EXCEEDED', `The limit of ${MAX_SUBREQUESTS} subrequests is exceeded`);
  }
  const subrequests = given.map(readSubrequest);
  const ids = subrequests.map(({ referenceId }) => referenceId);
  if (new Set(ids).size < ids.length) throw new ApiError(400, 'INVALID_INPUT', 'Every referenceId has to be unique');
  const counted = subrequests.filter(({ url }) => /\/(query|queryAll|composite\/sobjects|sobjects)(\/|\?|$)/.test(url));
  const collections = counted.filter(({ url }) => !/\/v\d+\.\d\/sobjects(\/|\?|$)/.test(url));
  if (collections.length > MAX_COLLECTIONS) {
    throw new ApiError(400, 'LIMIT_EXCEEDED', `At most ${MAX_COLLECTIONS} subrequests can be collections or queries`);
  }
  return subrequests;
}

function readSubrequest(given: unknown): Subrequest {
  const { method, url, referenceId, body, httpHeaders = {} } = isJsonObject(given) ? given : {};
  if (typeof method !== 'string' || typeof url !== 'string' || typeof referenceId !== 'string') {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'A subrequest has a method, a url and a referenceId');
  }
  if (!REFERENCE_ID.test(referenceId)) {
    throw new ApiError(
      400,
      'INVALID_INPUT',
      `Provided referenceId ('${referenceId.slice(0, 80)}') must start with a letter or a number, and it can contain only letters, numbers and underscores`,
    );
  }
  return { method, url, referenceId, body, httpHeaders: httpHeaders as Record<string, string> };
}

function answerSubrequest(
  call: ApiCall,
  subrequest: Subrequest,
  answers: ReadonlyMap<string, HttpAnswer>,
  dispatch: Dispatch,
): HttpAnswer {
  try {
    const url = new URL(String(resolveReferences(subrequest.url, answers)), 'http://org');
    if (!url.pathname.startsWith(`${call.basePath}/`)) {
      throw new ApiError(400, 'INVALID_INPUT', `The url has to begin with ${call.basePath}/`);
    }
    const segments = url.pathname
      .slice(call.basePath.length + 1)
      .split('/')
      .map(decodeURIComponent);
    const body = subrequest.body === undefined ? '' : JSON.stringify(resolveReferences(subrequest.body, answers));
    const headers = Object.entries(subrequest.httpHeaders).map(([name, value]) => [name.toLowerCase(), value] as const);
    return dispatch({
      ...call,
      method: subrequest.method.toUpperCase(),
      path: url.pathname,
      query: url.searchParams,
      segments,
      body,
      headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, body: errorBody(error) };
  }
}
