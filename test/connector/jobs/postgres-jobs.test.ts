import { expect } from 'chai';
import { startJobs } from '../../../connector/src/jobs/jobs.ts';
import { migrate } from '../../../connector/src/store/migrate.ts';
import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { describeJobsContract } from '../../contract/jobs-contract.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';

describeJobsContract('a PostgreSQL server', async (context) => {
  requireServer(context, 'postgresql');
  return openPostgresDatabase(await (await startPostgresql()).createDatabase());
});

describe('the job engines of processes that start together on a new database', function () {
  this.timeout(60_000);

  it('all start, and leave no session of theirs in a transaction that failed', async function () {
    requireServer(this, 'postgresql');
    const url = await (await startPostgresql()).createDatabase();
    const databases = await Promise.all(Array.from({ length: 8 }, () => openPostgresDatabase(url)));
    const errors: Error[] = [];
    await Promise.all(databases.map((database) => migrate(database)));
    const engines = await Promise.allSettled(
      databases.map((database) => startJobs(database, { onError: (error) => errors.push(error) })),
    );
    for (const engine of engines) if (engine.status === 'fulfilled') await engine.value.stop();
    await Promise.all(databases.map((database) => database.close()));
    expect(engines.filter(({ status }) => status === 'rejected')).to.deep.equal([]);
    expect(errors).to.deep.equal([]);
  });
});
