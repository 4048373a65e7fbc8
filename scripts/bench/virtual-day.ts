import type { Mailbox } from '../../connector/src/mailbox/mailbox.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { renewPush, sweepMailboxes, type Sweep } from '../../connector/src/sync/sweep-mailboxes.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import type { Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { OWNER_ID } from './sample-mail.ts';
import { openPglite } from './stores.ts';

export const REP = 'rep@seller.example';
/** Between two turns of the sweep. */
export const TICK_MS = 15_000;
export const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-02T08:00:00Z');

/** A clock that runs when it is told to. */
export interface VirtualClock {
  readonly now: () => Date;
  readonly forward: (milliseconds: number) => void;
}

export function virtualClock(): VirtualClock {
  let clock = START;
  return { now: () => new Date(clock), forward: (milliseconds) => void (clock += milliseconds) };
}

/** One mailbox on a virtual clock: the adapter on a stand-in, the store and the sweeps. */
export interface VirtualDay {
  readonly store: Store;
  readonly mailboxId: string;
  /** Lets time pass; the service does what it does meanwhile. */
  pass(milliseconds: number): Promise<void>;
  /** What a hint does. */
  told(): Promise<void>;
  /** When messages were committed, in order, by how many. */
  readonly commits: readonly { readonly at: number; readonly messages: number }[];
}

export async function startDay(
  mailbox: Mailbox,
  { now, forward }: VirtualClock,
  surroundings: Surroundings,
): Promise<VirtualDay> {
  const random = createRandom(1);
  const store = await openStore(await openPglite(surroundings));
  const row = { provider: 'virtual', address: REP, ownerId: OWNER_ID, readSince: now() };
  const { id } = await store.connectMailbox(row);
  surroundings.belongings.defer(() => mailbox.close());
  const commits: { at: number; messages: number }[] = [];
  const options = {
    ...{ store, ownSide: ownSideOf([]), now, mailboxOf: () => mailbox },
    onPage: ({ messages }: { readonly messages: number }) =>
      void (messages > 0 && commits.push({ at: now().getTime(), messages })),
  };
  const read = async (told: 'by the provider' | 'by nobody'): Promise<void> => {
    const { messages } = await syncMailbox(id, options);
    if (messages > 0) await store.recordNews(id, told);
  };
  const sweep: Sweep = {
    ...{ store, now, leastSeconds: 300, mailboxOf: () => mailbox, random: () => random.below(1_000) / 1_000 },
    wake: async (queue) => {
      if (queue === 'renew') await renewPush(id, { ...sweep, store });
      await read('by nobody');
    },
  };
  return {
    ...{ store, mailboxId: id, commits, told: () => read('by the provider') },
    pass: async (milliseconds) => {
      for (const end = now().getTime() + milliseconds; now().getTime() < end; forward(TICK_MS)) {
        await sweepMailboxes(sweep);
      }
    },
  };
}
