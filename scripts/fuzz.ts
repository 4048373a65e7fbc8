/**
 * `node scripts/fuzz.ts [--target headers|exchange] [--runs N] [--seed S]`: sends N inputs through everything that reads
 * header fields, or what an Exchange server answers. They are
 * changed from inputs that reached code which none before had reached, as V8's block coverage tells; the first ones are
 * made of the examples of this repository. The same seed gives the same inputs. Exits with 1 at the first input that
 * throws, breaks a promise or takes longer than 50 ms, and prints it in hex.
 */
import { parseArgs } from 'node:util';
import { checkExchange, exchangeSeeds } from './fuzz/check-exchange.ts';
import { checkHeaders } from './fuzz/check-headers.ts';
import { addReached, countReached, reachesNew, startCoverage, type Coverage, type Reached } from './fuzz/coverage.ts';
import { createRandom, mutate, type Random } from './fuzz/mutate.ts';
import { seedInputs } from './fuzz/seeds.ts';

const TARGETS = {
  headers: { code: ['/connector/src/mail/', '/connector/src/match/'], seeds: seedInputs, check: checkHeaders },
  exchange: { code: ['/connector/src/mailbox/ews/'], seeds: exchangeSeeds, check: checkExchange },
};
/** Inputs that run between two looks at the coverage, and those that run at full speed after these. */
const WATCHED = 2000;
const UNWATCHED = 98_000;
const MAX_MS = 50;

interface Run {
  readonly corpus: string[];
  readonly reached: Reached;
  readonly random: Random;
  slowestMs: number;
}

const options = {
  target: { type: 'string', default: 'headers' },
  runs: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
} as const;
const flags = parseArgs({ options }).values;
const [runs, seed] = [Number(flags.runs), Number(flags.seed)];
const target = TARGETS[flags.target === 'exchange' ? 'exchange' : 'headers'];
const run: Run = { corpus: target.seeds(), reached: new Map(), random: createRandom(seed), slowestMs: 0 };
const started = performance.now();
const seeds = run.corpus.length;
explore(run.corpus, run);
for (let done = 0; done < runs; done += WATCHED + UNWATCHED) {
  explore(inputs(Math.min(WATCHED, runs - done)), run);
  for (let count = Math.min(UNWATCHED, runs - done - WATCHED); count > 0; count--)
    check(mutate(run.corpus, run.random));
}
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `fuzz: ${runs} inputs, seed ${seed}, ${seeds} seeds, ${run.corpus.length - seeds} kept for new code, ` +
    `${countReached(run.reached)} characters of code reached, slowest ${run.slowestMs.toFixed(1)} ms, ${seconds} s, 0 failures`,
);

function inputs(count: number): string[] {
  return Array.from({ length: count }, () => mutate(run.corpus, run.random));
}

/** Runs inputs under coverage and keeps those that reach what none has reached before. */
function explore(candidates: readonly string[], { corpus, reached }: Run): void {
  const coverage = startCoverage(target.code);
  const known = new Set(corpus);
  for (const input of findNew(candidates, coverage, reached)) if (!known.has(input)) corpus.push(input);
  coverage.stop();
}

/** Halves the inputs until those that reach new blocks are found. */
function findNew(candidates: readonly string[], coverage: Coverage, reached: Reached): string[] {
  const found = coverage.reachedBy(() => candidates.forEach(check));
  if (!reachesNew(found, reached)) return [];
  if (candidates.length > 1) {
    const half = candidates.length >> 1;
    return [candidates.slice(0, half), candidates.slice(half)].flatMap((part) => findNew(part, coverage, reached));
  }
  addReached(found, reached);
  return [...candidates];
}

function check(input: string): void {
  const bytes = Buffer.from(input, 'latin1');
  try {
    const ms = timeOf(bytes);
    run.slowestMs = Math.max(run.slowestMs, ms);
    if (ms > MAX_MS) throw new Error(`took ${ms.toFixed(0)} ms, ${MAX_MS} are allowed`);
  } catch (error) {
    console.log(`fuzz: failed with seed ${seed}: ${String(error)}\n${bytes.toString('hex')}`);
    process.exit(1);
  }
}

/** Milliseconds; an input that seems slow is tried again by processor time, which no other process has a part in. */
function timeOf(bytes: Uint8Array): number {
  const start = performance.now();
  target.check(bytes);
  const ms = performance.now() - start;
  if (ms < MAX_MS / 10) return ms;
  const used = process.cpuUsage();
  target.check(bytes);
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1000;
}
