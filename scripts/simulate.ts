/** `npm run simulate -- --help` says what it does and how it is called. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BUGS, bugOf } from '../test/simulation/bugs.ts';
import type { Outcome } from '../test/simulation/simulate-seed.ts';
import { plantBug } from './simulate/plant-bug.ts';
import { runSeeds, type Totals } from './simulate/run-seeds.ts';

const HELP = `Runs the connector's own code against simulated mailboxes and a simulated org, on a virtual clock, with crashes,
pauses and faults drawn from a seed, and judges what came of it.

  npm run simulate -- --seeds 10000                 10,000 seeds from 1 on; ends with one line of totals
  npm run simulate -- --seeds 200000 --minutes 60   as many of them as fit into an hour
  npm run simulate -- --seed 4711                   one seed, with everything that happens
  npm run simulate -- --seeds 1000 --bug no-fence   with a bug planted, until it is found
  npm run simulate -- --bugs                        every bug, each in up to 1,000 seeds

  --seeds N    how many seeds (default 1,000; with --seed alone, that one)
  --seed S     the first seed (default 1)
  --bug NAME   ${BUGS.map(({ name }) => name).join(', ')}
  --bugs       says at which seed each bug is found
  --minutes M  begins no seed after this time
  --threads N  seeds at the same time (default 2)

Exit code: 0 when every promise held, and with --bugs when every bug was found; else 1.`;

const OPTIONS = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  bug: { type: 'string' },
  bugs: { type: 'boolean', default: false },
  minutes: { type: 'string' },
  threads: { type: 'string', default: '2' },
  help: { type: 'boolean', default: false },
} as const;

/** Violations after which a run has told enough. */
const ENOUGH = 10;
const PROGRESS_MS = 10_000;

const flags = readFlags();
const from = wholeNumber('seed', flags.seed ?? '1');
const count = wholeNumber('seeds', flags.seeds ?? '1000');
const threads = wholeNumber('threads', flags.threads);
const minutes = flags.minutes === undefined ? undefined : wholeNumber('minutes', flags.minutes);
const deadline = minutes === undefined ? undefined : Date.now() + minutes * 60_000;

if (flags.help) console.log(HELP);
else if (flags.bugs) process.exitCode = await findBugs();
else if (flags.seed !== undefined && flags.seeds === undefined) process.exitCode = await replay();
else process.exitCode = await run();

function readFlags() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    if (values.bug !== undefined) bugOf(values.bug);
    return values;
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  return misused(`--${name} takes a whole number, not ${text}.`);
}

function misused(words: string): never {
  console.error(`${words}\n\n${HELP}`);
  process.exit(64);
}

async function run(): Promise<number> {
  const { bug } = flags;
  const started = Date.now();
  const enough = bug === undefined ? ENOUGH : 1;
  const totals = await runSeeds({
    from,
    count,
    threads,
    bug,
    enough,
    deadline,
    onProgress: progressEvery(PROGRESS_MS),
    onViolation: tellViolation,
  });
  console.log(`simulate: ${totalsLine(totals)}, ${Math.round((Date.now() - started) / 1000)} s`);
  return totals.violations.length === 0 ? 0 : 1;
}

function tellViolation({ seed, violation }: Outcome): void {
  console.log(`seed ${seed}: ${violation!.invariant}: ${violation!.words}`);
  const planted = flags.bug === undefined ? '' : ` --bug ${flags.bug}`;
  console.log(`  replay it: npm run simulate -- --seed ${seed}${planted}`);
}

function totalsLine(totals: Totals): string {
  const { seeds, safety, replies, tasks, events, crashes, faults, restMinutes, violations } = totals;
  const figures = { seeds, replies, Tasks: tasks, events, crashes, faults };
  const words = Object.entries(figures).map(([name, figure]) => `${figure.toLocaleString('en')} ${name}`);
  const modes = `from ${from} (${safety.toLocaleString('en')} with faults to the end)`;
  return `${words[0]} ${modes}, ${words.slice(1).join(', ')}, at rest after at most ${restMinutes} min, ${violations.length} violations`;
}

function progressEvery(milliseconds: number): (totals: Totals) => void {
  let last = Date.now();
  return ({ seeds, violations }) => {
    if (Date.now() - last < milliseconds) return;
    last = Date.now();
    console.error(
      `  ${seeds.toLocaleString('en')} of ${count.toLocaleString('en')} seeds, ${violations.length} violations`,
    );
  };
}

/** Runs one seed again and tells everything that happens in it. */
async function replay(): Promise<number> {
  if (flags.bug !== undefined) plantBug(join(import.meta.dirname, '..'), bugOf(flags.bug));
  const { simulateSeed } = await import('../test/simulation/simulate-seed.ts');
  const { violation, ...totals } = await simulateSeed(from, { log: (line) => console.log(line) });
  console.log(`simulate: ${JSON.stringify(totals)}, ${violation === undefined ? 'no' : 'one'} violation`);
  return violation === undefined ? 0 : 1;
}

/** Plants one bug after the other. */
async function findBugs(): Promise<number> {
  let missed = 0;
  for (const { name, what } of BUGS) {
    const { violations } = await runSeeds({ from, count, threads, bug: name, enough: 1 });
    const [first] = violations;
    const found = first && `seed ${first.seed}: ${first.violation!.invariant}`;
    console.log(`${found ?? `NOT FOUND in ${count} seeds`}  ${name}: ${what}`);
    if (first === undefined) missed += 1;
  }
  console.log(`simulate: ${BUGS.length - missed} of ${BUGS.length} planted bugs found within ${count} seeds each`);
  return missed === 0 ? 0 : 1;
}
