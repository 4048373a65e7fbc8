import { expect } from 'chai';

import type { Database } from '../../../connector/src/store/database.ts';
import { DatabaseOutage } from '../../../connector/src/store/outage-gate.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { requireServer } from '../../servers/require-server.ts';
import { startSmallDisk, type SmallDisk } from '../../servers/small-disk.ts';

const MIB = 2 ** 20;

/** Bytes that each row adds to the log. */
const ROW_BYTES = MIB / 2;

/** Writes rows, numbered from here on, until one is refused; gives those that were acknowledged, and the refusal. */
async function writeUntilRefused(
  database: Database,
  from: number,
): Promise<{ readonly acknowledged: readonly number[]; readonly refusal: unknown }> {
  const acknowledged: number[] = [];
  for (let number = from; ; number += 1) {
    try {
      await database.transaction(async (tx) => {
        await tx.query("select pg_logical_emit_message(true, 'filling', repeat('x', $1))", [ROW_BYTES]);
        await tx.query('insert into promise values ($1)', [number]);
      });
      acknowledged.push(number);
    } catch (refusal) {
      return { acknowledged, refusal };
    }
  }
}

const outageEnds = (database: Database): Promise<void> =>
  new Promise((ended) => void database.onOutage({ began: () => undefined, ended }));

describe('the embedded database on a disk that is full', function () {
  this.timeout(120_000);
  let disk: SmallDisk;
  let database: Database;

  before(async function () {
    requireServer(this, 'small disk');
    disk = await startSmallDisk(160);
    database = await openPgliteDatabase(disk.folder);
    await database.execute('create table promise (number integer primary key); create table wide (filling text)');
  });
  after(async () => {
    await database?.close();
    await disk?.remove();
  });

  it('refuses everything at once when its log finds no room, and goes on by itself with all that it acknowledged', async () => {
    const began: string[] = [];
    database.onOutage({ began: ({ message }) => began.push(message), ended: () => undefined });
    await disk.fill(MIB);
    const { acknowledged, refusal } = await writeUntilRefused(database, 0);

    expect(refusal).to.be.instanceOf(DatabaseOutage);
    const words = `The database in ${disk.folder} cannot be used: no space is left on its disk.`;
    expect(refusal).to.have.property('message', words);
    expect((refusal as DatabaseOutage).actions.join(' '))
      .to.include('free 32 MB')
      .and.to.include('by itself');
    expect(began).to.deep.equal([words]);
    for (const work of [database.query('select 1'), database.executeSql('select 1')]) {
      const other: unknown = await work.catch((error: unknown) => error);
      expect(other).to.be.instanceOf(DatabaseOutage).and.to.have.property('message', words);
      // As pg-boss does with what it is refused with.
      (other as DatabaseOutage).message += ' (Queue: deliver)';
    }

    const ended = outageEnds(database);
    await disk.free();
    await ended;
    const rows = await database.query<{ number: number }>('select number from promise order by number');
    expect(acknowledged.length).to.be.greaterThan(0);
    expect(rows.map(({ number }) => number)).to.deep.equal(acknowledged);
  });

  it('goes on by itself after a table that could not grow', async () => {
    await disk.fill();
    const refusal: unknown = await database
      .query('insert into wide select repeat(md5(n::text), 40) from generate_series(1, 5000) as n')
      .catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(DatabaseOutage);
    const ended = outageEnds(database);
    await disk.free();
    await ended;
    expect(await database.query('select * from wide')).to.deep.equal([]);
  });

  it('is closed while it is full, and holds what it acknowledged when it is opened again', async () => {
    await disk.fill(MIB);
    const { acknowledged, refusal } = await writeUntilRefused(database, 1000);
    expect(refusal).to.be.instanceOf(DatabaseOutage);
    await database.close();
    await disk.free();
    database = await openPgliteDatabase(disk.folder);
    const rows = await database.query<{ number: number }>('select number from promise where number >= 1000 order by 1');
    expect(rows.map(({ number }) => number)).to.deep.equal(acknowledged);
  });
});
