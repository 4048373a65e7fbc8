import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import type { OpenMailboxes } from '../../../connector/src/connect/open-mailboxes.ts';
import { openMailboxes } from '../../../connector/src/connect/open-mailboxes.ts';
import { createLogger } from '../../../connector/src/logger.ts';
import type { Mailbox } from '../../../connector/src/mailbox/mailbox.ts';
import type { Database } from '../../../connector/src/store/database.ts';
import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Store } from '../../../connector/src/store/store.ts';
import { watchMailboxes, type Watching } from '../../../connector/src/watch/watch-mailboxes.ts';
import { emptyTables } from '../../contract/store-contract.ts';
import { NOW, REP } from '../../contract/store-samples.ts';
import { until } from '../../servers/poll.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';
import { memoryMailbox } from '../sync/memory-mailbox.ts';

const MAILBOXES = 6;

/** A process's side of the watching, which counts how many wait for each mailbox at once, over all processes. */
interface Worker {
  readonly woken: { readonly key: string; readonly urgency: string | undefined }[];
  readonly mailboxes: OpenMailboxes;
  waiting(): number;
  end(): Promise<void>;
}

describe('the watching of mailboxes by several processes', function () {
  this.timeout(60_000);
  let database: Database;
  let store: Store;
  let workers: Worker[];
  let atOnce: Map<string, number>;
  let most: number;

  before(async function () {
    requireServer(this, 'postgresql');
    database = await openPostgresDatabase(await (await startPostgresql()).createDatabase());
    store = await openStore(database);
  });
  after(() => database?.close());
  beforeEach(async () => {
    await emptyTables(database);
    workers = [];
    atOnce = new Map();
    most = 0;
    for (let number = 0; number < MAILBOXES; number += 1) await connect(`rep-${number}@seller.example`);
  });
  afterEach(async () => {
    for (const worker of workers) await worker.end();
  });

  const connect = (address: string) => {
    const settings = { provider: 'imap', address };
    return store.connectMailbox({ ...settings, settings, ownerId: REP, readSince: NOW });
  };

  async function start(changes: Partial<Watching['store']> = {}): Promise<Worker> {
    let own = 0;
    const open = ({ address }: { readonly address: string }): Mailbox => ({
      ...memoryMailbox(),
      waitForChange: async (signal) => {
        const before = atOnce.get(address) ?? 0;
        atOnce.set(address, before + 1);
        own += 1;
        most = Math.max(most, before + 1);
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        atOnce.set(address, atOnce.get(address)! - 1);
        own -= 1;
      },
    });
    const mailboxes = await openMailboxes({ store, open, credentialOf: () => Promise.reject(new Error('unused')) });
    const woken: Worker['woken'] = [];
    const watching = await watchMailboxes({
      store: { ...store, ...changes },
      jobs: {
        wake: (_queue, key, { urgency } = {}) => {
          woken.push({ key, urgency });
          return Promise.resolve(undefined);
        },
        takeOver: () => Promise.resolve(0),
      },
      mailboxes,
      engine: 'postgres',
      processId: randomUUID(),
      version: '0.0.0',
      logger: createLogger('silent'),
      onError: (error) => {
        throw error;
      },
    });
    const worker: Worker = { woken, mailboxes, waiting: () => own, end: () => watching.end() };
    workers.push(worker);
    return worker;
  }
  const shares = (what: string, wanted: readonly number[]): Promise<unknown> =>
    until(what, () => Promise.resolve(workers.map((worker) => worker.waiting()).join() === wanted.join()));

  it('is the work of one alone, which has each mailbox looked into as it begins', async () => {
    const worker = await start();
    await shares('all mailboxes', [MAILBOXES]);
    expect(worker.woken).to.have.lengthOf(MAILBOXES);
    expect(new Set(worker.woken.map(({ urgency }) => urgency))).to.deep.equal(new Set(['sweep']));
  });

  it('is shared evenly, and never done by two at once, as one comes and one goes', async () => {
    await start();
    await start();
    await shares('two halves', [3, 3]);
    await workers[0]!.end();
    workers.shift();
    await shares('the other half', [MAILBOXES]);
    expect(most).to.equal(1);
  });

  it('is taken over within seconds from a process that has died', async () => {
    const dead = randomUUID();
    await store.registerService({ id: dead, host: 'gone', pid: 1, version: '0.0.0', startedAt: NOW });
    await store.watchMailboxes(dead, MAILBOXES);
    await start();
    expect(workers[0]!.waiting()).to.equal(0);
    await shares('what the dead one had', [MAILBOXES]);
    expect((await store.services()).map(({ id }) => id)).not.to.include(dead);
  });

  it('ends where a process was taken for dead while it slept, and begins anew with its share', async () => {
    let asleep: Promise<unknown> | undefined;
    let sleeper = '';
    await start({
      beatService: async (id, at) => {
        sleeper = id;
        await asleep;
        return store.beatService(id, at);
      },
    });
    await shares('all mailboxes', [MAILBOXES]);
    const sleep = Promise.withResolvers<void>();
    asleep = sleep.promise;
    await start();
    await until('its death', async () => !(await store.services()).some(({ id }) => id === sleeper));
    await until('the taking over', () => Promise.resolve(workers[1]!.waiting() === MAILBOXES));
    sleep.resolve();
    asleep = undefined;
    await shares('two halves', [3, 3]);
  });

  it('takes up a mailbox that is connected, and lets go of one that is disconnected', async () => {
    const { mailboxes } = await start();
    const { id } = await connect('new@seller.example');
    await mailboxes.refresh();
    await shares('one more', [MAILBOXES + 1]);
    await store.disconnectMailbox(id);
    await mailboxes.refresh();
    await shares('one fewer', [MAILBOXES]);
  });
});
