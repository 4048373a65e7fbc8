import { expect } from 'chai';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openPersonalData } from '../../../connector/src/store/personal-data.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import { describePersonalData } from '../../contract/personal-data-contract.ts';
import { NOW, sampleMail, sampleRegistration } from '../../contract/store-samples.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await newDataFolder('people-');
  folders.push(folder);
  return folder;
};

after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describePersonalData('PGlite', async () => openPgliteDatabase(await newFolder()));
describePersonalData('a PostgreSQL server', async (context) => {
  requireServer(context, 'postgresql');
  return openPostgresDatabase(await (await startPostgresql()).createDatabase());
});

describe('the folder of the embedded database', () => {
  /** The files of a folder that hold a text. */
  const filesWith = async (folder: string, text: string): Promise<string[]> => {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    const found = await Promise.all(paths.map(async (path) => (await readFile(path)).includes(text)));
    return paths.filter((_, place) => found[place]);
  };

  it('holds an erased person in no file, neither in a table nor in the log of changes', async function () {
    this.timeout(60_000);
    const folder = await newFolder();
    const database = await openPgliteDatabase(folder);
    const store = await openStore(database);
    const canary = 'canary.of.mary@buyer.example';
    const mail = sampleMail('sent@seller.example', { recipients: [{ address: canary, role: 'To' }] });
    await store.register([sampleRegistration(store, 'sent@seller.example', { mail, deliver: true })], NOW);
    await database.execute('checkpoint');
    expect(await filesWith(folder, canary)).to.not.deep.equal([]);
    await (await openPersonalData(database)).erase(canary, NOW);
    expect(await filesWith(folder, canary)).to.deep.equal([]);
    await database.close();
    expect(await filesWith(folder, canary)).to.deep.equal([]);
  });
});
