import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { describeJobsContract } from '../../contract/jobs-contract.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';

describeJobsContract('a PostgreSQL server', async (context) => {
  requireServer(context, 'postgresql');
  return openPostgresDatabase(await (await startPostgresql()).createDatabase());
});
