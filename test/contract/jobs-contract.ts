import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';

import { readDeadJobs } from '../../connector/src/jobs/dead-jobs.ts';
import { startJobs, type JobDatabase, type Jobs, type Work } from '../../connector/src/jobs/jobs.ts';
import { until as untilAnswered } from '../servers/poll.ts';
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

    const start = async (on: JobDatabase = database): Promise<Jobs> => {
      const engine = await startJobs(on, {
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

    it('names the job of a key by one id, to all who wake it while it waits and to whoever does it', async () => {
      const done: string[] = [];
      const first = await jobs.wake('sync', 'same');
      const second = await (await start()).wake('sync', 'same', { urgency: 'hint' });
      await jobs.work('sync', ({ id }) => Promise.resolve(void done.push(id)));
      await until('the work', () => done.length === 1);
      expect([first, second]).to.deep.equal([done[0], done[0]]);
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

    it('works first on what is urgent, and raises a queued job that becomes so', async () => {
      const done: string[] = [];
      for (const key of ['long', 'swept', 'told']) await jobs.wake('sync', key);
      await jobs.wake('sync', 'swept', { urgency: 'sweep' });
      await jobs.wake('sync', 'told', { urgency: 'hint' });
      await jobs.wake('sync', 'told', { urgency: 'sweep' });
      await jobs.work('sync', ({ key, urgency }) => {
        done.push(`${key}: ${urgency}`);
        return Promise.resolve();
      });
      await until('three keys', () => done.length === 3);
      expect(done).to.deep.equal(['told: hint', 'swept: sweep', 'long: backlog']);
    });

    it('keeps workers for what is urgent while all others are at long work', async () => {
      const gate = closedGate();
      const begun: string[] = [];
      await jobs.work(
        'sync',
        async ({ key }) => {
          begun.push(key);
          if (key.startsWith('long')) await gate.passed;
        },
        [{ workers: 1, only: 'hint' }, { workers: 2 }],
      );
      for (const key of ['long 1', 'long 2', 'long 3']) await jobs.wake('sync', key);
      await until('both workers', () => begun.length === 2);
      await jobs.wake('sync', 'told', { urgency: 'hint' });
      await until('the urgent key', () => begun.includes('told'));
      expect(begun).not.to.include('long 3');
      gate.open();
      await until('the rest', () => begun.includes('long 3'));
    });

    it('gives long work turns, between which other keys have theirs', async () => {
      const done: string[] = [];
      await jobs.wake('sync', 'long');
      await jobs.wake('sync', 'short');
      let turns = 0;
      await jobs.work('sync', ({ key }) => {
        done.push(key);
        if (key === 'short') return Promise.resolve();
        turns += 1;
        return Promise.resolve(turns < 3 ? { urgency: 'backlog' as const } : undefined);
      });
      await until('all turns', () => turns === 3 && done.includes('short'));
      expect(done).to.deep.equal(['long', 'short', 'long', 'long']);
    });

    it('does work later that asks for that, counts its tries, and wakes of it meanwhile wait along', async () => {
      const tries: number[] = [];
      let first = 0;
      await jobs.work('sync', async (job) => {
        tries.push(job.tries);
        first ||= Date.now();
        if (job.tries > 0) return undefined;
        await jobs.wake('sync', 'away', { urgency: 'hint' });
        return { urgency: 'sweep', afterMs: 1500 };
      });
      await jobs.wake('sync', 'away');
      await until('the first try', () => tries.length === 1);
      await jobs.wake('sync', 'away', { urgency: 'hint' });
      await until('the second try', () => tries.length === 2);
      expect(tries).to.deep.equal([0, 1]);
      expect(Date.now() - first).to.be.at.least(1500);
    });

    it('does at once what was to be done later when its cause has been repaired', async () => {
      const tries: number[] = [];
      await jobs.work('sync', (job) => {
        tries.push(job.tries);
        return Promise.resolve(job.tries === 0 ? { urgency: 'sweep' as const, afterMs: 3_600_000 } : undefined);
      });
      await jobs.wake('sync', 'repaired');
      await until('the first try', () => tries.length === 1);
      await pause(50);
      await jobs.wake('sync', 'repaired', { now: true });
      await until('the second try', () => tries.length === 2);
    });

    it('keeps what it gives up, with the reason, until somebody looks', async () => {
      const begun = new Date();
      await jobs.work('deliver', () => Promise.reject(new Error('a defect')));
      await jobs.wake('deliver', 'all');
      await until('the first failure', () => errors.length === 1);
      const toItsLastTry = `update pgboss.job set retry_count = retry_limit, start_after = now()
        where name = 'deliver' and state = 'retry' returning 1`;
      await untilAnswered('the retry', async () => (await database.query(toItsLastTry))[0]);
      await until('the last failure', () => errors.length === 2);
      const dead = await untilAnswered('the dead job', async () => (await readDeadJobs(database, begun))[0]);
      expect(dead).to.include({ queue: 'deliver', key: 'all', reason: 'a defect' });
      expect(await readDeadJobs(database, new Date())).to.deep.equal([]);
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

    it('takes over the key of a worker that has shown no sign of life for some seconds, and no other', async () => {
      await orphan(1);
      expect(await jobs.takeOver()).to.equal(0);
      await database.query("update pgboss.job set heartbeat_on = $1 where state = 'active'", [
        new Date(Date.now() - 6000),
      ]);
      expect(await jobs.takeOver()).to.equal(1);
      const done: string[] = [];
      await jobs.work('sync', into(done));
      await until('the orphan', () => done.includes('orphan'));
    });

    it('loses no work of a worker that has died, after whichever statement the one is killed that takes over', async () => {
      for (let statements = 0; statements < 4; statements += 1) {
        let left = Infinity;
        const dying = await start({
          ...database,
          executeSql: (...given) => {
            if (left === 0) return Promise.reject(new Error('killed'));
            left -= 1;
            return database.executeSql(...given);
          },
        });
        await orphan(60);
        left = statements;
        await dying.takeOver().catch(() => undefined);
        left = Infinity;
        await jobs.takeOver();
        const waiting = await database.query(
          "select 1 from pgboss.job where singleton_key = 'orphan' and state = 'created'",
        );
        expect(waiting, `after ${statements} statements`).to.have.lengthOf(1);
        await database.execute('delete from pgboss.job');
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
