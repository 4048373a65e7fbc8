import { expect } from 'chai';

import type { Database, Sql } from '../../../connector/src/store/database.ts';
import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Store } from '../../../connector/src/store/store.ts';
import { emptyTables } from '../../contract/store-contract.ts';
import { NOW, REP, sampleMatch, samplePage, sampleRegistration, sampleWaiting } from '../../contract/store-samples.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';

const SENT = 'sent-1@seller.example';
const ANSWER = 'answer-1@buyer.example';
const SECOND_ANSWER = 'answer-2@buyer.example';

/** What a transaction sees, its own rows included. */
interface View {
  readonly knownIds: number;
  readonly waiting: number;
}

async function viewOf(sql: Sql): Promise<View> {
  const [view] = await sql.query<View>(
    `select (select count(*)::integer from known_id) as "knownIds",
       (select count(*)::integer from waiting_message) as waiting`,
  );
  return view!;
}

/** A transaction that has run all its statements and waits for leave to commit. */
interface OpenTransaction {
  readonly sees: View;
  commit(): Promise<void>;
}

/** A store whose transactions can be stopped just before they commit, each on a connection of its own. */
interface SteppedStore {
  readonly store: Store;
  upToCommit(work: (store: Store) => Promise<unknown>): Promise<OpenTransaction>;
}

async function steppedStore(database: Database): Promise<SteppedStore> {
  let beforeCommit: ((tx: Sql) => Promise<void>) | undefined;
  const store = await openStore({
    ...database,
    transaction: (work) => {
      const stop = beforeCommit;
      return database.transaction(async (tx) => {
        const result = await work(tx);
        await stop?.(tx);
        return result;
      });
    },
  });
  return {
    store,
    upToCommit: async (work) => {
      const leave = Promise.withResolvers<void>();
      const ready = Promise.withResolvers<View>();
      beforeCommit = async (tx) => {
        ready.resolve(await viewOf(tx));
        await leave.promise;
      };
      const done = work(store);
      beforeCommit = undefined;
      done.catch(ready.reject);
      const sees = await ready.promise;
      return { sees, commit: () => (leave.resolve(), done.then(() => undefined)) };
    },
  };
}

describe('a reply and the late registration of its mail on a PostgreSQL server', () => {
  let database: Database;
  let stepped: SteppedStore;
  let store: Store;
  let mailboxId: string;

  before(async function () {
    this.timeout(60_000);
    requireServer(this, 'postgresql');
    database = await openPostgresDatabase(await (await startPostgresql()).createDatabase());
    stepped = await steppedStore(database);
    store = stepped.store;
  });
  after(() => database?.close());
  beforeEach(async () => {
    await emptyTables(database);
    const mailbox = { provider: 'imap', address: 'rep@x', ownerId: REP, readSince: NOW };
    mailboxId = (await store.connectMailbox(mailbox)).id;
  });

  const page = (to: Store): Promise<unknown> =>
    to.commitPage(samplePage(mailboxId, { waiting: [sampleWaiting(to, mailboxId, ANSWER, [SENT])] }));
  const registration = (to: Store): Promise<unknown> => to.register([sampleRegistration(to, SENT)], NOW);
  const knowsTheMail = async (): Promise<boolean> => (await store.knownIds([store.digest(SENT)])).size > 0;
  const found = async (): Promise<string[]> => (await store.resolvedMessages(9)).map(({ digest }) => digest);

  it('find each other when the registration commits between the look-up and the commit of the page', async () => {
    expect(await knowsTheMail()).to.equal(false);
    const registering = await stepped.upToCommit(registration);
    expect(registering.sees).to.deep.equal({ knownIds: 1, waiting: 0 });
    await registering.commit();
    expect(await found()).to.deep.equal([]);
    await page(store);
    expect(await found()).to.deep.equal([store.digest(ANSWER)]);
  });

  it('find each other when the page commits while the registration is open', async () => {
    const registering = await stepped.upToCommit(registration);
    expect(registering.sees).to.deep.equal({ knownIds: 1, waiting: 0 });
    expect(await knowsTheMail()).to.equal(false);
    await page(store);
    expect(await found()).to.deep.equal([]);
    await registering.commit();
    expect(await found()).to.deep.equal([store.digest(ANSWER)]);
  });

  for (const first of ['page', 'registration'] as const) {
    it(`find each other when both are open at once and the ${first} commits first`, async () => {
      expect(await knowsTheMail()).to.equal(false);
      const paging = await stepped.upToCommit(page);
      const registering = await stepped.upToCommit(registration);
      // Neither sees the other: whatever the two compared before their commits, the reply would be lost.
      expect(paging.sees).to.deep.equal({ knownIds: 0, waiting: 1 });
      expect(registering.sees).to.deep.equal({ knownIds: 1, waiting: 0 });
      const [earlier, later] = first === 'page' ? [paging, registering] : [registering, paging];
      expect(await found()).to.deep.equal([]);
      await earlier.commit();
      expect(await found()).to.deep.equal([]);
      await later.commit();
      expect(await found()).to.deep.equal([store.digest(ANSWER)]);
    });
  }

  it('find each other when the join has begun before the later of them commits', async () => {
    const paging = await stepped.upToCommit(page);
    await registration(store);
    const joining = await stepped.upToCommit((to) => to.resolvedMessages(9));
    await paging.commit();
    await joining.commit();
    expect(await found()).to.deep.equal([store.digest(ANSWER)]);
  });

  it('find each other along a chain: the answer to an answer waits while the answer is being matched', async () => {
    await registration(store);
    const second = await stepped.upToCommit((to) =>
      to.commitPage(samplePage(mailboxId, { waiting: [sampleWaiting(to, mailboxId, SECOND_ANSWER, [ANSWER])] })),
    );
    const other = await store.connectMailbox({ provider: 'imap', address: 'b@x', ownerId: REP, readSince: NOW });
    await store.commitPage(samplePage(other.id, { matched: [sampleMatch(store, ANSWER, SENT)] }));
    expect(await found()).to.deep.equal([]);
    await second.commit();
    expect(await found()).to.deep.equal([store.digest(SECOND_ANSWER)]);
  });

  it('find each other, all of 200 pairs, while pages, registrations and joins run at once', async () => {
    const pairs = Array.from({ length: 200 }, (_, number) => ({ sent: `s${number}@x`, answer: `a${number}@x` }));
    await Promise.all(
      pairs.flatMap(({ sent, answer }, number) => [
        store.commitPage(samplePage(mailboxId, { waiting: [sampleWaiting(store, mailboxId, answer, [sent])] })),
        store.register([sampleRegistration(store, sent)], NOW),
        ...(number % 4 === 0 ? [store.resolvedMessages(1)] : []),
      ]),
    );
    const resolved = await store.resolvedMessages(1000);
    expect(resolved.map(({ reference }) => reference).sort()).to.deep.equal(
      pairs.map(({ answer }) => `INBOX/${answer}`).sort(),
    );
  });
});
