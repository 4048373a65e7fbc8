/**
 * `npm run faults [-- F41 F42 ...]`: runs the test of each fault twice in a copy of the project, as the source stands and
 * with the containment of the fault switched off, and wants it green and then red. One line a case, totals at the end;
 * exits 1 when a case is not so. Without arguments all cases; that takes some minutes.
 */
import { join } from 'node:path';
import { FAULT_ROWS } from '../test/faults/fault-matrix.ts';
import { isCase } from '../test/faults/fault-row.ts';
import { createFaultRunner, type Verdict } from './faults/fault-runner.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  noticed: 'goes red without its containment',
  unnoticed: 'STAYS GREEN without its containment',
  red: 'IS RED as the source stands',
  'not run': 'COULD NOT BE RUN',
};

const named = process.argv.slice(2);
const all = FAULT_ROWS.filter(isCase);
const unknown = named.filter((name) => all.every(({ id }) => id !== name));
if (unknown.length > 0) {
  console.error(`There is no case of ${unknown.join(', ')}. connector/docs/faults.md names them all.`);
  process.exit(64);
}
const cases = all.filter(({ id }) => named.length === 0 || named.includes(id));
const runner = createFaultRunner(join(import.meta.dirname, '..'));
const verdicts: Verdict[] = [];
try {
  for (const row of cases) {
    const verdict = runner.run(row);
    verdicts.push(verdict);
    console.log(`${row.id}${row.of === undefined ? '' : ` ${row.of}`}: ${WORDS[verdict]} - ${row.test.join(': ')}`);
  }
} finally {
  runner.close();
}
const noticed = verdicts.filter((verdict) => verdict === 'noticed').length;
console.log(`${cases.length} cases, ${noticed} go red without their containment, ${cases.length - noticed} do not`);
process.exitCode = noticed === cases.length ? 0 : 1;
