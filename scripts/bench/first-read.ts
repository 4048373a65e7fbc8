import { ImapFlow } from 'imapflow';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { READ_FIELDS } from '../../connector/src/mail/read-fields.ts';
import { openImapMailbox } from '../../connector/src/mailbox/imap/imap-mailbox.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { startDovecot, type Dovecot } from '../../test/servers/dovecot.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { makeHeaderBlocks } from './header-blocks.ts';
import { runRounds, type UnitCost } from './rounds.ts';
import { OWNER_ID, READ_SINCE, trackedId } from './sample-mail.ts';
import { median, rounded, ratioOfRounds, roundedRatio } from './statistics.ts';
import { engineOf, openPglite, registerTracked } from './stores.ts';

const MESSAGES = 10_000;
const TRACKED = 20_000;
const ROUNDS = 3;
/** The system user that owns Dovecot's mail folders: Debian's own. */
const MAIL_UID = 8;
/** Files that are written at the same time. */
const FILES_AT_ONCE = 64;
const BODY = `${'A line of a mail, as somebody might have written it to a sales rep.\r\n'.repeat(28)}`;

/** The rate of a first read from a real Dovecot beside that of a bare fetch of the same fields. */
export async function measureFirstRead(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('dovecot');
  if (missing !== undefined) return { skipped: missing };
  const { progress } = surroundings;
  const dovecot = await startDovecot();
  const database = await openPglite(surroundings);
  const store = await openStore(database);
  const tracked = scaled(TRACKED, surroundings);
  await registerTracked(store, tracked);
  const messages = scaled(MESSAGES, surroundings, 50);
  const costs = await runRounds(
    [
      { name: 'imapflow', run: (round) => fetchBare(dovecot, userOf(round)), repeatable: false },
      { name: 'connector', run: (round) => readFirst(dovecot, store, userOf(round)), repeatable: false },
    ],
    {
      rounds: scaled(ROUNDS, surroundings),
      atLeastMs: 0,
      // A mailbox is read for the first time only once, so that each round has its own; Dovecot has its index by then.
      prepare: async (round) => {
        progress(`round ${round}: writing ${messages} messages`);
        await fillInbox(dovecot, userOf(round), { messages, seed: 100 + round, tracked });
        await fetchBare(dovecot, userOf(round));
      },
    },
  );
  return measured(costs, { engine: await engineOf(database), messages, trackedInStore: tracked });
}

const userOf = (round: number): string => `bench${round}@example.test`;

/** Puts messages into the Maildir of a user before Dovecot first looks at it. */
async function fillInbox(
  dovecot: Dovecot,
  user: string,
  { messages, seed, tracked }: { messages: number; seed: number; tracked: number },
): Promise<void> {
  const folder = dovecot.mailFolder(user);
  const folders = ['', 'cur', 'new', 'tmp'].map((name) => join(folder, name));
  for (const path of folders) await mkdir(path, { recursive: true });
  for (const path of folders) await chown(path, MAIL_UID, MAIL_UID);
  const samples = makeHeaderBlocks({ count: messages, seed, trackedId, tracked });
  for (let first = 0; first < samples.length; first += FILES_AT_ONCE) {
    await Promise.all(
      samples.slice(first, first + FILES_AT_ONCE).map(async ({ bytes }, place) => {
        const file = join(folder, 'cur', `${1_772_500_000 + first + place}.M${first + place}P1.bench:2,S`);
        await writeFile(file, [bytes, BODY]);
        await chown(file, MAIL_UID, MAIL_UID);
      }),
    );
  }
}

/** Every message of the inbox with the fields that the connector reads, and nothing done with them. */
async function fetchBare({ host, port, password }: Dovecot, user: string): Promise<number> {
  const client = new ImapFlow({
    ...{ host, port, secure: false, auth: { user, pass: password }, logger: false },
    ...{ disableAutoIdle: true, disableCompression: true },
  });
  await client.connect();
  await client.mailboxOpen('INBOX', { readOnly: true });
  let count = 0;
  const query = { uid: true, internalDate: true, flags: true, headers: [...READ_FIELDS] };
  for await (const { headers } of client.fetch('1:*', query)) count += headers === undefined ? 0 : 1;
  await client.logout();
  return count;
}

/** What the connector does when a mailbox has just been connected. */
async function readFirst({ host, port, password }: Dovecot, store: Store, user: string): Promise<number> {
  const row = await store.connectMailbox({ provider: 'imap', address: user, ownerId: OWNER_ID, readSince: READ_SINCE });
  const credential = (): Promise<{ password: string }> => Promise.resolve({ password });
  const mailbox = openImapMailbox({ host, port, secure: false, user, credential });
  try {
    const ownSide = ownSideOf([row]);
    const options = { store, mailboxOf: () => mailbox, ownSide, now: () => new Date() };
    const { messages } = await syncMailbox(row.id, options);
    return messages;
  } finally {
    await mailbox.close();
  }
}

function measured(
  costs: ReadonlyMap<string, readonly UnitCost[]>,
  run: { engine: string; messages: number; trackedInStore: number },
): Measured {
  const wall = (name: string): number[] => costs.get(name)!.map(({ wallMicros }) => wallMicros);
  const cpu = (name: string): number => rounded(median(costs.get(name)!.map(({ cpuMicros }) => cpuMicros)));
  const rate = (name: string): number => Math.round(1e6 / median(wall(name)));
  const ratio = ratioOfRounds(wall('imapflow'), wall('connector'));
  return {
    ratio: rounded(ratio.median),
    words: `${rate('connector')} messages/s read, matched and committed, ${rate('imapflow')} fetched by imapflow alone`,
    detail: {
      what: 'login, every message of the inbox, logout; the connector also lists the folders, matches and commits page by page with fsync on; Dovecot has the fields in its cache for both',
      ...run,
      fields: READ_FIELDS.length,
      rounds: wall('connector').length,
      messagesPerSecond: { connector: rate('connector'), imapflow: rate('imapflow') },
      cpuMicrosPerMessage: { connector: cpu('connector'), imapflow: cpu('imapflow') },
      ratioOfRounds: roundedRatio(ratio),
    },
  };
}
