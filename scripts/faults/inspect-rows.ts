import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS, type FaultId } from '../../test/faults/fault-list.ts';
import { isCase, type Containment, type FaultRow } from '../../test/faults/fault-row.ts';
import { missingTests } from '../existing-tests.ts';
import { occurrences } from './switch-off.ts';

/** What is wrong with the matrix, one sentence each: faults without a row, tests and texts that do not exist. */
export async function faultsOfMatrix(rows: readonly FaultRow[], root: string): Promise<string[]> {
  const cases = rows.filter(isCase);
  return [
    ...unnamed(rows),
    ...twice(rows),
    ...cases.flatMap(({ id, containment }) => wrongContainment(id, containment, root)),
    ...(await missingTests(cases.map(({ test }) => test))),
  ];
}

function unnamed(rows: readonly FaultRow[]): string[] {
  const named = new Set<string>(rows.map(({ id }) => id));
  return Object.keys(FAULTS).flatMap((id) => (named.has(id) ? [] : [`${id} has no row`]));
}

/** One fault may have several cases, each told apart by whose it is. */
function twice(rows: readonly FaultRow[]): string[] {
  const names = rows.map(({ id, of }) => (of === undefined ? id : `${id} of ${of}`));
  return names.filter((name, index) => names.indexOf(name) < index).map((name) => `${name} has two rows`);
}

function wrongContainment(id: FaultId, { file, find, replace }: Containment, root: string): string[] {
  const path = join(root, file);
  if (!existsSync(path)) return [`${id}: there is no file ${file}`];
  const count = occurrences(readFileSync(path, 'utf8'), find);
  if (count !== 1) return [`${id}: ${file} has ${count} times and not once: ${find}`];
  return find === replace ? [`${id}: the change of ${file} changes nothing`] : [];
}
