/**
 * `node scripts/document-faults.ts [--check]`: writes connector/docs/faults.md from the rows of test/faults. With --check
 * nothing is written. Exits 1 when a fault has no row, a row names a test or a text that does not exist, or the page is
 * not what the rows say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { FAULT_ROWS } from '../test/faults/fault-matrix.ts';
import { faultsOfMatrix } from './faults/inspect-rows.ts';
import { composePage } from './faults/page.ts';

const PAGE = 'connector/docs/faults.md';

const root = join(import.meta.dirname, '..');
const path = join(root, PAGE);
const problems = await faultsOfMatrix(FAULT_ROWS, root);
const page = await format(composePage(FAULT_ROWS), { ...(await resolveConfig(path)), filepath: path });
const isCheck = process.argv.includes('--check');
if (isCheck && problems.length === 0 && readFileSync(path, 'utf8') !== page)
  problems.push(`${PAGE} is not what the rows say now. Run "node scripts/document-faults.ts" and read what changed.`);
if (!isCheck && problems.length === 0) writeFileSync(path, page);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
