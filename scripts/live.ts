/**
 * `npm run live` with REPLY_TRACKING_TEST_EWS_URL, _ADDRESS, _PASSWORD (and _USER, _AUTHENTICATION): holds a mailbox on
 * an Exchange server to the contract of a mailbox. The mailbox is emptied; see test/live/README.md.
 *
 * `npm run live -- --target-org ALIAS`: tries in a live org what is believed about Salesforce. The package has to be
 * deployed there and the permission sets ReplyTrackingAdmin and ReplyTrackingConnector assigned to the user. It makes
 * contacts, statuses and Tasks of its own and deletes them in the end; use a scratch org or a sandbox.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { 'target-org': { type: 'string', short: 'o' } } });
const alias = values['target-org'];
const exchange = process.env.REPLY_TRACKING_TEST_EWS_URL !== undefined;
if (alias === undefined && !exchange) {
  console.error('Name the org to try it in, as the sf command knows it: npm run live -- --target-org my-scratch-org');
  process.exit(2);
}
const root = join(import.meta.dirname, '..');
const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
const suites = [
  ...(alias === undefined ? [] : ['test/live/salesforce.live.ts']),
  ...(exchange ? ['test/live/exchange.live.ts'] : []),
];
const child = spawn(process.execPath, [mocha, '--no-config', ...suites], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...(alias !== undefined && { REPLY_TRACKING_LIVE_ORG: alias }) },
});
child.on('exit', (code) => (process.exitCode = code ?? 1));
