/**
 * A worker as a process of its own: reads one mailbox on the PostgreSQL database that its first argument names, and
 * stops between having read a page and storing it until a line comes in. Says each step in a line of its own.
 */
import { createInterface } from 'node:readline';

import { openPostgresDatabase } from '../../connector/src/store/postgres-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { mailboxWithAnswers } from './mailbox-with-answers.ts';

const [url = '', mailboxId = ''] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const store = await openStore(await openPostgresDatabase(url));
const mailbox = mailboxWithAnswers();
const { messages, newReplies } = await syncMailbox(mailboxId, {
  store,
  ownSide: ownSideOf([]),
  mailboxOf: () => ({
    ...mailbox,
    changesSince: async (cursor, limit) => {
      const page = await mailbox.changesSince(cursor, limit);
      process.stdout.write('read\n');
      await lines.next();
      return page;
    },
  }),
  now: () => new Date(),
});
process.stdout.write(`stored ${messages} messages and ${newReplies} replies\n`);
await store.close();
process.exit(0);
