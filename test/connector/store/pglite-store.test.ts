import { rm } from 'node:fs/promises';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { describeStoreContract } from '../../contract/store-contract.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

let folder: string | undefined;

describeStoreContract('PGlite', async () => {
  folder = await newDataFolder('store-');
  return openPgliteDatabase(folder);
});

after(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
});
