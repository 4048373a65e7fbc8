import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Database } from '../../connector/src/store/database.ts';
import { openPostgresDatabase } from '../../connector/src/store/postgres-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { syncMailbox, type SyncSummary } from '../../connector/src/sync/sync-mailbox.ts';
import { emptyTables } from '../contract/store-contract.ts';
import { daysLater, NOW, REP, sampleRegistration } from '../contract/store-samples.ts';
import { startPostgresql } from '../servers/postgresql.ts';
import { requireServer } from '../servers/require-server.ts';
import { mailboxWithAnswers, SENT } from './mailbox-with-answers.ts';

/** A worker in a process of its own that has read a page and has not stored it yet. */
interface PausedWorker {
  readonly process: ChildProcess;
  /** Lets it go on and gives what it says in the end. */
  goOn(): Promise<string>;
}

async function startPausedWorker(url: string, mailboxId: string): Promise<PausedWorker> {
  const script = join(import.meta.dirname, 'paused-worker.ts');
  const child = spawn(process.execPath, [script, url, mailboxId], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await said.next()).value);
  expect(await next()).to.equal('read');
  return {
    process: child,
    goOn: () => {
      child.stdin.write('go\n');
      return next();
    },
  };
}

describe('several workers on one PostgreSQL server', function () {
  this.timeout(60_000);
  let url: string;
  let database: Database;
  let store: Store;
  let mailboxId: string;
  let worker: PausedWorker | undefined;

  before(async function () {
    requireServer(this, 'postgresql');
    url = await (await startPostgresql()).createDatabase();
    database = await openPostgresDatabase(url);
    store = await openStore(database);
  });
  after(() => database?.close());
  beforeEach(async () => {
    await emptyTables(database);
    const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: REP, readSince: daysLater(-1) };
    mailboxId = (await store.connectMailbox(mailbox)).id;
    await store.register([sampleRegistration(store, SENT)], NOW);
  });
  afterEach(() => {
    worker?.process.kill('SIGKILL');
    worker = undefined;
  });

  const sync = (): Promise<SyncSummary> => {
    const mailbox = mailboxWithAnswers();
    return syncMailbox(mailboxId, { store, ownSide: ownSideOf([]), mailboxOf: () => mailbox, now: () => NOW });
  };
  const replies = async (): Promise<number> => (await store.outboxDue(NOW, 99)).length;

  it('refuse what one of them stores that was stopped (SIGSTOP), overtaken, and woken again', async () => {
    worker = await startPausedWorker(url, mailboxId);
    worker.process.kill('SIGSTOP');
    expect(await sync()).to.deep.equal({ messages: 3, newReplies: 3, more: false });
    const overtaken = await store.mailbox(mailboxId);
    worker.process.kill('SIGCONT');
    expect(await worker.goOn()).to.equal('stored 0 messages and 0 replies');
    expect(await store.mailbox(mailboxId)).to.deep.equal(overtaken);
    expect(await replies()).to.equal(3);
    expect(await store.counts()).to.include({ seen: 3, matched: 3 });
  });

  it('find everything that one of them had read and not stored when it was killed', async () => {
    worker = await startPausedWorker(url, mailboxId);
    const ended = once(worker.process, 'exit');
    worker.process.kill('SIGKILL');
    await ended;
    expect(await replies()).to.equal(0);
    expect(await sync()).to.deep.equal({ messages: 3, newReplies: 3, more: false });
    expect(await store.counts()).to.include({ seen: 3, matched: 3 });
  });

  it('store a page once that two of them have read at once', async () => {
    worker = await startPausedWorker(url, mailboxId);
    const [own, other] = await Promise.all([sync(), worker.goOn()]);
    expect([own.messages, other].join()).to.be.oneOf([
      '3,stored 0 messages and 0 replies',
      '0,stored 3 messages and 3 replies',
    ]);
    expect(await replies()).to.equal(3);
    expect(await store.counts()).to.include({ seen: 3, matched: 3 });
  });
});
