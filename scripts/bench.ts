/**
 * `npm run bench [-- --json] [--only NAME] [--strict] [--scale NUMBER]`: how fast the connector is, each figure as a
 * ratio of two things that are measured side by side on this machine.
 */
import { parseArgs } from 'node:util';
import { ActionableError } from '../connector/src/errors.ts';
import { stopServers } from '../test/servers/server-process.ts';
import type { Benchmark } from './bench/benchmark.ts';
import { BENCHMARKS } from './bench/catalogue.ts';
import { formatTable, resultJson, verdictOn, type Result } from './bench/report.ts';

const USAGE = `usage: npm run bench [-- [--json] [--only NAME]... [--strict] [--scale NUMBER]]

  --json           print an array of {"name", "ratio", "direction", "goal", "detail"} instead of the table;
                   one that cannot be run here has the ratio null and says why under detail.skipped, one that
                   failed under detail.failed
  --only NAME      run only this benchmark; may be repeated. Those marked * take minutes and run only when named
  --strict         exit with 1 when a goal is missed; without it, only when a benchmark failed
  --scale NUMBER   multiply the amounts of work, for a quick look; the goals are meant for 1

Benchmarks:
${BENCHMARKS.map(({ name, title, onlyWhenNamed }) => `${onlyWhenNamed ? '*' : ' '} ${name.padEnd(20)} ${title}`).join('\n')}
`;

const EX_USAGE = 64;

interface Flags {
  readonly json: boolean;
  readonly strict: boolean;
  readonly scale: number;
  readonly benchmarks: readonly Benchmark[];
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
  if (names.length === 0) return BENCHMARKS.filter(({ onlyWhenNamed }) => onlyWhenNamed !== true);
  return BENCHMARKS.filter(({ name }) => names.includes(name));
}

/** A benchmark that fails does not take the figures of the others with it. */
async function runBenchmark(benchmark: Benchmark, scale: number): Promise<Result> {
  const begun = performance.now();
  const progress = (text: string): void => void process.stderr.write(`${benchmark.name}: ${text}\n`);
  try {
    await using belongings = new AsyncDisposableStack();
    const outcome = await benchmark.run({ scale, progress, belongings });
    progress('skipped' in outcome ? 'skipped' : `done after ${Math.round((performance.now() - begun) / 1000)} s`);
    return { benchmark, outcome };
  } catch (error) {
    progress(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { benchmark, outcome: { failed: error instanceof Error ? error.message : String(error) } };
  }
}

async function bench(args: string[]): Promise<number> {
  const flags = parseFlags(args);
  if (flags === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const results: Result[] = [];
  for (const benchmark of flags.benchmarks) results.push(await runBenchmark(benchmark, flags.scale));
  const json = (): string => `${JSON.stringify(results.map(resultJson), undefined, 2)}\n`;
  process.stdout.write(flags.json ? json() : formatTable(results, process.stdout));
  const verdicts = results.map(verdictOn);
  return verdicts.includes('failed') || (flags.strict && verdicts.includes('missed')) ? 1 : 0;
}

// Without this, what the benchmarks put into the temporary folder would stay there.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ActionableError)) throw error;
  process.stderr.write(`${[error.message, ...error.actions].join('\n')}\n`);
  process.exitCode = error.exitCode;
} finally {
  await stopServers();
}
