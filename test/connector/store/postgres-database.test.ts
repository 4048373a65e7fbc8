import { expect } from 'chai';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import type { Database } from '../../../connector/src/store/database.ts';
import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import { DatabaseOutage } from '../../../connector/src/store/outage-gate.ts';
import { StoreError } from '../../../connector/src/store/store-error.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';

/** A way to the server that can be cut and laid again under the same port, as when the server ends and starts. */
interface Line {
  readonly port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

async function lineTo(target: number): Promise<Line> {
  const sockets = new Set<Socket>();
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far])
        sockets.add(socket.on('error', () => near.destroy(far.destroy().errored ?? undefined)));
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as { port: number };
  return {
    port,
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      sockets.clear();
      await closed;
    },
    mend: async () => {
      server = await listen(port);
    },
  };
}

/** A message of the server: its type, its length with itself, its body (PostgreSQL, "Message Formats"). */
function protocolMessage(type: string, body: Uint8Array): Buffer {
  const head = Buffer.from(`${type}....`, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/**
 * A server that answers one statement, and then ends as it lets a connection in, like one whose postmaster is killed at
 * that moment.
 */
async function endingServer(): Promise<{ readonly port: number; hasEnded(): boolean; close(): void }> {
  const authenticationOk = protocolMessage('R', Buffer.alloc(4));
  const readyForQuery = protocolMessage('Z', Buffer.from('I'));
  const commandComplete = protocolMessage('C', Buffer.from('SELECT 0\0'));
  const fields = ['SFATAL', 'C57P01', 'Mterminating connection due to unexpected postmaster exit', ''];
  const errorResponse = protocolMessage('E', Buffer.from(fields.map((field) => `${field}\0`).join('')));
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const answers =
      connections === 1
        ? [
            [authenticationOk, readyForQuery],
            [commandComplete, readyForQuery],
          ]
        : [[authenticationOk, readyForQuery, errorResponse]];
    socket
      .on('error', () => undefined)
      .on('data', () => {
        socket.write(Buffer.concat(answers.shift() ?? []));
        if (answers.length === 0) socket.end();
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { port, hasEnded: () => connections > 1, close: () => void server.close() };
}

const failureOf = async (attempt: Promise<unknown>): Promise<StoreError> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(StoreError);
  return error as StoreError;
};

describe('a database on a PostgreSQL server', () => {
  let url: URL;
  let database: Database | undefined;

  before(async function () {
    this.timeout(60_000);
    requireServer(this, 'postgresql');
    url = new URL(await (await startPostgresql()).createDatabase());
  });
  afterEach(async () => {
    await database?.close();
    database = undefined;
  });

  it('names host, port and database but no password when nobody listens', async () => {
    const line = await lineTo(Number(url.port));
    await line.cut();
    const gone = `postgres://rep:s3cret@127.0.0.1:${line.port}/replies`;
    const failure = await failureOf(openPostgresDatabase(gone));
    expect(failure.message).to.contain(`PostgreSQL at 127.0.0.1:${line.port}, database replies,`);
    expect(failure.actions.join()).to.contain('running and reachable');
    expect(JSON.stringify([failure.message, failure.actions])).not.to.contain('s3cret');
  });

  it('says that the database has to be created first', async () => {
    const failure = await failureOf(openPostgresDatabase(new URL('/no_such_database', url).href));
    expect(failure.message).to.contain('database no_such_database').and.to.contain('3D000');
    expect(failure.actions.join()).to.contain('Create the database first');
  });

  it('says how a URL is written', async () => {
    expect((await failureOf(openPostgresDatabase('localhost'))).actions.join()).to.contain('postgres://');
  });

  it('fails while the server is gone and works again, by itself, when it is back', async () => {
    const line = await lineTo(Number(url.port));
    database = await openPostgresDatabase(Object.assign(new URL(url), { port: String(line.port) }).href);
    const store = await openStore(database);
    await line.cut();
    const failure = await failureOf(store.counts());
    expect(failure.message).to.contain(`127.0.0.1:${line.port}`);
    expect(failure.actions.join()).to.contain('work resumes where it stopped');
    await line.mend();
    expect(await store.counts()).to.include({ seen: 0 });
    await store.close();
    database = undefined;
    await line.cut();
  });

  it('waits while the server takes no writes, as a standby, and goes on by itself once it does', async () => {
    const other = await (await startPostgresql()).createDatabase();
    const name = new URL(other).pathname.slice(1);
    const admin = (database = await openPostgresDatabase(url.href));
    const open = await openPostgresDatabase(other);
    const setReadOnly = (value: 'on' | 'off'): Promise<void> =>
      admin.execute(`alter database ${name} set default_transaction_read_only = ${value}`);
    try {
      await open.execute('create table kept (number integer)');
      const ended = new Promise<void>((resolve) => open.onOutage({ ended: resolve }));
      await setReadOnly('on');
      await admin.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [name]);
      const write = (): Promise<unknown> => open.transaction((tx) => tx.query('insert into kept values (1)'));
      // The first may still meet the connection that was ended.
      while (!((await failureOf(write())) instanceof DatabaseOutage));
      expect((await failureOf(open.query('select 1'))).message).to.contain('the server takes no writes');
      await setReadOnly('off');
      await ended;
      await write();
      expect(await open.query('select number from kept')).to.deep.equal([{ number: 1 }]);
    } finally {
      await open.close();
    }
  }).timeout(30_000);

  it('outlives a server that says in one packet that it is ready and that it ends', async () => {
    const ending = await endingServer();
    database = await openPostgresDatabase(`postgres://rep@127.0.0.1:${ending.port}/replies`);
    // The first connection may still count as open for a moment.
    while (!ending.hasEnded()) await failureOf(database.transaction((tx) => tx.query('select 1')));
    ending.close();
  });

  it('commits nothing of a transaction whose connection the server ends', async () => {
    const open = await openPostgresDatabase(url.href);
    database = open;
    await open.query('create table ended (number integer)');
    const failure = await failureOf(
      open.transaction(async (tx) => {
        await tx.query('insert into ended values (1)');
        const [session] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await open.query('select pg_terminate_backend($1, 5000)', [session!.pid]);
        await tx.query('insert into ended values (2)');
      }),
    );
    expect(failure.message).to.contain('127.0.0.1');
    expect(await open.query('select * from ended')).to.deep.equal([]);
  });

  it('runs both of two transactions that lock each other out', async () => {
    const open = await openPostgresDatabase(url.href);
    database = open;
    await open.execute(
      'create table account (id integer primary key, sum integer); insert into account values (1, 0), (2, 0)',
    );
    let firstRound = 0;
    const bothLocked = Promise.withResolvers<void>();
    const add = (order: readonly number[]): Promise<void> =>
      open.transaction(async (tx) => {
        for (const id of order) {
          await tx.query('update account set sum = sum + 1 where id = $1', [id]);
          firstRound += 1;
          if (firstRound >= 2) bothLocked.resolve();
          await bothLocked.promise;
        }
      });
    await Promise.all([add([1, 2]), add([2, 1])]);
    expect(await open.query('select sum from account')).to.deep.equal([{ sum: 2 }, { sum: 2 }]);
  });

  it('leaves the value out of a message that the server quotes it in', async () => {
    database = await openPostgresDatabase(url.href);
    const failure = await failureOf(database.query('select $1::uuid', ['a stranger wrote this']));
    expect(failure.message).to.contain('22P02').and.not.to.contain('stranger');
  });
});
