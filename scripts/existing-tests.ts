import Mocha from 'mocha';
import { join } from 'node:path';

const TESTS = join(import.meta.dirname, '../test');

/** A test by its file below test/ and its full title. */
export type TestName = readonly [file: string, title: string];

/** Which of these tests do not exist. Loads their files and runs nothing. */
export async function missingTests(tests: readonly TestName[]): Promise<string[]> {
  const mocha = new Mocha();
  for (const file of new Set(tests.map(([name]) => name))) mocha.addFile(join(TESTS, file));
  await mocha.loadFilesAsync();
  const existing = new Set(titlesIn(mocha.suite));
  return tests
    .filter(([file, title]) => !existing.has(titleIn(join(TESTS, file), title)))
    .map(([file, title]) => `test/${file} has no test "${title}"`);
}

function titlesIn(suite: Mocha.Suite): string[] {
  const own = suite.tests.map((test) => titleIn(test.file ?? '', test.fullTitle()));
  return [...own, ...suite.suites.flatMap(titlesIn)];
}

const titleIn = (file: string, title: string): string => `${file}\n${title}`;
