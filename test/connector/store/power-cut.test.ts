import { expect } from 'chai';
import fs, { copyFileSync, cpSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';

/** Commits of the test; a checkpoint comes after each third of them. */
const COMMITS = 45;
/** At every so manieth fsync the power is cut once. */
const FSYNCS_A_CUT = 8;
/** Bytes of one row, so that several pages of every file are written. */
const ROW_BYTES = 3000;

/** The disk at one instant: of each file what it held when it was last synced, and nothing else. */
interface Cut {
  readonly folder: string;
  /** Commits that had been acknowledged by then. */
  readonly acknowledged: number;
}

/**
 * Keeps a second folder beside the first in which a file changes only when it is synced: the worst that a power cut
 * leaves. Copies of it are taken every few fsyncs. Disposing it puts the file system back.
 */
function watchDisk(folder: string, shadow: string, acknowledged: () => number): Disposable & { readonly cuts: Cut[] } {
  const { fsyncSync } = fs;
  const cuts: Cut[] = [];
  let count = 0;
  fs.fsyncSync = (descriptor) => {
    fsyncSync(descriptor);
    const path = readlinkSync(`/proc/self/fd/${descriptor}`);
    if (!path.startsWith(folder) || !statSync(path).isFile()) return;
    const copy = join(shadow, relative(folder, path));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
    count += 1;
    if (count % FSYNCS_A_CUT !== 0) return;
    const cut = { folder: `${shadow}-${cuts.length}`, acknowledged: acknowledged() };
    cpSync(shadow, cut.folder, { recursive: true });
    cuts.push(cut);
  };
  syncBuiltinESMExports();
  return {
    cuts,
    [Symbol.dispose]() {
      fs.fsyncSync = fsyncSync;
      syncBuiltinESMExports();
    },
  };
}

describe('the embedded database when the power fails', function () {
  this.timeout(120_000);
  let root: string;

  before(function () {
    if (process.platform !== 'linux') this.skip();
    root = mkdtempSync(join(tmpdir(), 'power-cut-'));
  });

  after(() => root && rmSync(root, { recursive: true, force: true }));

  it('opens as the disk stood at any fsync, and holds every commit that was acknowledged by then', async () => {
    const [folder, shadow] = [join(root, 'data'), join(root, 'shadow')];
    const created = await openPgliteDatabase(folder);
    await created.execute('create table promise (number integer primary key, filling text)');
    await created.close();
    cpSync(folder, shadow, { recursive: true });

    let acknowledged = 0;
    const cuts = await (async () => {
      using disk = watchDisk(folder, shadow, () => acknowledged);
      const database = await openPgliteDatabase(folder);
      for (let number = 1; number <= COMMITS; number += 1) {
        await database.query('insert into promise values ($1, $2)', [number, 'x'.repeat(ROW_BYTES)]);
        acknowledged = number;
        if (number % (COMMITS / 3) === 0) await database.execute('checkpoint');
      }
      await database.close();
      return disk.cuts;
    })();

    expect(cuts.length).to.be.greaterThan(5);
    for (const cut of cuts) {
      const database = await openPgliteDatabase(cut.folder);
      const rows = await database.query<{ number: number }>('select number from promise order by number');
      await database.close();
      const numbers = rows.map(({ number }) => number);
      expect(numbers, cut.folder).to.deep.equal(Array.from({ length: numbers.length }, (_, place) => place + 1));
      expect(numbers.length, cut.folder).to.be.within(cut.acknowledged, cut.acknowledged + 1);
    }
  });
});
