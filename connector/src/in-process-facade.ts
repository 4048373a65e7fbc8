import { checkMailbox, connectMailbox, disconnectMailbox, unknownMailbox } from './connect/connect-mailbox.ts';
import type { Connecting } from './connect/connect-mailbox.ts';
import { mailboxFailure } from './connect/mailbox-failure.ts';
import { mailboxStatus } from './connect/mailbox-status.ts';
import { serviceStatuses } from './connect/service-status.ts';
import type { OpenMailboxes } from './connect/open-mailboxes.ts';
import { rebindOrg } from './connect/rebind-org.ts';
import { choiceOf, listDeadLetters, retryDeadLetters, showDeadLetter } from './explain/dead-letters.ts';
import type { DeliverySummary } from './deliver/deliver.ts';
import { budgetState, dailyCallsOf } from './deliver/pace.ts';
import { examine, type Examined } from './doctor/examine.ts';
import { ActionableError } from './errors.ts';
import { explain, type ExplainOptions } from './explain/explain.ts';
import { foundReply } from './explain/found-reply.ts';
import { replay } from './explain/replay.ts';
import type {
  ConnectorStatus,
  DeliveryResult,
  Facade,
  FailureReport,
  KeyRotation,
  ProviderName,
  SyncedMailbox,
  SyncRequest,
  SyncResult,
  Told,
  WritingStatus,
} from './facade.ts';
import type { Mailbox } from './mailbox/mailbox.ts';
import type { Reply } from './match/reply.ts';
import { parseRequest } from './requests.ts';
import type { ApiNames } from './salesforce/api-names.ts';
import { personQueries } from './salesforce/person-queries.ts';
import type { Salesforce } from './salesforce/salesforce.ts';
import type { PersonalData } from './store/personal-data.ts';
import type { MailboxRow, PushHealth, Store } from './store/store.ts';
import { openRehearsal } from './sync/rehearsal-store.ts';
import { resolveWaiting } from './sync/resolve-waiting.ts';
import { readAgainFrom, syncMailbox } from './sync/sync-mailbox.ts';
import type { SyncOptions } from './sync/sync-options.ts';
import { pullSalesforce, type PullSummary } from './track/pull-salesforce.ts';

/** Replies of one run that are listed one by one. */
const LISTED_REPLIES = 1000;

/** What the verbs work with. */
export interface FacadeParts {
  readonly store: Store;
  readonly mailboxes: OpenMailboxes;
  readonly connecting: Connecting;
  readonly syncOptions: SyncOptions;
  /** Undefined when this process has no way into Salesforce. */
  readonly salesforce: Salesforce | undefined;
  /** The org that the login leads to, whether it is the one that the database belongs to or not. */
  readonly anyOrg: Salesforce | undefined;
  readonly deliver: () => Promise<DeliverySummary>;
  readonly dailyCalls: number | undefined;
  readonly rotateKeys: (told: Told) => Promise<KeyRotation>;
  readonly examined: Pick<Examined, 'schema' | 'key' | 'deadJobs'>;
  readonly people: PersonalData;
  readonly names: ApiNames;
  readonly now: () => Date;
  readonly version: string;
  readonly database: ConnectorStatus['database'];
  /** Why providers refused to tell of changes when this process asked them last, by mailbox. */
  readonly pushErrors: ReadonlyMap<string, string>;
  /** What the running service is, or null in the process of a command. */
  readonly service: () => ConnectorStatus['service'];
}

