import type { Database } from '../../connector/src/store/database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { MailboxRow, Store } from '../../connector/src/store/store.ts';
import { decidePage } from '../../connector/src/sync/decide-page.ts';
import { gatherFacts } from '../../connector/src/sync/gather-facts.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { readMessage } from '../../connector/src/sync/read-message.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { makeHeaderBlocks, type HeaderBlockSample } from './header-blocks.ts';
import { countAnswers, createMemoryIndex, messageOf } from './pure-path.ts';
import { runRounds, type UnitCost } from './rounds.ts';
import { median, rounded, ratioOfRounds, roundedRatio } from './statistics.ts';
import { OWNER_ID, READ_SINCE, RECEIVED_AT, REP_ADDRESS, trackedId } from './sample-mail.ts';
import { engineOf, openPglite, openPostgresql, registerTracked } from './stores.ts';

/** Messages in one page and so in one transaction, as in the product. */
const PAGE_SIZE = 500;
const BLOCKS = 10_000;
const TRACKED_IN_MEMORY = 1_000_000;
/** Registering takes the store most of a minute for each million, so that it holds fewer than the index in memory. */
const TRACKED_IN_STORE = 100_000;
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
  const commit = pageCommitter(store, mailbox);
  let samples: readonly HeaderBlockSample[] = [];
  const costs = await runRounds(
    [
      { name: 'pure', run: () => countAnswers(samples, index).blocks, repeatable: true },
      { name: 'durable', run: () => commit(samples), repeatable: false },
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

/** Commits messages page by page as a mailbox is read, and returns how many there were. */
function pageCommitter(store: Store, mailbox: MailboxRow): (samples: readonly HeaderBlockSample[]) => Promise<number> {
  const ownSide = ownSideOf([mailbox]);
  let version = mailbox.cursorVersion;
  return async (samples) => {
    for (let first = 0; first < samples.length; first += PAGE_SIZE) {
      const page = samples.slice(first, first + PAGE_SIZE);
      const at = new Date();
      const messages = page.map(({ bytes }, place) =>
        readMessage(messageOf(bytes, `INBOX/${version}/${first + place}`, RECEIVED_AT)),
      );
      const facts = await gatherFacts(messages, mailbox, { store, ownSide, at });
      const { undecided, ...decision } = decidePage(messages, facts);
      if (undecided.length > 0) throw new Error('A message of the benchmark could not be decided.');
      const cursor = { expectedVersion: version, next: { version }, caughtUp: false };
      const outcome = await store.commitPage({ ...decision, mailboxId: mailbox.id, cursor, settled: [], at });
      if (!outcome.committed) throw new Error('A page of the benchmark was not committed.');
      version += 1;
    }
    return samples.length;
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
      what: 'durable: block -> fields -> ids, one look-up in the store a page, decision, one transaction a page with fsync on; pure: the same blocks matched against an index in memory',
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
