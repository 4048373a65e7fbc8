import { styleText } from 'node:util';
import type { Direction } from './benchmark.ts';

/** One line of the table. */
export interface TableRow {
  readonly name: string;
  readonly title: string;
  /** Null when it was skipped. */
  readonly ratio: number | null;
  readonly direction: Direction;
  readonly goal: number;
  /** The figures behind the ratio, or why there are none. */
  readonly words: string;
  readonly reached: boolean | null;
}

const VERDICTS = { true: 'reached', false: 'missed', null: 'skipped' } as const;
const COLOURS = { true: 'green', false: 'red', null: 'yellow' } as const;

/** The results as a table; coloured only where a person reads it in a terminal that can. */
export function formatTable(rows: readonly TableRow[], stream: NodeJS.WriteStream): string {
  const style = (format: Parameters<typeof styleText>[0], text: string): string => styleText(format, text, { stream });
  const cells = rows.map((row) => [row.name, ratioText(row.ratio), goalText(row), VERDICTS[`${row.reached}`]]);
  const heads = ['Benchmark', 'Ratio', 'Goal', ''];
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((cell) => cell[column]!.length)));
  const line = (cell: readonly string[]): string => cell.map((text, column) => text.padEnd(widths[column]!)).join('  ');
  const indent = ' '.repeat(widths[0]! + 2);
  return [
    style('bold', line(heads).trimEnd()),
    ...rows.flatMap((row, place) => {
      const [name, ratio, goal, verdict] = cells[place]!.map((text, column) => text.padEnd(widths[column]!));
      const coloured = style(COLOURS[`${row.reached}`], verdict!.trimEnd());
      return [
        [style('bold', name!), ratio, goal, coloured].join('  '),
        `${indent}${style('dim', row.title)}`,
        `${indent}${style('dim', row.words)}`,
        '',
      ];
    }),
  ].join('\n');
}

function goalText({ direction, goal }: TableRow): string {
  return `${direction} ${ratioText(goal)}`;
}

/** Three digits that mean something, never in scientific notation. */
function ratioText(ratio: number | null): string {
  if (ratio === null) return '-';
  return Number(ratio.toPrecision(3))
    .toFixed(Math.max(0, 2 - Math.floor(Math.log10(ratio))))
    .replace(/\.?0+$/, '');
}
