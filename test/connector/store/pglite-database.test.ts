import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import { StoreError } from '../../../connector/src/store/store-error.ts';

const WRITER = join(import.meta.dirname, 'write-until-killed.ts');
const ENOUGH = 20;

/** Counts the calls of fsync that this process makes while `work` runs. */
async function countingFsync(work: () => Promise<void>): Promise<number> {
  const original = fs.fsyncSync;
  let calls = 0;
  fs.fsyncSync = (descriptor) => {
    calls += 1;
    original(descriptor);
  };
  syncBuiltinESMExports();
  try {
    await work();
    return calls;
  } finally {
    fs.fsyncSync = original;
    syncBuiltinESMExports();
  }
}

const refusalOf = async (folder: string): Promise<StoreError> => {
  const refusal: unknown = await openPgliteDatabase(folder).then(
    (database) => database.close(),
    (error: unknown) => error,
  );
  expect(refusal).to.be.instanceOf(StoreError);
  return refusal as StoreError;
};

describe('the embedded database', function () {
  this.timeout(120_000);
  let folder: string;
  let writer: ChildProcess | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pglite-'));
  });
  after(async () => {
    writer?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('refuses a folder at once that another process has, frees it when that is killed, and has all it acknowledged', async () => {
    writer = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: writer.stdout! })) {
      acknowledged.push(line);
      if (acknowledged.length === ENOUGH) {
        const refusal = await refusalOf(folder);
        expect(refusal.message).to.equal(`The data folder ${folder} is in use by another process.`);
        expect(refusal.actions.join(' ')).to.contain('Stop the connector').and.to.contain('DATABASE_URL');
        writer.kill('SIGKILL');
      }
    }
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');

    const store = await openStore(await openPgliteDatabase(folder));
    const addresses = (await store.mailboxes()).map(({ address }) => address);
    await store.close();
    expect(addresses).to.include.members(acknowledged);
  });

  it('syncs every commit to the disk', async () => {
    const database = await openPgliteDatabase(folder);
    expect(await database.query('show fsync')).to.deep.equal([{ fsync: 'on' }]);
    await database.query('create table sample (number integer)');
    const calls = await countingFsync(async () => {
      for (let number = 0; number < 10; number += 1) await database.query('insert into sample values ($1)', [number]);
    });
    await database.close();
    expect(calls).to.be.at.least(10);
  });

  it('keeps its log short while it is open, by a checkpoint that follows what was written', async () => {
    const database = await openPgliteDatabase(folder);
    const begun = await database.query<{ at: string }>('select redo_lsn as at from pg_control_checkpoint()');
    for (let number = 0; number < 200; number += 1) {
      await database.query("select pg_logical_emit_message(false, 'filling', repeat('x', 500000))");
    }
    const [ended] = await database.query<{ moved: boolean; behind: number }>(
      `select redo_lsn > $1::pg_lsn as moved, pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 as behind
       from pg_control_checkpoint()`,
      [begun[0]!.at],
    );
    await database.close();
    expect(ended).to.have.property('moved', true);
    expect(ended!.behind).to.be.lessThan(64 * 2 ** 20);
  });

  it('refuses a folder that this process has open already, and gives it back after closing', async () => {
    const database = await openPgliteDatabase(folder);
    expect((await refusalOf(folder)).message).to.contain('in use');
    await database.close();
    await (await openPgliteDatabase(folder)).close();
  });

  it('takes away what a process left there that was killed while it looked for room', async () => {
    const left = join(folder, 'room');
    fs.writeFileSync(left, 'x');
    await (await openPgliteDatabase(folder)).close();
    expect(fs.existsSync(left)).to.equal(false);
  });

  it('names a folder that cannot be used', async () => {
    const file = join(folder, 'a-file');
    fs.writeFileSync(file, '');
    expect((await refusalOf(file)).message).to.contain(file);
  });

  it('names a folder whose database cannot be opened, and lets go of it', async () => {
    const broken = join(folder, 'broken');
    fs.mkdirSync(broken);
    fs.writeFileSync(join(broken, 'postgres'), 'no folder');
    expect((await refusalOf(broken)).message).to.contain(`The database in ${broken} cannot be opened`);
    fs.rmSync(join(broken, 'postgres'));
    await (await openPgliteDatabase(broken)).close();
  });

  it('runs what comes while a transaction is open after it, and goes on after a script that failed halfway', async () => {
    const database = await openPgliteDatabase(folder);
    const order: string[] = [];
    await Promise.all([
      database.transaction(async (tx) => {
        await tx.query('select 1');
        order.push('transaction');
      }),
      database.query('select 1').then(() => order.push('query')),
      database.executeSql('begin; select no_such_column; commit').catch(() => order.push('script')),
      database.query('select 1').then(() => order.push('after')),
    ]);
    await database.close();
    expect(order).to.deep.equal(['transaction', 'query', 'script', 'after']);
  });

  it('rolls back a transaction whose work throws', async () => {
    const database = await openPgliteDatabase(folder);
    await database.query('create table rolled (number integer)');
    const outcome = await database
      .transaction(async (tx) => {
        await tx.query('insert into rolled values (1)');
        throw new StoreError('enough', []);
      })
      .catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(StoreError).with.property('message', 'enough');
    expect(await database.query('select * from rolled')).to.deep.equal([]);
    await database.close();
  });
});