/** The verbs, done in this process. Every request is checked, whoever makes it. */
export function inProcessFacade(parts: FacadeParts): Facade {
  const { store, mailboxes, connecting, now } = parts;
  const explaining = (): ExplainOptions & { store: Store } => ({
    ...{ store, now, rows: mailboxes.rows, mailboxOf: (id: string): Mailbox | undefined => mailboxes.get(id) },
    ownSide: parts.syncOptions.ownSide,
    excludedDomains: parts.syncOptions.excludedDomains ?? new Set<string>(),
  });
  const statuses = async () => {
    const [rows, pushes] = [await store.mailboxes(), await store.pushHealth()];
    const pushErrorOf = (id: string): string | undefined =>
      parts.pushErrors.get(id) ?? neverPromised(mailboxes.get(id), pushes.get(id));
    return rows.map((row) => mailboxStatus(row, pushes.get(row.id), pushErrorOf(row.id), now()));
  };
  const status = async (): Promise<ConnectorStatus> => ({
    ...{ version: parts.version, database: parts.database },
    ...(await serving(parts)),
    ...(await orgAndCounts(store)),
    mailboxes: await statuses(),
    salesforce: salesforceStatus(parts.salesforce),
    writing: await writingStatus(parts),
    unhalted: await store.unhalted(),
  });
  return {
    checkMailbox: (request, told) => checkMailbox(parseRequest('checkMailbox', request), connecting, told),
    connectMailbox: async (request, told) => {
      const connected = await connectMailbox(parseRequest('connectMailbox', request), connecting, told);
      await mailboxes.refresh();
      return { ...connected, beingRead: (await serving(parts)).service !== null };
    },
    disconnectMailbox: async (request) => {
      const gone = await disconnectMailbox(parseRequest('disconnectMailbox', request), connecting);
      await mailboxes.refresh();
      return gone;
    },
    mailboxes: statuses,
    sync: (request, told, signal) => syncAll(parseRequest('sync', request), parts, told, signal),
    status,
    examine: async (request, told) => {
      parseRequest('examine', request);
      const { salesforce, anyOrg, names } = parts;
      const rows = async (): Promise<readonly MailboxRow[]> => {
        await mailboxes.refresh();
        return store.mailboxes();
      };
      const asked = { status, counts: () => store.counts(), rows };
      const mailboxOf = (id: string): Mailbox | undefined => mailboxes.get(id);
      return examine({ ...parts.examined, ...asked, mailboxOf, salesforce, anyOrg, names, now }, told);
    },
    explain: (request) => explain(parseRequest('explain', request), explaining()),
    replay: async (request) => {
      const { commit = false, ...message } = parseRequest('replay', request);
      const outcome = await replay({ ...message, commit }, explaining());
      if (!commit) return { ...outcome, committed: false, delivery: null };
      await resolveWaiting(parts.syncOptions);
      return { ...outcome, committed: true, delivery: deliveryResult(await parts.deliver()) };
    },
    deadLetters: (request) => listDeadLetters(parseRequest('deadLetters', request), store),
    deadLetter: (request) => showDeadLetter(parseRequest('deadLetter', request).id, store),
    retryDeadLetters: (request) => {
      const selection = parseRequest('retryDeadLetters', request);
      return retryDeadLetters(selection, { store, now, deliver: async () => deliveryResult(await parts.deliver()) });
    },
    dropDeadLetters: async (request) => {
      const { because, ...selection } = parseRequest('dropDeadLetters', request);
      return { dropped: await store.dropDeadLetters(choiceOf(selection), because) };
    },
    rebindOrg: (request) => {
      parseRequest('rebindOrg', request);
      return rebindOrg(requireSalesforce(parts.anyOrg), store);
    },
    exportPerson: async (request) => {
      const rows = await parts.people.export(parseRequest('exportPerson', request).person);
      return { ...rows, salesforce: personQueries(parts.names, rows.person) };
    },
    erasePerson: async (request) => {
      const { person } = parseRequest('erasePerson', request);
      // A reply that is not written yet would be lost, and with it the halt of the sequence.
      await parts.deliver();
      const erased = await parts.people.erase(person, now());
      return { ...erased, salesforce: personQueries(parts.names, erased.person) };
    },
    rotateKeys: (request, told) => {
      parseRequest('rotateKeys', request);
      return parts.rotateKeys(told);
    },
  };
}

/** A sweep has had the provider asked, and it has not promised anything; why, another process knows. */
function neverPromised(mailbox: Mailbox | undefined, push: PushHealth | undefined): string | undefined {
  if (mailbox?.renewPush === undefined || push === undefined || push.renewAt !== undefined) return undefined;
  return 'The log of the service says why.';
}

