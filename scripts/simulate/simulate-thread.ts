import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { bugOf } from '../../test/simulation/bugs.ts';
import type { Outcome } from '../../test/simulation/simulate-seed.ts';
import { plantBug } from './plant-bug.ts';

/** What a thread is given: the next seed of all threads, where they end, and what is planted. */
export interface ThreadData {
  readonly next: Int32Array;
  readonly end: number;
  readonly bug: string | undefined;
  readonly deadline: number;
}

export interface ThreadNews {
  readonly outcomes: readonly Outcome[];
}

/** Between two messages to whoever counts. */
const TELL_MS = 1_000;

// Faults are thrown by the thousand and nobody looks where: a replay of the seed says it.
Error.stackTraceLimit = 0;

const { next, end, bug, deadline } = workerData as ThreadData;
if (bug !== undefined) plantBug(join(import.meta.dirname, '../..'), bugOf(bug));
const { simulateSeed } = await import('../../test/simulation/simulate-seed.ts');

let outcomes: Outcome[] = [];
let toldAt = Date.now();
for (let seed = Atomics.add(next, 0, 1); seed < end && Date.now() < deadline; seed = Atomics.add(next, 0, 1)) {
  const outcome = await simulateSeed(seed);
  outcomes.push(outcome);
  if (outcome.violation !== undefined || Date.now() - toldAt >= TELL_MS) tell();
}
tell();

function tell(): void {
  if (outcomes.length > 0) parentPort?.postMessage({ outcomes } satisfies ThreadNews);
  outcomes = [];
  toldAt = Date.now();
}
