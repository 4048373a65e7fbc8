/**
 * `npm run fuzz [-- --target NAME] [--runs N] [--seed S]`: sends N inputs through everything that reads what
 * strangers and providers write: `headers` of mails, answers of `gmail`, `graph`, `exchange`, `imap`, `salesforce` and of
 * those who issue `tokens`, and `notifications`. They are changed from inputs that reached code which none before had
 * reached, as V8's block coverage tells; the first ones are made of the examples of this repository. The same seed gives
 * the same inputs. Exits with 1 at the first input that throws, breaks a promise or takes longer than 50 ms, and prints
 * it in hex; one that does not come to an end ends the process after 20 s.
 */
import { parseArgs } from 'node:util';
import { addReached, countReached, reachesNew, startCoverage, type Coverage, type Reached } from './fuzz/coverage.ts';
import { createRandom, mutate, type Random } from './fuzz/mutate.ts';
import { TARGETS } from './fuzz/targets.ts';
import { watchForHangs } from './fuzz/watch-for-hangs.ts';

/** Inputs that run between two looks at the coverage, and those that run at full speed after these. */
const WATCHED = 2000;
const UNWATCHED = 98_000;
const MAX_MS = 50;
/** From then on an input counts as one that never ends. */
const HANG_MS = 20_000;

interface Run {
  readonly corpus: string[];
  readonly reached: Reached;
  readonly random: Random;
  slowestMs: number;
}

// Refusals are many, and nobody looks at where they came from.
Error.stackTraceLimit = 0;

const options = {
  target: { type: 'string', default: 'headers' },
  runs: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
} as const;
const flags = parseArgs({ options }).values;
const [runs, seed] = [Number(flags.runs), Number(flags.seed)];
const target = TARGETS[flags.target];
if (target === undefined)
  throw new Error(`There is no target ${flags.target}; there are ${Object.keys(TARGETS).join(', ')}.`);
const begins = await watchForHangs(HANG_MS, seed);
const run: Run = { corpus: target.seeds(), reached: new Map(), random: createRandom(seed), slowestMs: 0 };
const started = performance.now();
const seeds = run.corpus.length;
await explore(run.corpus, run);
for (let done = 0; done < runs; done += WATCHED + UNWATCHED) {
  await explore(inputs(Math.min(WATCHED, runs - done)), run);
  for (let count = Math.min(UNWATCHED, runs - done - WATCHED); count > 0; count--)
    await check(mutate(run.corpus, run.random, target.dialect));
}
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `fuzz: ${runs} inputs, seed ${seed}, ${seeds} seeds, ${run.corpus.length - seeds} kept for new code, ` +
    `${countReached(run.reached)} characters of code reached, slowest ${run.slowestMs.toFixed(1)} ms, ${seconds} s, 0 failures`,
);

function inputs(count: number): string[] {
  return Array.from({ length: count }, () => mutate(run.corpus, run.random, target!.dialect));
}

/** Runs inputs under coverage and keeps those that reach what none has reached before. */
async function explore(candidates: readonly string[], { corpus, reached }: Run): Promise<void> {
  const coverage = startCoverage(target!.code);
  const known = new Set(corpus);
  for (const input of await findNew(candidates, coverage, reached)) if (!known.has(input)) corpus.push(input);
  coverage.stop();
}

/** Halves the inputs until those that reach new blocks are found. */
async function findNew(candidates: readonly string[], coverage: Coverage, reached: Reached): Promise<string[]> {
  const found = await coverage.reachedBy(async () => {
    for (const input of candidates) await check(input);
  });
  if (!reachesNew(found, reached)) return [];
  if (candidates.length > 1) {
    const half = candidates.length >> 1;
    const first = await findNew(candidates.slice(0, half), coverage, reached);
    return [...first, ...(await findNew(candidates.slice(half), coverage, reached))];
  }
  addReached(found, reached);
  return [...candidates];
}

async function check(input: string): Promise<void> {
  const bytes = Buffer.from(input, 'latin1');
  begins(bytes);
  try {
    const ms = await timeOf(bytes);
    run.slowestMs = Math.max(run.slowestMs, ms);
    if (ms > MAX_MS) throw new Error(`took ${ms.toFixed(0)} ms, ${MAX_MS} are allowed`);
  } catch (error) {
    console.log(`fuzz: failed with seed ${seed}: ${String(error)}\n${bytes.toString('hex')}`);
    process.exit(1);
  }
}

/**
 * Milliseconds. An input that seems slow is tried again by processor time, which no other process has a part in, and
 * thrice, since some of that time may have gone into collecting what earlier inputs left.
 */
async function timeOf(bytes: Uint8Array): Promise<number> {
  const start = performance.now();
  await target!.check(bytes);
  let ms = performance.now() - start;
  for (let tries = 0; ms >= MAX_MS / 10 && tries < 3; tries++) {
    const used = process.cpuUsage();
    await target!.check(bytes);
    const { user, system } = process.cpuUsage(used);
    ms = Math.min(ms, (user + system) / 1000);
  }
  return ms;
}
