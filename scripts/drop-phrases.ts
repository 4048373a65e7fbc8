/**
 * `node scripts/drop-phrases.ts`: takes each phrase out of the tables of subjects in connector/src/mail in turn and runs
 * the tests of subjects without it. Prints the phrases that no test misses. Stryker asks less: it empties a phrase, and
 * any test with an empty subject notices that. Takes a few minutes.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each table of phrases and the tests that show them. */
const TABLES = {
  'automatic-subjects': 'automatic-subject',
  'delivery-subjects': 'delivery-subjects',
  'calendar-subjects': 'prefixed-subjects',
  'receipt-subjects': 'prefixed-subjects',
};
const ROOT = join(import.meta.dirname, '..');
const MOCHA = join(ROOT, 'node_modules/mocha/bin/mocha.js');
/** A phrase in quotation marks; comments are blanked before it is looked for. */
const PHRASE = /'([^'\n]+)'|"([^"\n]+)"/g;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;
/** What no subject begins with. */
const NOTHING = "'\\u0001'";

const copy = copyRoom();
try {
  for (const [table, test] of Object.entries(TABLES)) dropEach(join(copy, `connector/src/mail/${table}.ts`), test);
} finally {
  rmSync(copy, { recursive: true });
}

/** A copy of the room and its tests, below the folder that holds the packages. */
function copyRoom(): string {
  mkdirSync(join(ROOT, 'reports'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'reports/phrases-'));
  for (const path of ['package.json', 'connector/package.json', 'connector/src/mail', 'test/connector/mail'])
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  return folder;
}

function dropEach(table: string, test: string): void {
  const source = readFileSync(table, 'utf8');
  const phrases = [...source.replace(COMMENT, (comment) => ' '.repeat(comment.length)).matchAll(PHRASE)];
  let missed = 0;
  for (const { 0: phrase, index } of phrases) {
    writeFileSync(table, source.slice(0, index) + NOTHING + source.slice(index + phrase.length));
    if (failsWithout(test)) missed++;
    else console.log(`${phrase} is missed by no test`);
  }
  writeFileSync(table, source);
  console.log(`${test}: ${missed} of ${phrases.length} phrases are missed`);
}

function failsWithout(test: string): boolean {
  const file = join(copy, `test/connector/mail/${test}.test.ts`);
  return (
    spawnSync(process.execPath, [MOCHA, '--no-config', '--bail', file], { cwd: copy, stdio: 'ignore' }).status !== 0
  );
}
