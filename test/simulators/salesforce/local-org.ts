import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createSessions } from './auth/sessions.ts';
import type { ClientApp } from './auth/oauth-routes.ts';
import { NOT_SIMULATED } from './api-error.ts';
import { createBulkJobs } from './bulk/bulk-jobs.ts';
import { createDatabase, isIndexed } from './data/database.ts';
import { runDeployedFlowTest, runFlow, runScheduledFlow } from './data/later-flows.ts';
import { createFaults, type Fault, type RequestFilter } from './faults.ts';
import type { CustomNotification } from './flow-host.ts';
import type { AutolaunchedOutcome } from './flow-run.ts';
import type { Scalar } from './formula-value.ts';
import type { Org, RowRefusal, TransactionUse } from './org.ts';
import { normalizeId, recordId } from './record-id.ts';
import { answerRequest } from './rest/answer-request.ts';
import { createApiUsage } from './rest/api-usage.ts';
import type { HttpAnswer, HttpRequest } from './rest/http-message.ts';
import { createQueryCursors } from './rest/query-cursors.ts';
import { createHttpServer, type LoggedRequest } from './rest/serve-http.ts';
import { emptyMetadata, findObject } from './schema/org-metadata.ts';
import { createDeploys } from './metadata/deploys.ts';
import { createSoap } from './metadata/soap-routes.ts';
import { seedOrg } from './seed.ts';

export interface LocalOrgOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly now?: () => Date;
  /** 18 characters that begin with 00D. */
  readonly orgId?: string;
  /** Calls of the data API in 24 hours; 15,000 is a Developer Edition. */
  readonly apiLimit?: number;
  readonly clientApps?: readonly ClientApp[];
}

/** A running org: empty but for what every new org has. */
export interface LocalOrg {
  /** For example `http://127.0.0.1:41234`, without a slash at the end. */
  readonly url: string;
  /** A token of the administrator. */
  readonly accessToken: string;
  /** The administrator. */
  readonly userId: string;
  readonly orgId: string;
  /** Every request so far, the oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Requests and parts of requests that this org does not simulate, in words. A test asserts that it is empty. */
  readonly notSimulated: readonly string[];
  /** Calls that count against the API limit. */
  readonly apiCalls: number;
  /** A token of another user. */
  openSession(userId: string): string;
  /** Ends every session; `openSession` makes a new one. */
  expireSessions(): void;
  /** Lets the next request that fits fail in this way. */
  failNext(fault: Fault, filter?: RequestFilter, times?: number): void;
  /** Adds a rule that refuses rows; the returned function takes it away again. */
  refuseRows(refusal: RowRefusal): () => void;
  /** Custom notifications that flows have sent, the oldest first. */
  readonly notifications: readonly CustomNotification[];
  /** What went wrong in flows after a commit or by the clock; the platform mails it to the admin. */
  readonly flowErrors: readonly string[];
  /** Runs an autolaunched flow as a user, with values for its inputs; gives its outputs or why it failed. */
  runFlow(name: string, inputs: Readonly<Record<string, Scalar>>, userId?: string): AutolaunchedOutcome;
  /** Runs a schedule-triggered flow now. */
  runScheduledFlow(name: string): void;
  /** Runs a deployed flow test; gives the messages of the assertions that do not hold. */
  runFlowTest(name: string): string[];
  /** What each transaction that wrote records has used of the limits, the oldest first. */
  readonly transactions: readonly TransactionUse[];
  /** The newest of them. */
  readonly lastTransaction: TransactionUse | undefined;
  /** Locks records as another transaction does that does not end; the returned function ends it. */
  lockRecords(...ids: readonly string[]): () => void;
  /** Keeps bulk jobs in progress; the returned function lets them end. */
  holdJobs(): () => void;
  close(): Promise<void>;
}

/** Starts an org on the loopback interface. */
export async function startLocalOrg(options: LocalOrgOptions = {}): Promise<LocalOrg> {
  const org = createOrg(options);
  const sessions = createSessions(org.id);
  const usage = createApiUsage(options.apiLimit ?? 15_000);
  const faults = createFaults();
  const requests: LoggedRequest[] = [];
  const notSimulated: string[] = [];
  const server = createHttpServer({
    answer: (request) => answer(request),
    faults,
    log: (request) => requests.push(request),
    now: org.now,
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  org.url = url;
  const userId = seedOrg(org);
  const deploys = createDeploys(org);
  const services = {
    oauth: { org, sessions, clientApps: options.clientApps ?? [] },
    cursors: createQueryCursors(),
    usage,
    answerSoap: createSoap(org, sessions, deploys),
    deploys,
  };
  const answer = (request: HttpRequest): HttpAnswer => {
    const given = answerOrRecord(() => answerRequest(services, request), request, notSimulated);
    if (JSON.stringify(given.body ?? '').includes(NOT_SIMULATED)) notSimulated.push(describeFailure(request, given));
    return given;
  };
  return {
    url,
    accessToken: sessions.open(userId),
    userId,
    orgId: org.id,
    requests,
    notSimulated,
    get apiCalls() {
      return usage.calls;
    },
    openSession: sessions.open,
    expireSessions: sessions.expireAll,
    failNext: faults.failNext,
    refuseRows(refusal) {
      org.refusals.push(refusal);
      return () => void org.refusals.splice(org.refusals.indexOf(refusal), 1);
    },
    notifications: org.notifications,
    flowErrors: org.flowErrors,
    runFlow: (name, inputs, as = userId) => runFlow(org, { userId: as, system: false }, name, inputs),
    runScheduledFlow: (name) => runScheduledFlow(org, { userId, system: false }, name),
    runFlowTest: (name) => runDeployedFlowTest(org, { userId, system: false }, name),
    transactions: org.transactions,
    get lastTransaction() {
      return org.transactions.at(-1);
    },
    lockRecords: (...ids) => lockRecords(org, ids),
    holdJobs: () => org.bulkJobs.queue.hold(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function lockRecords({ lockedIds }: Org, ids: readonly string[]): () => void {
  const locked = ids.map((id) => normalizeId(id) ?? id);
  for (const id of locked) lockedIds.add(id);
  return () => locked.forEach((id) => lockedIds.delete(id));
}

function createOrg({ now = () => new Date(), orgId = recordId('00D', 1) }: LocalOrgOptions): Org {
  const metadata = emptyMetadata();
  const database = createDatabase((object) => findObject(org.metadata, object)?.fields.filter(isIndexed) ?? []);
  const org: Org = {
    ...{ id: orgId, url: '', metadata, database, now },
    ...{ refusals: [], notifications: [], flowErrors: [], transactions: [], lockedIds: new Set<string>() },
    bulkJobs: createBulkJobs(),
  };
  return org;
}

/** A defect of the local org itself is no answer of the platform: it is recorded and becomes HTTP 500. */
function answerOrRecord(work: () => HttpAnswer, { method, path }: HttpRequest, record: string[]): HttpAnswer {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    record.push(`${method} ${path}: ${message}`);
    return { status: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION', message }] };
  }
}

function describeFailure({ method, path }: HttpRequest, { body }: HttpAnswer): string {
  return `${method} ${path}: ${typeof body === 'string' ? body : JSON.stringify(body)}`;
}
