/**
 * `npm run figures -- FOLDER [--json] [--record]`: every figure about telling answers and kinds, measured on a
 * folder of header corpora that is no part of this repository. With --record they are written to
 * connector/docs/figures.json, from which the page of reply kinds takes them. Exits with 1 when a goal is missed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ActionableError } from '../connector/src/errors.ts';
import { measureHeaderPath } from './bench/header-path.ts';
import { measureArchives } from './figures/archives.ts';
import { figureRows, type Figures } from './figures/figures-table.ts';
import { measureKinds } from './figures/kinds.ts';
import { measureMalformed } from './figures/malformed.ts';

const USAGE = 'usage: npm run figures -- FOLDER [--json] [--record]';
const EX_USAGE = 64;
const RECORD = join(import.meta.dirname, '../connector/docs/figures.json');

async function measure(folder: string): Promise<Figures> {
  const work = mkdtempSync(join(tmpdir(), 'figures-'));
  try {
    return {
      measuredOn: new Date().toISOString().slice(0, 10),
      node: process.version,
      archives: measureArchives(folder, work),
      kinds: measureKinds(folder),
      malformed: measureMalformed(folder),
      speed: await measureSpeed(),
    };
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function measureSpeed(): Promise<Figures['speed']> {
  await using belongings = new AsyncDisposableStack();
  const { ratio, words } = await measureHeaderPath({ scale: 1, progress: () => {}, belongings });
  return { timesFaster: Math.round(10 / ratio) / 10, words };
}

try {
  const options = { json: { type: 'boolean' }, record: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [folder] = positionals;
  if (folder === undefined)
    throw new ActionableError('Name the folder of the corpora.', [USAGE], { exitCode: EX_USAGE });
  const figures = await measure(folder);
  const rows = figureRows(figures);
  if (values.record) writeFileSync(RECORD, `${JSON.stringify(figures, null, 2)}\n`);
  if (values.json) console.log(JSON.stringify(figures));
  else console.table(rows);
  process.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
} catch (error) {
  if (!(error instanceof ActionableError)) throw error;
  console.error([error.message, ...error.actions].join('\n'));
  process.exitCode = error.exitCode;
}
