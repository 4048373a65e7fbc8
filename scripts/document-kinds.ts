/**
 * `node scripts/document-kinds.ts [--check]`: writes connector/docs/what-counts-as-a-reply.md from the rules of the
 * connector, the effects of the flow, the examples in kinds-page/, each of which is decided anew, and the figures that
 * scripts/figures.ts has recorded. With --check nothing is written. Exits 1 when an example, a rule, a test or the page
 * itself is not as it should be.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from './figures/figures-table.ts';
import { missingTests } from './existing-tests.ts';
import { decideRows, faultsOf } from './kinds-page/decide.ts';
import { readEffects } from './kinds-page/effects.ts';
import { composePage } from './kinds-page/page.ts';
import { effectTest } from './kinds-page/tests.ts';

const PAGE = 'connector/docs/what-counts-as-a-reply.md';

const FIGURES = join(import.meta.dirname, '../connector/docs/figures.json');
const path = join(import.meta.dirname, '..', PAGE);
const rows = decideRows();
const effects = readEffects();
const tests = [
  ...rows.map(({ test }) => test),
  ...effects.map(({ effect, replyKind }) => effectTest(effect, replyKind)),
];
const faults = [...faultsOf(rows), ...(await missingTests(tests))];
const page = composePage(rows, effects, JSON.parse(readFileSync(FIGURES, 'utf8')) as Figures);
const isCheck = process.argv.includes('--check');
if (isCheck && faults.length === 0 && readPage() !== page)
  faults.push(`${PAGE} is not what the rules say now. Run "node scripts/document-kinds.ts" and read what changed.`);
if (!isCheck && faults.length === 0) writeFileSync(path, page);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

function readPage(): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
