/** `npm test [-- mocha arguments]`: runs the suites. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
const child = spawn(process.execPath, [mocha, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: path },
});
child.on('exit', (code) => (process.exitCode = code ?? 1));