/**
 * Who serves. Several processes share a PostgreSQL server, and each has a row there. The embedded database has one
 * process: where that is no service, a row is what a killed one left.
 */
async function serving(parts: FacadeParts): Promise<Pick<ConnectorStatus, 'service' | 'services'>> {
  const own = parts.service();
  if (own === null && parts.database.engine === 'pglite') return { service: null, services: [] };
  const services = serviceStatuses(await parts.store.services(), parts.now());
  const [first] = services;
  return { service: own ?? (first ? { pid: first.pid, startedAt: first.startedAt } : null), services };
}

async function orgAndCounts(store: Store): Promise<Pick<ConnectorStatus, 'org' | 'messages' | 'outbox'>> {
  const [org, counts] = [await store.pinnedOrg(), await store.counts()];
  const { seen, matched, notReply, excluded, waiting, dead, outboxPending, outboxDead, outboxPendingSince } = counts;
  return {
    org: org === undefined ? null : { id: org.id, name: org.name ?? null },
    messages: { seen, matched, notReply, excluded, waiting, dead },
    outbox: {
      pending: outboxPending,
      dead: outboxDead,
      oldestPendingAt: outboxPendingSince?.toISOString() ?? null,
    },
  };
}

function salesforceStatus(salesforce: Salesforce | undefined): ConnectorStatus['salesforce'] {
  const { apiUsage, apiCalls = 0, clockSkewMs } = salesforce ?? {};
  return {
    apiUsage: apiUsage === undefined ? null : { used: apiUsage.used, limit: apiUsage.limit },
    apiCalls,
    clockAheadSeconds: clockSkewMs === undefined ? null : Math.round(clockSkewMs / 1000),
  };
}

async function writingStatus({ store, salesforce, dailyCalls, now }: FacadeParts): Promise<WritingStatus> {
  const { callsInDay, pausedUntil } = await store.deliveryTurn(now());
  const budget = { callsInDay, dailyCalls, usage: salesforce?.apiUsage };
  const isPaused = pausedUntil !== undefined && pausedUntil > now();
  return {
    ...{ callsInDay, dailyCalls: dailyCallsOf(budget), budget: budgetState(budget) },
    pausedUntil: isPaused ? pausedUntil.toISOString() : null,
  };
}

/**
 * Pulls, reads and delivers, or rehearses that. What fails is part of the answer, and keeps nothing else from being
 * done: a mailbox that cannot be read says nothing about the others.
 */
async function syncAll(
  request: SyncRequest,
  parts: FacadeParts,
  told: Told,
  signal?: AbortSignal,
): Promise<SyncResult> {
  const { store, mailboxes, now } = parts;
  const salesforce = requireSalesforce(parts.salesforce);
  const since = sinceOf(request, now());
  await mailboxes.refresh();
  const rows = chosenMailboxes(request.mailbox, mailboxes.rows);
  const found: Reply[] = [];
  const working = request.dryRun === true ? openRehearsal(store) : store;
  const options: SyncOptions = {
    ...parts.syncOptions,
    store: working,
    ownSide: parts.syncOptions.ownSide,
    onReplies: (replies) => void found.push(...replies),
    ...(signal && { signal }),
  };
  told({ type: 'step', text: 'Pulling from Salesforce' });
  const pulled = await pullOrFail(() => pullSalesforce({ store: working, salesforce, now }));
  await resolveWaiting(options);
  const synced: SyncedMailbox[] = [];
  for (const row of rows) {
    signal?.throwIfAborted();
    synced.push(await syncOne(row, { since, options, told, store }));
  }
  signal?.throwIfAborted();
  if (request.dryRun !== true) told({ type: 'step', text: 'Writing to Salesforce' });
  return {
    dryRun: request.dryRun === true,
    pulled,
    mailboxes: synced,
    byKind: countByKind(found),
    replies: found.slice(0, LISTED_REPLIES).map(foundReply),
    delivery: request.dryRun === true ? null : deliveryResult(await parts.deliver()),
  };
}

