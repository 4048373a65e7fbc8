/** `npm test [-- files and options of mocha]`: runs all suites, or those of the files that are named. */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
const args = process.argv.slice(2);
const namesFiles = args.some((argument) => argument.endsWith('.ts') || argument.startsWith('test/'));
const child = spawn(process.execPath, [mocha, ...args, ...(namesFiles ? [] : ['test/**/*.test.ts'])], {
  cwd: root,
  stdio: 'inherit',
  // What a test starts as `node` or `sf` is what the project brings.
  env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}` },
});
child.on('exit', (code) => (process.exitCode = code ?? 1));
