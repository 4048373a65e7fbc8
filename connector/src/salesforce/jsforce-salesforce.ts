import { Connection } from 'jsforce';
import { PassThrough } from 'node:stream';
import { createFetch } from '../http/create-fetch.ts';
import { HttpError } from '../http/http-error.ts';
import { keepAccessToken, type AccessTokenSource } from './access-token.ts';
import { apiNames } from './api-names.ts';
import { foreignArray, foreignObject, foreignText } from './foreign-json.ts';
import type { OrgAnswer, OrgCall, OrgRequest } from './org-call.ts';
import { orgFault, passing, type CalledOrg } from './org-fault.ts';
import { createReads } from './read-org.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { Salesforce } from './salesforce.ts';
import { writeRows } from './write-rows.ts';

/** The platform ends a call after ten minutes; a call of ours that has not answered by now is repeated instead. */
const DEADLINE_MS = 120_000;

/** The longest answer that is read: 2,000 rows with their texts are below 10 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const DEFAULT_API_VERSION = '67.0';

export interface SalesforceOptions {
  /** The org's own address, for example `https://acme.my.salesforce.com`. */
  readonly instanceUrl: string;
  /** A token, or a function that gives a new one; the function is asked again when the org refuses the last. */
  readonly accessToken: AccessTokenSource;
  /** For example `67.0`. */
  readonly apiVersion?: string;
  /** Prefix of the installed package, without underscores; empty when it has none. */
  readonly namespace?: string;
  /** The longest time for one call, in milliseconds. */
  readonly deadlineMs?: number;
}

/**
 * The Salesforce org behind jsforce. No call is made before the first method is used, none follows a redirect, and at
 * most one write is under way at a time, however many callers there are: rows of one person would block each other.
 *
 * @throws SalesforceError `refused` when the address cannot be that of an org.
 */
export function connectSalesforce(options: SalesforceOptions): Salesforce {
  const { call, org, calls } = openOrg(options);
  const names = apiNames(options.namespace);
  const reads = createReads({ call, org, names });
  const writable = { call, org, names, closedStatus: reads.closedStatus };
  let lastWrite: Promise<unknown> = Promise.resolve();
  return {
    write: (rows) => {
      const write = lastWrite.then(() => writeRows(rows, writable));
      lastWrite = write.catch(() => undefined);
      return write;
    },
    trackedMailsSince: reads.trackedMailsSince,
    enrolmentsSince: reads.enrolmentsSince,
    usersByEmail: reads.usersByEmail,
    get apiCalls() {
      return calls.made;
    },
  };
}

interface OpenOrg {
  readonly call: OrgCall;
  readonly org: CalledOrg;
  readonly calls: { made: number };
}

function openOrg(options: SalesforceOptions): OpenOrg {
  const address = orgAddress(options.instanceUrl);
  const apiVersion = options.apiVersion ?? DEFAULT_API_VERSION;
  const connection = new Connection({ instanceUrl: address.origin, version: apiVersion, logLevel: 'NONE' });
  const token = keepAccessToken(options.accessToken);
  const org = { host: address.host, apiVersion };
  const calls = { made: 0 };
  const boundedFetch = createFetch({
    allowedHosts: [address.host],
    maxBytes: MAX_ANSWER_BYTES,
    deadlineMs: options.deadlineMs ?? DEADLINE_MS,
  });
  const attempt = (request: OrgRequest, accessToken: string): Promise<OrgAnswer> => {
    calls.made += 1;
    return callOnce(connection, boundedFetch, request, accessToken);
  };
  const call: OrgCall = async (request) => {
    try {
      const first = await obtainToken(org, token.current());
      const answer = await attempt(request, first);
      if (!isSessionRefused(answer)) return answerOrFault(answer, org);
      const second = await obtainToken(org, token.replace(first));
      return answerOrFault(second === undefined ? answer : await attempt(request, second), org);
    } catch (error) {
      throw callFault(error, org);
    }
  };
  return { call, org, calls };
}