async function pullOrFail(pull: () => Promise<PullSummary>): Promise<SyncResult['pulled']> {
  try {
    const { trackedMails, enrolments } = await pull();
    return { trackedMails, enrolments, failure: null };
  } catch (error) {
    return { trackedMails: 0, enrolments: 0, failure: failureReport(error) };
  }
}

interface SyncingOne {
  readonly since: Date | undefined;
  readonly options: SyncOptions;
  readonly told: Told;
  readonly store: Pick<Store, 'mailbox'>;
}

async function syncOne(row: MailboxRow, { since, options, told, store }: SyncingOne): Promise<SyncedMailbox> {
  const { id, address } = row;
  const progress = { messages: 0, newReplies: 0 };
  const done = { provider: row.provider as ProviderName, address, failure: null };
  const onPage: SyncOptions['onPage'] = (page) => {
    options.onPage?.(page);
    progress.messages += page.messages;
    progress.newReplies += page.newReplies;
    told({ type: 'page', address, ...progress });
  };
  try {
    told({ type: 'mailbox', address, expected: await expectedOf(row, since, options) });
    if (since !== undefined) await readAgainFrom(id, since, options);
    const { messages, newReplies } = await syncMailbox(id, { ...options, onPage });
    const { state, lastError = null } = (await store.mailbox(id)) ?? row;
    // A dead grant ends the run and is recorded at the mailbox.
    if (state === 'reconnect' && lastError !== null)
      return { ...done, messages, newReplies, failure: deadGrant(lastError) };
    return { ...done, messages, newReplies };
  } catch (error) {
    return { ...done, ...progress, failure: failureReport(mailboxFailure(error)) };
  }
}

function deadGrant(message: string): FailureReport {
  return { message, actions: ['Connect the mailbox again: sf reply mailbox connect.'] };
}

/** About how many messages are still to be read; null when nobody can tell. */
async function expectedOf(row: MailboxRow, since: Date | undefined, options: SyncOptions): Promise<number | null> {
  if (since !== undefined) {
    const { folders } = (await options.mailboxOf(row.id)?.survey(since)) ?? { folders: [] };
    const counts = folders.flatMap(({ messages }) => messages ?? []);
    return counts.length === folders.length ? counts.reduce((sum, count) => sum + count, 0) : null;
  }
  if (row.caughtUpAt !== undefined || row.expectedMessages === undefined) return null;
  return Math.max(row.expectedMessages - row.messagesRead, 0);
}

function chosenMailboxes(address: string | undefined, rows: readonly MailboxRow[]): readonly MailboxRow[] {
  if (address === undefined) return rows;
  const chosen = rows.filter((row) => row.address.toLowerCase() === address.toLowerCase());
  if (chosen.length === 0) throw unknownMailbox(address, rows);
  return chosen;
}

function requireSalesforce(salesforce: Salesforce | undefined): Salesforce {
  if (salesforce !== undefined) return salesforce;
  throw new ActionableError(
    'No Salesforce org is named.',
    [
      'Name one that the sf CLI is logged in to: --target-org ALIAS.',
      'Or set SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME and SALESFORCE_JWT_KEY_FILE.',
      'Or set SALESFORCE_INSTANCE_URL and SALESFORCE_ACCESS_TOKEN.',
    ],
    { exitCode: 78 },
  );
}

function sinceOf({ since }: SyncRequest, now: Date): Date | undefined {
  if (since === undefined) return undefined;
  const instant = new Date(since);
  if (instant <= now) return instant;
  throw new ActionableError(`Mailboxes cannot be read from ${since} on, which has not come yet.`, [
    `Name an earlier day; the clock of this machine says ${now.toISOString()}.`,
  ]);
}

function countByKind(replies: readonly Reply[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of replies.map(foundReply)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function deliveryResult({ delivered, retried, dead, stoppedBy }: DeliverySummary): DeliveryResult {
  return { delivered, retried, dead, failure: stoppedBy === undefined ? null : failureReport(stoppedBy) };
}

/** What is wrong, for an answer. A defect is not for reporting: it is thrown on. */
function failureReport(error: unknown): FailureReport {
  if (error instanceof ActionableError) return { message: error.message, actions: error.actions };
  throw error;
}
