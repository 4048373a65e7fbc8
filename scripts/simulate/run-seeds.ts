import { Worker } from 'node:worker_threads';
import type { Outcome } from '../../test/simulation/simulate-seed.ts';
import type { ThreadData, ThreadNews } from './simulate-thread.ts';

export interface SeedRun {
  readonly from: number;
  readonly count: number;
  readonly threads: number;
  /** The name of a bug to plant. */
  readonly bug?: string | undefined;
  /** Violations after which no further seed is begun. */
  readonly enough: number;
  /** When no further seed is begun, in milliseconds since 1970. */
  readonly deadline?: number | undefined;
  readonly onProgress?: (totals: Totals) => void;
  /** Told of each at once. */
  readonly onViolation?: (outcome: Outcome) => void;
}

/** What a run came to. */
export interface Totals {
  seeds: number;
  safety: number;
  replies: number;
  tasks: number;
  events: number;
  crashes: number;
  faults: number;
  /** The longest time, in virtual minutes, from the last fault until everything was at rest. */
  restMinutes: number;
  readonly violations: Outcome[];
}

/** Simulates seeds on several threads at once. Rejects when a thread fails. */
export async function runSeeds(run: SeedRun): Promise<Totals> {
  const totals: Totals = {
    ...{ seeds: 0, safety: 0, replies: 0, tasks: 0, events: 0, crashes: 0, faults: 0, restMinutes: 0 },
    violations: [],
  };
  const { from, count, bug, deadline = Infinity } = run;
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  Atomics.store(next, 0, from);
  const data: ThreadData = { next, end: from + count, bug, deadline };
  const told = ({ outcomes }: ThreadNews): void => {
    for (const outcome of outcomes) add(totals, outcome, run.onViolation);
    if (totals.violations.length >= run.enough) Atomics.store(next, 0, from + count);
    run.onProgress?.(totals);
  };
  await Promise.all(Array.from({ length: run.threads }, () => runThread(data, told)));
  totals.violations.sort((a, b) => a.seed - b.seed);
  return totals;
}

function runThread(workerData: ThreadData, told: (news: ThreadNews) => void): Promise<void> {
  const thread = new Worker(new URL('./simulate-thread.ts', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    thread.on('message', told);
    thread.on('error', reject);
    thread.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A thread ended with ${code}.`))));
  });
}

function add(totals: Totals, outcome: Outcome, onViolation: SeedRun['onViolation']): void {
  totals.seeds += 1;
  totals.safety += outcome.mode === 'safety' ? 1 : 0;
  totals.replies += outcome.replies;
  totals.tasks += outcome.tasks;
  totals.events += outcome.events;
  totals.crashes += outcome.crashes;
  totals.faults += outcome.faults;
  totals.restMinutes = Math.max(totals.restMinutes, outcome.restMinutes ?? 0);
  if (outcome.violation === undefined) return;
  totals.violations.push(outcome);
  onViolation?.(outcome);
}
