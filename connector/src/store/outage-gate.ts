import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './store-error.ts';

/** Between two tries to go on; it doubles up to the second, so that work goes on within seconds. */
const RETRY_MS = [500, 4_000] as const;

/** Nothing of the database can be used for a time, as while its disk is full. It is tried again by itself. */
export class DatabaseOutage extends StoreError {
  override readonly name = 'DatabaseOutage';
}

export interface OutageListener {
  readonly began?: (outage: DatabaseOutage) => void;
  readonly ended: () => void;
}

export interface OutageGateOptions {
  /** What a failure says about the database as a whole; undefined when it is about its statement alone. */
  readonly outageOf: (error: unknown) => DatabaseOutage | undefined;
  /** Tries to go on; rejects while that cannot be. No work is under way meanwhile that has passed the gate. */
  readonly recover: () => Promise<void>;
}

export interface OutageGate {
  /** Does the work, whose failure may begin an outage; during one it is refused at once with the `DatabaseOutage`. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Returns the end of that. */
  subscribe(listener: OutageListener): () => void;
  /** Gives an outage up; a try that is under way is waited for. */
  close(): Promise<void>;
}

/** Keeps everybody from a database that is of no use now, until one try every few seconds finds that it is. */
export function openOutageGate({ outageOf, recover }: OutageGateOptions): OutageGate {
  const listeners = new Set<OutageListener>();
  const closing = new AbortController();
  let outage: DatabaseOutage | undefined;
  let waiting = Promise.resolve();

  function begin(found: DatabaseOutage): void {
    outage = found;
    for (const { began } of listeners) began?.(found);
    waiting = recovered();
  }

  async function recovered(): Promise<void> {
    for (let wait: number = RETRY_MS[0]; !closing.signal.aborted; wait = Math.min(2 * wait, RETRY_MS[1])) {
      await sleep(wait, undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted || !(await succeeds(recover))) continue;
      outage = undefined;
      for (const { ended } of listeners) ended();
      return;
    }
  }

  return {
    pass: async (work) => {
      if (outage !== undefined) throw copyOf(outage);
      try {
        return await work();
      } catch (error) {
        const found = outageOf(error);
        if (found === undefined) throw error;
        if (outage === undefined) begin(copyOf(found));
        throw found;
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      closing.abort();
      await waiting;
    },
  };
}

/** Nobody is refused with what is kept: pg-boss writes into the message of an error that it gets. */
function copyOf({ message, actions }: DatabaseOutage): DatabaseOutage {
  return new DatabaseOutage(message, actions);
}

async function succeeds(attempt: () => Promise<void>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch {
    return false;
  }
}
