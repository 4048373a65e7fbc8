import { styleText } from 'node:util';
import type { Benchmark, Direction, Failed, Measured, Skipped } from './benchmark.ts';

/** A benchmark and what it came to. */
export interface Result {
  readonly benchmark: Pick<Benchmark, 'name' | 'title' | 'direction' | 'goal'>;
  readonly outcome: Measured | Skipped | Failed;
}

/** One element of the array that `--json` prints. */
export interface ResultJson {
  readonly name: string;
  /** Null when there is none; `detail` then says why under `skipped` or `failed`. */
  readonly ratio: number | null;
  readonly direction: Direction;
  readonly goal: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

type Verdict = 'reached' | 'missed' | 'skipped' | 'failed';

const COLOURS = { reached: 'green', missed: 'red', skipped: 'yellow', failed: 'red' } as const;

export function verdictOn({ benchmark: { direction, goal }, outcome }: Result): Verdict {
  if ('skipped' in outcome) return 'skipped';
  if ('failed' in outcome) return 'failed';
  const reached = direction === 'at most' ? outcome.ratio <= goal : outcome.ratio >= goal;
  return reached ? 'reached' : 'missed';
}

export function resultJson({ benchmark: { name, direction, goal }, outcome }: Result): ResultJson {
  const [ratio, detail] = 'ratio' in outcome ? [outcome.ratio, outcome.detail] : [null, { ...outcome }];
  return { name, ratio, direction, goal, detail };
}

/** The results as a table; coloured only where a person reads it in a terminal that can. */
export function formatTable(results: readonly Result[], stream: NodeJS.WriteStream): string {
  const style = (format: Parameters<typeof styleText>[0], text: string): string => styleText(format, text, { stream });
  const heads = ['Benchmark', 'Ratio', 'Goal', ''];
  const cells = results.map(cellsOf);
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((cell) => cell[column]!.length)));
  const pad = (cell: readonly string[]): string[] => cell.map((text, column) => text.padEnd(widths[column]!));
  const indent = ' '.repeat(widths[0]! + 2);
  const blocks = results.map((result, place) => {
    const [name, ratio, goal] = pad(cells[place]!);
    const verdict = verdictOn(result);
    const { outcome } = result;
    return [
      [style('bold', name!), ratio, goal, style(COLOURS[verdict], verdict)].join('  '),
      `${indent}${style('dim', result.benchmark.title)}`,
      `${indent}${wordsOf(outcome)}`,
      '',
    ].join('\n');
  });
  return [style('bold', pad(heads).join('  ').trimEnd()), '', ...blocks, ''].join('\n');
}

function wordsOf(outcome: Result['outcome']): string {
  if ('ratio' in outcome) return outcome.words;
  return 'skipped' in outcome ? outcome.skipped : outcome.failed;
}

function cellsOf(result: Result): string[] {
  const { benchmark, outcome } = result;
  const ratio = 'ratio' in outcome ? ratioText(outcome.ratio) : '-';
  return [benchmark.name, ratio, `${benchmark.direction} ${ratioText(benchmark.goal)}`, verdictOn(result)];
}

/** Three digits that mean something, never with an exponent. */
function ratioText(ratio: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(ratio)));
  return ratio
    .toFixed(Math.min(decimals, 20))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
