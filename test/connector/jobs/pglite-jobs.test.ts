import { rm } from 'node:fs/promises';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { describeJobsContract } from '../../contract/jobs-contract.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

let folder: string | undefined;

describeJobsContract('PGlite', async () => {
  folder = await newDataFolder('jobs-');
  return openPgliteDatabase(folder);
});

after(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
});
