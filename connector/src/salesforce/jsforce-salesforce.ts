import { Connection } from 'jsforce';
import { PassThrough } from 'node:stream';
import { createFetch } from '../http/create-fetch.ts';
import { apiNames } from './api-names.ts';
import { dateField } from './clock-skew.ts';
import { foreignArray, foreignObject, foreignText } from './foreign-json.ts';
import { keepSession, type KeptSession, type SessionSource } from './keep-session.ts';
import { orgAddress } from './org-address.ts';
import type { OrgAnswer, OrgCall, OrgRequest } from './org-call.ts';
import type { CalledOrg } from './org-fault.ts';
import { createOrgVitals, type OrgVitals } from './org-vitals.ts';
import { createReads } from './read-org.ts';
import type { SalesforceLogin } from './salesforce-login.ts';
import type { DeletedPerson, Salesforce } from './salesforce.ts';
import { callWithSession, obtained, type Attempt } from './session-call.ts';
import { writeRows } from './write-rows.ts';

/** The platform ends a call after ten minutes; a call of ours that has not answered by now is repeated instead. */
const DEADLINE_MS = 120_000;

/** The longest answer that is read: 2,000 rows with their texts are below 10 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const DEFAULT_API_VERSION = '67.0';

interface Settings {
  /** For example `67.0`. */
  readonly apiVersion?: string;
  /** Prefix of the installed package, without underscores; empty when it has none. */
  readonly namespace?: string;
  /** What becomes of the reply of a person who was deleted; a Task without a person unless told otherwise. */
  readonly deletedPerson?: DeletedPerson;
  /** The longest time for one call, in milliseconds. */
  readonly deadlineMs?: number;
  /** The clock of this machine. */
  readonly now?: () => Date;
}

/** An access token, or a function that gives a new one, of an org whose address is known. */
interface TokenAccess {
  /** The org's own address, for example `https://acme.my.salesforce.com`. */
  readonly instanceUrl: string;
  /** A token, or a function that gives a new one; the function is asked again when the org refuses the last. */
  readonly accessToken: string | (() => Promise<string>);
}

/** A login that gives both the token and the address of the org. */
interface LoginAccess {
  readonly login: SalesforceLogin;
}

export type SalesforceOptions = Settings & (LoginAccess | TokenAccess);

/**
 * The Salesforce org behind jsforce. No call is made before the first method is used, none follows a redirect, and at
 * most one write is under way at a time, however many callers there are: rows of one person would block each other.
 *
 * @throws SalesforceError `refused` when the address cannot be that of an org.
 */
export function connectSalesforce(options: SalesforceOptions): Salesforce {
  const { call, org, calls, session, vitals } = openOrg(options);
  const names = apiNames(options.namespace);
  const reads = createReads({ call, org, names, session: () => obtained(org, session.current()) });
  const writable = { call, org, names, closedStatus: reads.closedStatus, ...deletedPersonOf(options) };
  let lastWrite: Promise<unknown> = Promise.resolve();
  return {
    write: (rows) => {
      const write = lastWrite.then(() => writeRows(rows, writable));
      lastWrite = write.catch(() => undefined);
      return write;
    },
    changesSince: reads.changesSince,
    trackedMailsSince: reads.trackedMailsSince,
    enrolmentsSince: reads.enrolmentsSince,
    usersByEmail: reads.usersByEmail,
    org: reads.org,
    orgName: reads.orgName,
    setup: reads.setup,
    get apiCalls() {
      return calls.made;
    },
    get apiUsage() {
      return vitals.apiUsage;
    },
    get clockSkewMs() {
      return vitals.clockSkewMs;
    },
  };
}

function deletedPersonOf({ deletedPerson }: Settings): Pick<Settings, 'deletedPerson'> {
  return deletedPerson === undefined ? {} : { deletedPerson };
}

interface OpenOrg {
  readonly call: OrgCall;
  readonly org: CalledOrg;
  readonly calls: { made: number };
  readonly session: KeptSession;
  readonly vitals: OrgVitals;
}

function openOrg(options: SalesforceOptions): OpenOrg {
  const { apiVersion = DEFAULT_API_VERSION, deadlineMs = DEADLINE_MS, now = () => new Date() } = options;
  const vitals = createOrgVitals(now);
  const session = keepSession(sessionSource(options));
  const calls = { made: 0 };
  let channel = 'login' in options ? undefined : openChannel(options.instanceUrl, { apiVersion, deadlineMs, vitals });
  const org: CalledOrg = {
    apiVersion,
    get host() {
      return channel?.host ?? 'not logged in';
    },
  };
  const attempt: Attempt = (request, { instanceUrl, accessToken }) => {
    if (channel?.instanceUrl !== instanceUrl) channel = openChannel(instanceUrl, { apiVersion, deadlineMs, vitals });
    calls.made += 1;
    return channel.ask(request, accessToken);
  };
  return { call: callWithSession(session, attempt, org), org, calls, session, vitals };
}

function sessionSource(options: SalesforceOptions): SessionSource {
  if ('login' in options) return options.login;
  const { instanceUrl, accessToken } = options;
  if (typeof accessToken === 'string') return { instanceUrl, accessToken };
  return async () => ({ instanceUrl, accessToken: await accessToken() });
}

/** The way to one instance. A session may name another one than the last: orgs are moved and renamed. */
interface Channel {
  readonly instanceUrl: string;
  readonly host: string;
  ask(request: OrgRequest, accessToken: string): Promise<OrgAnswer>;
}

interface ChannelSettings {
  readonly apiVersion: string;
  readonly deadlineMs: number;
  readonly vitals: OrgVitals;
}

function openChannel(instanceUrl: string, { apiVersion, deadlineMs, vitals }: ChannelSettings): Channel {
  const { origin, host } = orgAddress(instanceUrl);
  const connection = new Connection({ instanceUrl: origin, version: apiVersion, logLevel: 'NONE' });
  const boundedFetch = createFetch({ allowedHosts: [host], maxBytes: MAX_ANSWER_BYTES, deadlineMs });
  const observedFetch: typeof fetch = async (input, init) => {
    const response = await boundedFetch(input, init);
    vitals.note(response.headers);
    return response;
  };
  return {
    instanceUrl,
    host,
    ask: (request, accessToken) => callOnce(connection, observedFetch, request, accessToken),
  };
}

/** Asks jsforce. Its own refresh repeats without end when a new token is refused too, so it is not given one. */
async function callOnce(
  connection: Connection,
  observedFetch: typeof fetch,
  { method, path, body }: OrgRequest,
  accessToken: string,
): Promise<OrgAnswer> {
  const transport = transportThrough(observedFetch);
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

interface BoundedTransport {
  /** The Date field of the last answer. */
  readonly serverTime: Date | undefined;
  httpRequest(request: { url: string; method: string; headers?: Record<string, string>; body?: unknown }): unknown;
}

/**
 * A transport for jsforce that uses our fetch. Its own repeats requests by itself, reads answers of any length, and
 * lets a connection that breaks in the middle of an answer end the process.
 */
function transportThrough(observedFetch: typeof fetch): BoundedTransport {
  let serverTime: Date | undefined;
  const exchange = async ({ url, method, headers, body }: Parameters<BoundedTransport['httpRequest']>[0]) => {
    const response = await observedFetch(url, {
      method,
      ...(headers === undefined ? {} : { headers }),
      ...(typeof body === 'string' ? { body } : {}),
    });
    serverTime = dateField(response.headers);
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
