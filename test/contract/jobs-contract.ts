import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';

import { startJobs, type Jobs, type Work } from '../../connector/src/jobs/jobs.ts';
import type { Database } from '../../connector/src/store/database.ts';

const DEADLINE_MS = 15_000;

/** Waits until the condition holds; fails with the name of what did not happen. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`did not happen: ${what}`);
    await pause(5);
  }
}

/** A gate that work stops at until the test opens it. */
interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}
function closedGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: () => resolve() };
}

/** Work that only notes its keys. */
function into(list: string[], before = ''): Work {
  return ({ key }) => {
    list.push(before + key);
    return Promise.resolve();
  };
}

/**
 * What the job engine promises, whichever database it stands on. `openDatabase` gives a database for the whole suite;
 * it may skip the suite through the context when the server that it needs is absent.
 */
export function describeJobsContract(name: string, openDatabase: (context: Mocha.Context) => Promise<Database>): void {
  describe(`jobs on ${name}`, () => {
    let database: Database;
    let jobs: Jobs;
    let errors: string[];
    const started: Jobs[] = [];

    const start = async (): Promise<Jobs> => {
      const engine = await startJobs(database, {
        onError: (error) => errors.push(error.message),
        retryDelaySeconds: 1,
      });
      started.push(engine);
      return engine;
    };

    before(async function () {
      this.timeout(60_000);
      database = await openDatabase(this);
    });
    after(() => database?.close());
    beforeEach(async () => {
      errors = [];
      jobs = await start();
      await database.execute('delete from pgboss.job');
    });
    afterEach(async () => {
      for (const engine of started.splice(0)) await engine.stop();
    });

    it('does the work of each key that was woken', async () => {
      const done: string[] = [];
      await jobs.work('sync', into(done));
      for (const key of ['1', '2', '3']) await jobs.wake('sync', key);
      await until('three keys', () => done.length === 3);
      expect(done).to.have.members(['1', '2', '3']);
    });

    it('keeps the queues apart', async () => {
      const done: string[] = [];
      await jobs.work('deliver', into(done, 'deliver '));
      await jobs.work('sweep', into(done, 'sweep '));
      await jobs.wake('deliver', 'all');
      await jobs.wake('sweep', 'all');
      await until('both queues', () => done.length === 2);
      expect(done).to.have.members(['deliver all', 'sweep all']);
    });

    it('takes many wakes of one key, while it waits, as one', async () => {
      const done: string[] = [];
      for (let wakes = 0; wakes < 20; wakes += 1) await jobs.wake('sync', 'same');
      await jobs.wake('sync', 'other');
      await jobs.work('sync', into(done));
      await until('both keys', () => done.includes('other') && done.includes('same'));
      expect(done).to.deep.equal(['same', 'other']);
    });

    it('works on a key again that was woken during the work, and never twice at once', async () => {
      const gate = closedGate();
      let active = 0;
      let most = 0;
      let runs = 0;
      await jobs.work(
        'sync',
        async () => {
          active += 1;
          most = Math.max(most, active);
          runs += 1;
          await gate.passed;
          active -= 1;
        },
        [{ workers: 3 }],
      );
      await jobs.wake('sync', 'same');
      await until('the first run', () => runs === 1);
      await jobs.wake('sync', 'same');
      await jobs.wake('sync', 'same');
      gate.open();
      await until('the second run', () => runs === 2 && active === 0);
      expect(most).to.equal(1);
    });

    it('works on as many keys at once as it has workers', async () => {
      const gate = closedGate();
      const active: string[] = [];
      await jobs.work(
        'sync',
        async ({ key }) => {
          active.push(key);
          await gate.passed;
        },
        [{ workers: 2 }],
      );
      for (const key of ['1', '2', '3']) await jobs.wake('sync', key);
      await until('two workers', () => active.length === 2);
      gate.open();
      await until('the third key', () => active.length === 3);
    });

    it('tries work that failed again and tells of the failure', async () => {
      let runs = 0;
      await jobs.work('sync', () => {
        runs += 1;
        return runs === 1 ? Promise.reject(new Error('the provider is away')) : Promise.resolve();
      });
      await jobs.wake('sync', 'mailbox');
      await until('the retry', () => runs === 2);
      expect(errors).to.deep.equal(['the provider is away']);
    });

    it('goes on with other keys while one fails', async () => {
      const done: string[] = [];
      await jobs.work('sync', ({ key }) => {
        if (key === 'bad') return Promise.reject(new Error('no'));
        done.push(key);
        return Promise.resolve();
      });
      await jobs.wake('sync', 'bad');
      await jobs.wake('sync', 'good');
      await until('the good key', () => done.includes('good'));
    });

    it('wakes a scheduled key at once and again after its time', async () => {
      let runs = 0;
      await jobs.work('sweep', () => Promise.resolve(void (runs += 1)));
      jobs.schedule('sweep', 'all', 1);
      await until('two runs', () => runs >= 2);
      jobs.unschedule('sweep', 'all');
    });

    it('wakes a key that two processes have scheduled once for both', async () => {
      const second = await start();
      const runs: string[] = [];
      for (const engine of [jobs, second]) await engine.work('sweep', into(runs));
      for (const engine of [jobs, second]) engine.schedule('sweep', 'all', 3600);
      await jobs.wake('sweep', 'last');
      await until('the last key', () => runs.includes('last') && runs.includes('all'));
      expect(runs.filter((key) => key === 'all')).to.have.lengthOf(1);
    });

    it('lets running work end when it stops, and leaves what is queued to the next start', async () => {
      const gate = closedGate();
      const done: string[] = [];
      await jobs.work('sync', async ({ key }) => {
        done.push(`begin ${key}`);
        await gate.passed;
        done.push(`end ${key}`);
      });
      await jobs.wake('sync', 'running');
      await until('the begin', () => done.length === 1);
      await jobs.wake('sync', 'queued');
      const stopped = jobs.stop();
      gate.open();
      await stopped;
      expect(done).to.deep.equal(['begin running', 'end running']);
      const next = await start();
      await next.work('sync', into(done));
      await until('the queued key', () => done.includes('queued'));
    });

    it('ends work through its signal when the time to drain is over, and does it again after the next start', async () => {
      let begun = false;
      let aborted = false;
      await jobs.work('sync', ({ signal }) => {
        begun = true;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('stopped'));
          });
        });
      });
      await jobs.wake('sync', 'endless');
      await until('the start of the work', () => begun);
      await jobs.stop({ drainMs: 1000 });
      expect(aborted).to.equal(true);
      const done: string[] = [];
      await (await start()).work('sync', into(done));
      await until('the second attempt', () => done.includes('endless'));
    });

    /** What a process leaves behind that was killed while it worked on a key, that long after its last sign of life. */
    const orphan = async (seconds: number): Promise<void> => {
      await jobs.wake('sync', 'orphan');
      await database.query(
        `update pgboss.job set state = 'active', started_on = $1, heartbeat_on = $1 where singleton_key = 'orphan'`,
        [new Date(Date.now() - seconds * 1000)],
      );
    };

    it('frees at its start, where no other process can be at work, the keys that a killed one was at', async () => {
      await orphan(0);
      const next = await start();
      const active = await database.query("select 1 from pgboss.job where state = 'active'");
      expect(active).to.have.lengthOf(database.engine === 'pglite' ? 0 : 1);
      await next.wake('sync', 'orphan');
      const done: string[] = [];
      if (database.engine === 'pglite') {
        await next.work('sync', into(done));
        await until('the orphan', () => done.includes('orphan'));
      }
    });

    it('gives the key of a worker that shows no sign of life to another', async function () {
      this.timeout(60_000);
      await orphan(60);
      const done: string[] = [];
      await jobs.work('sync', into(done));
      await until('the orphan', () => done.includes('orphan'));
    });
  });
}