function orgAddress(instanceUrl: string): URL {
  const url = URL.parse(instanceUrl);
  if (url !== null && /^https?:$/.test(url.protocol) && !url.hostname.endsWith('.lightning.force.com')) return url;
  throw new SalesforceError('refused', 'The address of the Salesforce org is not one that its API answers at.', [
    'Set the address that Setup > My Domain shows, for example https://acme.my.salesforce.com.',
  ]);
}

async function obtainToken<Token>(org: CalledOrg, token: Promise<Token>): Promise<Token> {
  try {
    return await token;
  } catch (error) {
    if (error instanceof SalesforceError) throw error;
    throw passing('No access token could be obtained.', org, error);
  }
}

/** Asks jsforce. Its own refresh repeats without end when a new token is refused too, so it is not given one. */
async function callOnce(
  connection: Connection,
  boundedFetch: typeof fetch,
  { method, path, body }: OrgRequest,
  accessToken: string,
): Promise<OrgAnswer> {
  const transport = transportThrough(boundedFetch);
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    const answer = await connection.request({ method, url: path, headers, ...content }, { transport });
    return { accepted: true, body: answer, serverTime: transport.serverTime };
  } catch (error) {
    const refusal = platformError(error);
    if (refusal === undefined) throw error;
    return { accepted: false, ...refusal };
  }
}

/** The error that jsforce made of an answer with a status of 400 or more; undefined when there was no answer. */
function platformError(error: unknown): { errorCode: string; message: string } | undefined {
  if (!(error instanceof Error) || !('errorCode' in error) || typeof error.errorCode !== 'string') return undefined;
  if (error.errorCode.startsWith('ERROR_HTTP_')) {
    return { errorCode: error.errorCode, message: 'The answer gave no explanation that could be read.' };
  }
  const several = 'data' in error ? foreignArray(error.data)?.map(foreignObject) : undefined;
  return {
    errorCode: foreignText(several?.[0]?.['errorCode']) ?? error.errorCode,
    message: foreignText(several?.[0]?.['message']) ?? error.message,
  };
}

function isSessionRefused(attempt: OrgAnswer): boolean {
  return !attempt.accepted && ['INVALID_SESSION_ID', 'ERROR_HTTP_401'].includes(attempt.errorCode);
}

function answerOrFault(attempt: OrgAnswer, org: CalledOrg): OrgAnswer {
  if (!attempt.accepted) {
    const fault = orgFault(attempt.errorCode, attempt.message, org);
    if (fault !== undefined) throw fault;
    return attempt;
  }
  // jsforce hands back plain text when an answer is not JSON: a login or maintenance page, or JSON that was cut.
  if (typeof attempt.body !== 'object') throw passing('The answer was not JSON.', org);
  return attempt;
}

function callFault(error: unknown, org: CalledOrg): SalesforceError {
  if (error instanceof SalesforceError) return error;
  if (error instanceof HttpError && error.code === 'host_refused') {
    return new SalesforceError('refused', error.message, ['Use the https address of the org itself.'], {
      cause: error,
    });
  }
  return passing(error instanceof HttpError ? error.message : 'The call failed.', org, error);
}

interface BoundedTransport {
  /** The Date field of the last answer. */
  readonly serverTime: Date | undefined;
  httpRequest(request: { url: string; method: string; headers?: Record<string, string>; body?: unknown }): unknown;
}

/**
 * A transport for jsforce that uses our fetch. Its own repeats requests by itself, reads answers of any length, and
 * lets a connection that breaks in the middle of an answer end the process.
 */
function transportThrough(boundedFetch: typeof fetch): BoundedTransport {
  let serverTime: Date | undefined;
  const exchange = async ({ url, method, headers, body }: Parameters<BoundedTransport['httpRequest']>[0]) => {
    const response = await boundedFetch(url, {
      method,
      ...(headers === undefined ? {} : { headers }),
      ...(typeof body === 'string' ? { body } : {}),
    });
    const date = Date.parse(response.headers.get('date') ?? '');
    serverTime = Number.isNaN(date) ? undefined : new Date(date);
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };
  return {
    get serverTime() {
      return serverTime;
    },
    // jsforce also asks for a stream to pipe a body through; nothing of ours is sent or read that way.
    httpRequest: (request) => Object.assign(exchange(request), { stream: () => new PassThrough() }),
  };
}
