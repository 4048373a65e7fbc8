/**
 * One worker of the benchmark `workers`, as a process of its own: takes the mailboxes that are queued on the PostgreSQL
 * database of its first argument, in turns of some pages, as the service does. Says when it is ready, and works until
 * its standard input ends.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { startJobs } from '../../connector/src/jobs/jobs.ts';
import type { HeaderBlock } from '../../connector/src/mail/header-field.ts';
import type { ImapCursor } from '../../connector/src/mailbox/imap/imap-cursor.ts';
import type { Cursor, Mailbox } from '../../connector/src/mailbox/mailbox.ts';
import { openPostgresDatabase } from '../../connector/src/store/postgres-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { READ_SINCE, RECEIVED_AT, trackedId } from './sample-mail.ts';

const [url = '', workers = '1', latencyMs = '50', pageSize = '5'] = process.argv.slice(2);
const TURN_PAGES = 4;
/** Of so many messages one answers a tracked mail. */
const ANSWERS_ONE_IN = 30;

const database = await openPostgresDatabase(url);
const store = await openStore(database);
const jobs = await startJobs(database, {
  onError: (error) => process.stderr.write(`${error.stack ?? error.message}\n`),
});
await jobs.work(
  'sync',
  async ({ key }) => {
    const options = { store, ownSide: ownSideOf([]), mailboxOf: endlessMailbox, now: () => new Date() };
    const { more } = await syncMailbox(key, { ...options, pages: TURN_PAGES });
    return more ? { urgency: 'backlog' } : undefined;
  },
  [{ workers: Number(workers) }],
);
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
process.exit(0);

/** A mailbox that never ends, each call of which takes as long as one over the network. */
function endlessMailbox(id: string): Mailbox {
  const unused = (): Promise<never> => Promise.reject(new Error('The benchmark has no use for this.'));
  const place = (lastUid: number): ImapCursor => ({
    ...{ provider: 'imap', version: 1, since: READ_SINCE.toISOString() },
    folders: { INBOX: { uidValidity: '1', lastUid, datedUpTo: 0 } },
  });
  const lastUidOf = (cursor: Cursor): number =>
    cursor.provider === 'imap' ? (cursor.folders['INBOX']?.lastUid ?? 0) : 0;
  return {
    openingCursor: () => Promise.resolve(place(0)),
    changesSince: async (cursor) => {
      await pause(Number(latencyMs));
      const first = lastUidOf(cursor);
      const uids = Array.from({ length: Number(pageSize) }, (_, offset) => first + 1 + offset);
      const messages = uids.map((uid) => ({
        ...{ reference: `1.${uid}.INBOX`, folder: 'other' as const, receivedAt: RECEIVED_AT },
        fields: fieldsOf(id, uid),
      }));
      return { messages, cursor: place(first + uids.length), caughtUp: false };
    },
    ...{ survey: unused, read: unused, readReport: unused, waitForChange: unused, close: unused },
  };
}

function fieldsOf(mailbox: string, uid: number): HeaderBlock {
  const block: HeaderBlock = [
    ['From', 'Ana Lopez <ana@buyer.example>'],
    ['Subject', 'Re: Our offer'],
    ['Message-ID', `<answer-${uid}.${mailbox}@buyer.example>`],
  ];
  return uid % ANSWERS_ONE_IN === 0 ? [...block, ['In-Reply-To', `<${trackedId(uid % 1000)}>`]] : block;
}
