/**
 * `node scripts/document-mutants.ts [REPORT ...]`: writes the table of connector/docs/mutation.md from the JSON reports
 * of Stryker, reports/mutation/mutation.json without arguments. Of a file that several reports hold the last one
 * counts, so that one file may be measured again. Exits 1 when a file has changed since it was measured.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'connector/docs/mutation.md');
const REPORT = join(ROOT, 'reports/mutation/mutation.json');
/** What stands between these two lines of the page is written anew. */
const BEGIN = '<!-- table of mutants -->';
const END = '<!-- end of the table of mutants -->';

/** One file of a report in the schema of mutation testing reports (https://github.com/stryker-mutator/mutation-testing-elements). */
interface MutatedFile {
  readonly source: string;
  readonly mutants: readonly { readonly status: string }[];
}

/** Mutants of a file by what became of them. Those that cannot be started are in none. */
interface Row {
  readonly name: string;
  readonly killed: number;
  readonly timeouts: number;
  readonly survived: number;
  readonly unreached: number;
}

const paths = process.argv.length > 2 ? process.argv.slice(2) : [REPORT];
const files = new Map(paths.flatMap(readReport));
const changed = [...files].filter(([name, { source }]) => readFileSync(join(ROOT, name), 'utf8') !== source);
for (const [name] of changed)
  console.error(`${name} has changed since it was measured. Run "npm run mutate -- --mutate ${name}".`);
if (changed.length > 0) process.exitCode = 1;
else writeTable([...files].map(readRow).toSorted((a, b) => a.name.localeCompare(b.name)));

function readReport(path: string): [string, MutatedFile][] {
  const report = JSON.parse(readFileSync(path, 'utf8')) as { readonly files: Readonly<Record<string, MutatedFile>> };
  return Object.entries(report.files);
}

function readRow([name, { mutants }]: [string, MutatedFile]): Row {
  const count = (status: string): number => mutants.filter((mutant) => mutant.status === status).length;
  return {
    name: name.replace('connector/src/', ''),
    killed: count('Killed'),
    timeouts: count('Timeout'),
    survived: count('Survived'),
    unreached: count('NoCoverage'),
  };
}

function writeTable(rows: readonly Row[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${PAGE} has no place for the table: "${BEGIN}" and "${END}".`);
  writeFileSync(PAGE, `${page.slice(0, begin)}${BEGIN}\n\n${composeTable(rows)}\n\n${page.slice(end)}`);
}

function composeTable(rows: readonly Row[]): string {
  return [
    '<!-- prettier-ignore -->',
    '| File | Mutants | Killed | Timed out | Survived | Not reached | Score |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...rows.filter((row) => countMutants(row) > 0).map(composeRow),
    ...['mail', 'match'].map((room) =>
      composeRow(
        addUp(
          `**${room}**`,
          rows.filter(({ name }) => name.startsWith(room)),
        ),
      ),
    ),
    composeRow(addUp('**both**', rows)),
  ].join('\n');
}

function addUp(name: string, rows: readonly Row[]): Row {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    name,
    killed: sum(({ killed }) => killed),
    timeouts: sum(({ timeouts }) => timeouts),
    survived: sum(({ survived }) => survived),
    unreached: sum(({ unreached }) => unreached),
  };
}

function countMutants({ killed, timeouts, survived, unreached }: Row): number {
  return killed + timeouts + survived + unreached;
}

function composeRow(row: Row): string {
  const { name, killed, timeouts, survived, unreached } = row;
  const mutants = countMutants(row);
  const score = (((killed + timeouts) / mutants) * 100).toFixed(1);
  return `| ${name} | ${mutants} | ${killed} | ${timeouts} | ${survived} | ${unreached} | ${score} % |`;
}
