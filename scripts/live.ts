/**
 * `npm run live -- --target-org ALIAS`: tries in a live org what is believed about Salesforce. The package has to be
 * deployed there and the permission sets ReplyTrackingAdmin and ReplyTrackingConnector assigned to the user. It makes
 * contacts, statuses and Tasks of its own and deletes them in the end; use a scratch org or a sandbox.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { 'target-org': { type: 'string', short: 'o' } } });
const alias = values['target-org'];
if (alias === undefined) {
  console.error('Name the org to try it in, as the sf command knows it: npm run live -- --target-org my-scratch-org');
  process.exit(2);
}
const root = join(import.meta.dirname, '..');
const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
const child = spawn(process.execPath, [mocha, '--no-config', 'test/live/salesforce.live.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, REPLY_TRACKING_LIVE_ORG: alias },
});
child.on('exit', (code) => (process.exitCode = code ?? 1));
