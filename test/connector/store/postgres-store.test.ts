import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { describeStoreContract } from '../../contract/store-contract.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';

describeStoreContract('a PostgreSQL server', async (context) => {
  requireServer(context, 'postgresql');
  return openPostgresDatabase(await (await startPostgresql()).createDatabase());
});
