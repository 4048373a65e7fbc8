/**
 * `npm test [-- files and options of mocha]`: runs all suites, two files at a time, or those of the files that are named.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
const args = process.argv.slice(2);
const namesFiles = args.some((argument) => argument.endsWith('.ts') || argument.startsWith('test/'));
const all = ['--parallel', '--jobs', '2', 'test/**/*.test.ts'];

// What the tests leave, or what they started and mocha ended, goes at the end. The servers have users of their own.
const belongings = await mkdtemp(join(tmpdir(), 'tests-'));
await chmod(belongings, 0o711);
const child = spawn(process.execPath, [mocha, ...args, ...(namesFiles ? [] : all)], {
  cwd: root,
  stdio: 'inherit',
  // What a test starts as `node` or `sf` is what the project brings.
  env: {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
    TMPDIR: belongings,
  },
});
// A terminal interrupts mocha too, which stops the servers after the first interrupt and ends at a second.
process.on('SIGINT', () => undefined).on('SIGTERM', (signal) => child.kill(signal));
const [code] = (await once(child, 'exit')) as [number | null];
process.exitCode = code ?? 1;
await rm(belongings, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
