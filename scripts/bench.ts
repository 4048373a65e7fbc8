/**
 * `npm run bench [-- --json] [--only NAME] [--strict] [--scale NUMBER]`: how fast the connector is, each figure as a
 * ratio of two things that are measured side by side on this machine.
 */
import { parseArgs } from 'node:util';
import { ActionableError } from '../connector/src/errors.ts';
import { stopServers } from '../test/servers/server-process.ts';
import { reachesGoal, type Benchmark, type Measured, type Skipped } from './bench/benchmark.ts';
import { durablePglite, durablePostgresql } from './bench/durable-path.ts';
import { imapFirstRead } from './bench/first-read.ts';
import { headerPath } from './bench/header-path.ts';
import { salesforceCalls } from './bench/salesforce-calls.ts';
import { submitToTask } from './bench/submit-to-task.ts';
import { formatTable, type TableRow } from './bench/print-table.ts';

const BENCHMARKS: readonly Benchmark[] = [
  headerPath,
  durablePostgresql,
  durablePglite,
  imapFirstRead,
  salesforceCalls,
  submitToTask,
];

const USAGE = `usage: npm run bench [-- [--json] [--only NAME]... [--strict] [--scale NUMBER]]

  --json           print an array of {"name", "ratio", "direction", "goal", "detail"} instead of the table;
                   a benchmark that cannot be run here has the ratio null and "skipped" in its detail
  --only NAME      run only this benchmark; may be repeated
  --strict         exit with 1 when a goal is missed; without it, figures are only shown
  --scale NUMBER   multiply the amounts of work, for a quick look; the goals are meant for 1

Benchmarks:
${BENCHMARKS.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`).join('\n')}
`;

const EX_USAGE = 64;

interface Flags {
  readonly json: boolean;
  readonly strict: boolean;
  readonly scale: number;
  readonly benchmarks: readonly Benchmark[];
}

interface Result {
  readonly benchmark: Benchmark;
  readonly outcome: Measured | Skipped;
}

function parseFlags(args: string[]): Flags | undefined {
  const boolean = { type: 'boolean', default: false } as const;
  const options = {
    ...{ json: boolean, strict: boolean, help: { ...boolean, short: 'h' } },
    only: { type: 'string', multiple: true, default: [] as string[] },
    scale: { type: 'string', default: '1' },
  } as const;
  try {
    const { values } = parseArgs({ args, options });
    if (values.help) return undefined;
    const scale = Number(values.scale);
    if (!(scale > 0 && scale <= 10)) throw new Error('--scale is a number above 0, 10 at most.');
    return { json: values.json, strict: values.strict, scale, benchmarks: namedBenchmarks(values.only) };
  } catch (cause) {
    throw new ActionableError((cause as Error).message, [USAGE.trimEnd()], { cause, exitCode: EX_USAGE });
  }
}

function namedBenchmarks(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) throw new Error(`There is no benchmark "${unknown}".`);
  return names.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name));
}

async function runBenchmark(benchmark: Benchmark, scale: number): Promise<Result> {
  const begun = performance.now();
  const progress = (text: string): void => void process.stderr.write(`${benchmark.name}: ${text}\n`);
  await using belongings = new AsyncDisposableStack();
  const outcome = await benchmark.run({ scale, progress, belongings });
  progress('skipped' in outcome ? 'skipped' : `done after ${Math.round((performance.now() - begun) / 1000)} s`);
  return { benchmark, outcome };
}

function jsonOf({ benchmark: { name, direction, goal }, outcome }: Result): object {
  if ('skipped' in outcome) return { name, ratio: null, direction, goal, detail: { skipped: outcome.skipped } };
  return { name, ratio: outcome.ratio, direction, goal, detail: outcome.detail };
}

function rowOf({ benchmark, outcome }: Result): TableRow {
  if ('skipped' in outcome) return { ...benchmark, ratio: null, words: outcome.skipped, reached: null };
  return { ...benchmark, ratio: outcome.ratio, words: outcome.words, reached: reachesGoal(benchmark, outcome.ratio) };
}

async function bench(args: string[]): Promise<number> {
  const flags = parseFlags(args);
  if (flags === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const results: Result[] = [];
  for (const benchmark of flags.benchmarks) results.push(await runBenchmark(benchmark, flags.scale));
  const rows = results.map(rowOf);
  process.stdout.write(
    flags.json ? `${JSON.stringify(results.map(jsonOf), undefined, 2)}\n` : formatTable(rows, process.stdout),
  );
  return flags.strict && rows.some(({ reached }) => reached === false) ? 1 : 0;
}

try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ActionableError)) throw error;
  process.stderr.write(`${[error.message, ...error.actions].join('\n')}\n`);
  process.exitCode = error.exitCode;
} finally {
  await stopServers();
}
