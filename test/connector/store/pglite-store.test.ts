import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { describeStoreContract } from '../../contract/store-contract.ts';

let folder: string | undefined;

describeStoreContract('PGlite', async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  return openPgliteDatabase(folder);
});

after(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
});
