import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { describeJobsContract } from '../../contract/jobs-contract.ts';

let folder: string | undefined;

describeJobsContract('PGlite', async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  return openPgliteDatabase(folder);
});

after(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
});
