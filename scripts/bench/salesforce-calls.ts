import { Connection } from 'jsforce';
import { deliverDue } from '../../connector/src/deliver/deliver.ts';
import type { Reply } from '../../connector/src/match/reply.ts';
import { apiNames } from '../../connector/src/salesforce/api-names.ts';
import { connectSalesforce } from '../../connector/src/salesforce/jsforce-salesforce.ts';
import { taskRecord } from '../../connector/src/salesforce/task-record.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { PageCommit, Store } from '../../connector/src/store/store.ts';
import { pullSalesforce } from '../../connector/src/track/pull-salesforce.ts';
import { CLIENT_APP, loginTo } from '../../test/connector/salesforce/client-app.ts';
import { startSampleOrg, type SampleOrg } from '../../test/connector/salesforce/sample-org.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { READ_SINCE } from './sample-mail.ts';
import { rounded } from './statistics.ts';
import { openPglite } from './stores.ts';

const REPLIES = 10_000;
/** Replies that the control writes one by one; its calls are as many as these, however many they are. */
const CONTROL_REPLIES = 1000;
/** Tracked mails that the replies answer. */
const MAILS = 200;
const COMMITTED_AT_ONCE = 500;

/** Calls for a backlog of replies from a cold start beside those of a control that writes one Task a call. */
export async function countCalls(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  const store = await openStore(await openPglite(surroundings));
  progress('starting a local org');
  const sample = await startSampleOrg({ clientApps: [CLIENT_APP], apiLimit: 1_000_000 });
  belongings.defer(() => sample.org.close());
  const replies = scaled(REPLIES, surroundings, 20);
  progress(`putting ${replies} replies into the outbox`);
  await fillOutbox(sample, store, replies);
  progress('delivering them');
  const own = await counted(sample, () => deliverFromColdStart(sample, store));
  const delivered = await sample.count('Task');
  if (delivered !== replies) throw new Error(`${delivered} of ${replies} replies became a Task.`);
  const controlReplies = scaled(CONTROL_REPLIES, surroundings, 20);
  progress(`writing ${controlReplies} Tasks one by one`);
  const control = await counted(sample, () => writeOneByOne(sample, controlReplies));
  return {
    ratio: rounded(own.calls / replies / (control.calls / controlReplies)),
    words: `${own.calls} calls for ${replies} replies, the login included; one Task a call: ${control.calls} for ${controlReplies}`,
    detail: {
      what: 'replies wait in the outbox; a client that knows nothing of the org yet logs in (JWT), pulls what has changed and writes the Tasks to a local org; every HTTP request counts, the login too, which is free',
      replies,
      calls: own.calls,
      requests: own.paths,
      control: { replies: controlReplies, calls: control.calls, login: 'none, it is given a session' },
      trackedMails: MAILS,
    },
  };
}

interface Counted {
  readonly calls: number;
  /** How often each method and path was asked for. */
  readonly paths: Readonly<Record<string, number>>;
}

async function counted({ org }: SampleOrg, work: () => Promise<void>): Promise<Counted> {
  const before = org.requests.length;
  await work();
  const made = org.requests.slice(before).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
  const byPath = Map.groupBy(made, (path) => path);
  return {
    calls: made.length,
    paths: Object.fromEntries([...byPath].slice(0, 10).map(([path, { length }]) => [path, length])),
  };
}

/** What an earlier process left behind: replies that were found while Salesforce could not be reached. */
async function fillOutbox(sample: SampleOrg, store: Store, count: number): Promise<void> {
  const salesforce = sample.connect();
  await salesforce.write(Array.from({ length: MAILS }, (_, number) => sample.mailRow(sentId(number))));
  await pullSalesforce({ store, salesforce, now: () => new Date() });
  const { id } = await store.connectMailbox({
    ...{ provider: 'imap', address: 'rep@seller.example', ownerId: sample.repId },
    readSince: READ_SINCE,
  });
  for (let first = 0; first < count; first += COMMITTED_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(COMMITTED_AT_ONCE, count - first) }, (_, place) => first + place);
    await store.commitPage(pageOf(sample, store, id, numbers));
  }
}

const sentId = (number: number): string => `sent-${number % MAILS}@seller.example`;

function pageOf(sample: SampleOrg, store: Store, mailboxId: string, numbers: readonly number[]): PageCommit {
  const matched = numbers.map((number) => ({
    digest: store.digest(`answer-${number}@buyer.example`),
    replies: [replyOf(sample, `answer-${number}@buyer.example`, number)],
    latches: [],
    aliasOf: [],
  }));
  const nothing = { seen: 0, notReplies: 0, excluded: 0, registrations: [], waiting: [], settled: [] };
  return { ...nothing, mailboxId, matched, at: new Date() };
}

function replyOf(sample: SampleOrg, id: string, number: number): Reply {
  return sample.taskRow(id, sentId(number)).reply;
}

async function deliverFromColdStart({ org }: SampleOrg, store: Store): Promise<void> {
  const salesforce = connectSalesforce({ login: loginTo(org.url) });
  const now = (): Date => new Date();
  await pullSalesforce({ store, salesforce, now });
  const { stoppedBy } = await deliverDue({ store, salesforce, now, random: Math.random });
  if (stoppedBy !== undefined) throw stoppedBy;
}

/** The control: what connectors do that insert each Task by itself. */
async function writeOneByOne(sample: SampleOrg, count: number): Promise<void> {
  const { org, connectorUserId } = sample;
  const connection = new Connection({
    ...{ instanceUrl: org.url, accessToken: org.openSession(connectorUserId) },
    version: '67.0',
  });
  for (let number = 0; number < count; number++) {
    const reply = replyOf(sample, `control-${number}@buyer.example`, number);
    await connection.requestPost('/sobjects/Task', taskRecord(reply, 'Completed', apiNames(undefined)));
  }
}
