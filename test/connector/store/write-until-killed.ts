/** A process of its own that connects mailboxes in a data folder and names each on standard output once it is stored. */
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';

const store = await openStore(await openPgliteDatabase(process.argv[2]!));
const readSince = new Date('2026-03-02T09:00:00.000Z');
for (let number = 1; ; number += 1) {
  await store.connectMailbox({ provider: 'imap', address: `${number}@x`, ownerId: 'rep', readSince });
  process.stdout.write(`${number}@x\n`);
}
