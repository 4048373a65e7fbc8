/**
 * `npm run dictionary [-- --check]`: writes force-app/DATA-DICTIONARY.md from the metadata of the package.
 * With --check nothing is written, and the program exits 1 when the page is not what the metadata says; `npm run check`
 * does the same.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { readProject, type Finding, type Project } from './check-source.ts';
import { composeDictionary } from './data-dictionary/page.ts';

const PAGE = 'force-app/DATA-DICTIONARY.md';

/** The page as it has to be, formatted as every file of the project is. */
export async function dictionaryOf(project: Project): Promise<string> {
  const options = await prettier.resolveConfig(join(import.meta.dirname, '..', PAGE));
  return prettier.format(composeDictionary(project), { ...options, parser: 'markdown' });
}

/** The data dictionary says what the metadata says. */
export async function checkDictionary(project: Project): Promise<Finding[]> {
  const page = join(project.root, PAGE);
  const written = existsSync(page) ? readFileSync(page, 'utf8').split('\n') : [];
  const wanted = (await dictionaryOf(project)).split('\n');
  const at = wanted.findIndex((line, index) => line !== written[index]);
  if (at === -1 && wanted.length === written.length) return [];
  const line = at === -1 ? wanted.length : at + 1;
  return [{ path: PAGE, line, problem: 'is not what the metadata says now: run "npm run dictionary"' }];
}

if (import.meta.main) {
  const project = readProject(join(import.meta.dirname, '..'));
  if (process.argv.includes('--check')) {
    const findings = await checkDictionary(project);
    for (const { path, line, problem } of findings) console.error(`${path}:${line} ${problem}`);
    process.exitCode = findings.length === 0 ? 0 : 1;
  } else {
    writeFileSync(join(project.root, PAGE), await dictionaryOf(project));
  }
}
