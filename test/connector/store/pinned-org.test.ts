import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

describe('the org of a database', () => {
  let folder: string;
  before(async () => {
    folder = await newDataFolder('pinned-org-');
  });
  after(() => rm(folder, { recursive: true }));

  it('is the one that was pinned first, also after the database was opened again', async () => {
    const first = await openStore(await openPgliteDatabase(folder));
    expect(await first.pinnedOrg()).to.equal(undefined);
    const acme = { id: '00D000000000001EAA', name: 'Acme' };
    expect(await first.pinOrg({ id: acme.id, name: undefined })).to.deep.equal({ id: acme.id, name: undefined });
    expect(await first.pinOrg(acme)).to.deep.equal(acme);
    expect(await first.pinOrg({ id: acme.id, name: undefined })).to.deep.equal(acme);
    expect(await first.pinOrg({ id: '00D000000000002EAA', name: 'Other' })).to.deep.equal(acme);
    const { installationId } = first;
    await first.close();
    const second = await openStore(await openPgliteDatabase(folder));
    expect(await second.pinnedOrg()).to.deep.equal(acme);
    expect(second.installationId).to.equal(installationId);
    await second.close();
  });
});
