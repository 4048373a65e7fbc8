import { Connection } from 'jsforce';
import { deliverInTurn } from '../../connector/src/deliver/deliver-in-turn.ts';
import { apiNames } from '../../connector/src/salesforce/api-names.ts';
import { taskRecord } from '../../connector/src/salesforce/task-record.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { startSampleOrg, type SampleOrg } from '../../test/connector/salesforce/sample-org.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { holdLocks, type SlowOrg } from './hold-locks.ts';
import { READ_SINCE } from './sample-mail.ts';
import { openPglite } from './stores.ts';

const REPLIES = 1000;
const WORKERS = 8;
/** Replies of one page. */
const PAGE = 50;
const SENT = 'sent@seller.example';

/** Lock errors of our writers beside those of a control whose workers insert open Tasks one by one. */
export async function countLockErrors(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  const store = await openStore(await openPglite(surroundings));
  progress('starting a local org');
  const sample = await startSampleOrg({ apiLimit: 1_000_000 });
  belongings.defer(() => sample.org.close());
  const slow = await holdLocks(sample.org, new Map([[sample.contactId, await accountFor(sample)]]));
  belongings.defer(() => slow.close());
  const replies = scaled(REPLIES, surroundings, 100);
  progress(`${WORKERS} workers deliver ${replies} replies of one person`);
  await deliverByMany(sample, slow, store, replies);
  const own = slow.lockErrors();
  const tasks = await sample.count('Task');
  if (tasks !== replies) throw new Error(`${tasks} of ${replies} replies became a Task.`);
  progress(`${WORKERS} workers write ${replies} Tasks one by one`);
  await writeNaively(sample, slow, replies);
  const control = slow.lockErrors() - own;
  if (control === 0) throw new Error('The control met no lock, so that the comparison says nothing.');
  return {
    ratio: own / control,
    words: `${own} lock errors for ${replies} replies by ${WORKERS} workers; naive workers: ${control}`,
    detail: {
      what: 'replies of one person of one account; transactions that lock parents hold them for 20 ms. The control inserts open Tasks, each in a call of its own, and does not try again',
      ...{ replies, workers: WORKERS, lockErrors: own, control },
    },
  };
}

async function accountFor({ admin, contactId }: SampleOrg): Promise<string> {
  const { id = '' } = await admin.sobject('Account').create({ Name: 'Hot' });
  await admin.sobject('Contact').update({ Id: contactId, AccountId: id });
  return id;
}

/** Pages come while all workers write; each worker is what a process is. */
async function deliverByMany(sample: SampleOrg, slow: SlowOrg, store: Store, count: number): Promise<void> {
  await sample.connect().write([sample.mailRow(SENT)]);
  const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: sample.repId, readSince: READ_SINCE };
  const { id: mailboxId } = await store.connectMailbox(mailbox);
  const accessToken = sample.org.openSession(sample.connectorUserId);
  const deliveries = Array.from({ length: WORKERS }, (_, worker) => ({
    ...{ store, salesforce: sample.connect({ instanceUrl: slow.url, accessToken }), holder: `worker ${worker}` },
    ...{ now: () => new Date(), random: Math.random, dailyCalls: undefined },
  }));
  for (let first = 0; first < count; first += PAGE) {
    const numbers = Array.from({ length: Math.min(PAGE, count - first) }, (_, place) => first + place);
    const matched = numbers.map((number) => ({
      digest: store.digest(`answer-${number}@buyer.example`),
      replies: [sample.taskRow(`answer-${number}@buyer.example`, SENT).reply],
      ...{ latches: [], aliasOf: [] },
    }));
    const nothing = { seen: 0, notReplies: 0, excluded: 0, registrations: [], waiting: [], settled: [] };
    await store.commitPage({ ...nothing, mailboxId, matched, at: new Date() });
    await Promise.all(deliveries.map((delivery) => deliverInTurn(delivery, { asked: true })));
  }
}

async function writeNaively(sample: SampleOrg, slow: SlowOrg, count: number): Promise<void> {
  const accessToken = sample.org.openSession(sample.connectorUserId);
  const connection = new Connection({ instanceUrl: slow.url, accessToken, version: '67.0' });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const { reply } = sample.taskRow(`control-${(next += 1)}@buyer.example`, SENT);
      const record = taskRecord(reply, 'Not Started', apiNames(undefined));
      await connection.requestPost('/sobjects/Task', record).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}
