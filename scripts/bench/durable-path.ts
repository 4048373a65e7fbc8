import { setImmediate } from 'node:timers/promises';
import type { ImapCursor } from '../../connector/src/mailbox/imap/imap-cursor.ts';
import type { Cursor, Mailbox, MailboxMessage } from '../../connector/src/mailbox/mailbox.ts';
import type { Database } from '../../connector/src/store/database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { MailboxRow, Store } from '../../connector/src/store/store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { PAGE_SIZE } from '../../connector/src/sync/page-reader.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { makeHeaderBlocks, type HeaderBlockSample } from './header-blocks.ts';
import { countAnswers, createMemoryIndex, messageOf } from './pure-path.ts';
import { runRounds, type UnitCost } from './rounds.ts';
import { median, rounded, ratioOfRounds, roundedRatio } from './statistics.ts';
import { OWNER_ID, READ_SINCE, RECEIVED_AT, REP_ADDRESS, trackedId } from './sample-mail.ts';
import { engineOf, openPglite, openPostgresql, registerTracked } from './stores.ts';

const BLOCKS = 10_000;
const TRACKED_IN_MEMORY = 1_000_000;
/** Registering takes the store most of a minute for each million, so that it holds fewer than the index in memory. */
const TRACKED_IN_STORE = 100_000;
/** Messages that a connection gives at once, as a rule: some hundred kilobytes. */
const AT_ONCE = 100;
const ROUNDS = 5;
const AT_LEAST_MS = 500;

/** The rate of the durable path on a real PostgreSQL beside that of the pure path. */
export async function measureOnPostgresql(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('postgresql');
  return missing === undefined ? measure(surroundings, openPostgresql) : { skipped: missing };
}

/** The same on the embedded database. */
export function measureOnPglite(surroundings: Surroundings): Promise<Measured> {
  return measure(surroundings, openPglite);
}

type Open = (surroundings: Surroundings) => Promise<Database>;

async function measure(surroundings: Surroundings, open: Open): Promise<Measured> {
  const { progress } = surroundings;
  const database = await open(surroundings);
  const store = await openStore(database);
  const tracked = scaled(TRACKED_IN_STORE, surroundings);
  progress(`registering ${tracked} tracked mails`);
  await registerTracked(store, tracked);
  await database.execute('vacuum analyze');
  const index = createMemoryIndex(scaled(TRACKED_IN_MEMORY, surroundings));
  const mailbox = await store.connectMailbox({
    ...{ provider: 'imap', address: REP_ADDRESS, ownerId: OWNER_ID },
    readSince: READ_SINCE,
  });
  const read = mailboxReader(store, mailbox);
  let samples: readonly HeaderBlockSample[] = [];
  const costs = await runRounds(
    [
      { name: 'pure', run: () => countAnswers(samples, index).blocks, repeatable: true },
      { name: 'durable', run: (round) => read(samples, round), repeatable: false },
    ],
    {
      rounds: scaled(ROUNDS, surroundings),
      atLeastMs: scaled(AT_LEAST_MS, surroundings),
      // Every round reads mail that the store has never seen.
      prepare: (round) => {
        samples = makeHeaderBlocks({ count: scaled(BLOCKS, surroundings, 50), seed: round + 2, trackedId, tracked });
      },
      onRound: (round) => progress(`round ${round}`),
    },
  );
  const messages = samples.length;
  return measured(costs, { engine: await engineOf(database), trackedInStore: tracked, messages });
}

/** Lets the product read a mailbox that hands out these messages, and returns how many there were. */
function mailboxReader(
  store: Store,
  mailbox: MailboxRow,
): (samples: readonly HeaderBlockSample[], round: number) => Promise<number> {
  const ownSide = ownSideOf([mailbox]);
  return async (samples, round) => {
    const { messages } = await syncMailbox(mailbox.id, {
      store,
      ownSide,
      mailboxOf: () => mailboxOfBlocks(samples, round),
      now: () => new Date(),
      onUndecided: ({ fault }) => {
        throw new Error('A message of the benchmark could not be decided.', { cause: fault });
      },
    });
    if (messages !== samples.length) throw new Error(`Of ${samples.length} messages ${messages} were read.`);
    return messages;
  };
}

/** A mailbox in memory that parses blocks when it is asked for them, page by page, and can do nothing else. */
function mailboxOfBlocks(samples: readonly HeaderBlockSample[], round: number): Mailbox {
  const unused = (): Promise<never> => Promise.reject(new Error('The benchmark has no use for this.'));
  const place = (lastUid: number): ImapCursor => ({
    ...{ provider: 'imap', version: 1, since: READ_SINCE.toISOString() },
    folders: { INBOX: { uidValidity: String(round), lastUid, datedUpTo: samples.length } },
  });
  const lastUidOf = (cursor: Cursor): number => {
    const inbox = cursor.provider === 'imap' ? cursor.folders['INBOX'] : undefined;
    // A later round finds the place at which the one before it ended.
    return inbox?.uidValidity === String(round) ? inbox.lastUid : 0;
  };
  return {
    openingCursor: () => Promise.resolve(place(0)),
    changesSince: async (cursor, limit) => {
      const first = lastUidOf(cursor);
      const end = Math.min(first + limit, samples.length);
      const messages: MailboxMessage[] = [];
      for (let uid = first; uid < end; uid += 1) {
        messages.push(messageOf(samples[uid]!.bytes, `${round}.${uid + 1}.INBOX`, RECEIVED_AT));
        // What comes over a connection comes piece by piece.
        if (messages.length % AT_ONCE === 0) await setImmediate();
      }
      return { messages, cursor: place(end), caughtUp: end === samples.length };
    },
    ...{ survey: unused, read: unused, readReport: unused, waitForChange: unused, close: unused },
  };
}

function measured(
  costs: ReadonlyMap<string, readonly UnitCost[]>,
  run: { engine: string; trackedInStore: number; messages: number },
): Measured {
  const wall = (name: string): number[] => costs.get(name)!.map(({ wallMicros }) => wallMicros);
  const cpu = (name: string): number => rounded(median(costs.get(name)!.map(({ cpuMicros }) => cpuMicros)));
  const rate = (name: string): number => Math.round(1e6 / median(wall(name)));
  const ratio = ratioOfRounds(wall('pure'), wall('durable'));
  return {
    ratio: rounded(ratio.median),
    words: `${rate('durable')} messages/s durable, ${rate('pure')} pure (${run.engine})`,
    detail: {
      what: 'durable: the product reads a mailbox in memory: block -> fields -> ids, one look-up in the store a page, decision, one transaction a page with fsync on, join with what waits; pure: the same blocks matched against an index in memory',
      ...run,
      pageSize: PAGE_SIZE,
      trackedInMemory: TRACKED_IN_MEMORY,
      rounds: wall('pure').length,
      messagesPerSecond: { pure: rate('pure'), durable: rate('durable') },
      cpuMicrosPerMessage: { pure: cpu('pure'), durable: cpu('durable') },
      ratioOfRounds: roundedRatio(ratio),
    },
  };
}
