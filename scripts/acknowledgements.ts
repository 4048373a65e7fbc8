/**
 * `npm run acknowledgements [-- --kills N] [--mailboxes N] [--per-second N] [--early]`: tells the service of changes, by
 * signed pushes of Gmail and notifications of Microsoft 365 in turn, and kills it as they are acknowledged, again and
 * again, on a real PostgreSQL. Of each acknowledged notification the mailbox has to be read; nothing but the stored job
 * leads to that, since sweeps are a day apart. Exits 1 when one was lost.
 *
 * With --early the service acknowledges before it stores, to show that this is noticed.
 */
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { stopServers } from '../test/servers/server-process.ts';
import { killUnderNotifications, type Acknowledgements } from './kills/kill-under-notifications.ts';
import { connectNotifiedMailboxes } from './kills/notified-mailboxes.ts';

const EARLY = ['--import', join(import.meta.dirname, 'kills/acknowledge-early.ts')];

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    mailboxes: { type: 'string', default: '200' },
    'per-second': { type: 'string', default: '200' },
    early: { type: 'boolean', default: false },
  },
});

const words = ({ kills, sent, acknowledged, atStake, lost }: Acknowledgements): string =>
  `kills: ${kills}, ${sent} notifications sent, ${acknowledged} acknowledged, ${sent - acknowledged} refused or not ` +
  `answered; of ${atStake} the mailbox was not read when the service was killed: ${lost} lost`;

try {
  const mailboxes = await connectNotifiedMailboxes(Math.ceil(Number(values.mailboxes) / 2));
  const result = await killUnderNotifications(mailboxes, {
    perSecond: Number(values['per-second']),
    kills: Number(values.kills),
    nodeArguments: values.early ? EARLY : [],
    told: (counts) => process.stderr.write(`  ${words(counts)}\n`),
  });
  for (const violation of mailboxes.violations().slice(0, 5)) console.log(`  not simulated: ${violation}`);
  console.log(words(result));
  process.exitCode = result.lost + mailboxes.violations().length > 0 ? 1 : 0;
  await mailboxes.close();
} finally {
  await stopServers();
}
