import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startConnector, type ConnectorProcess } from '../../test/journeys/connector-process.ts';
import { until } from '../../test/servers/poll.ts';
import type { NotifiedMailbox, NotifiedMailboxes } from './notified-mailboxes.ts';

/** As many readings as a service does at once of what it was told of. */
const READERS = 7;
/** Acknowledgements, before which no kill comes: by then each reader hangs at a mailbox of Microsoft 365. */
const LEAST = 4 * READERS;
/** A service has this long to have read all of its mailboxes. */
const DRAIN_MS = 180_000;

export interface Bombardment {
  readonly perSecond: number;
  readonly kills: number;
  /** Arguments of Node for the service. */
  readonly nodeArguments?: readonly string[];
  readonly told?: (counts: Acknowledgements) => void;
}

/** What became of all notifications. */
export interface Acknowledgements {
  readonly kills: number;
  readonly sent: number;
  /** Answered with a success. */
  readonly acknowledged: number;
  /** Acknowledged, and their mailbox not read yet when the service was killed: a stored job alone stood for them. */
  readonly atStake: number;
  /** Those at stake for which no job was stored, and those whose mailbox was not read in the end. */
  readonly lost: number;
}

/** A notification that was acknowledged. */
interface Acknowledged {
  readonly mailbox: NotifiedMailbox;
  /** Reads of its mailbox before it was sent. */
  readonly readsBefore: number;
}

/**
 * Kills the service again and again while it is told of changes. Each time it is waited for until no mailbox has any
 * work left, since it looks into all of them when it starts; then each mailbox is told of in turn, so that the jobs which
 * the notifications have stored are the only ones. Readings get no answer, so that these jobs stay. The service is killed
 * in the moment at which an acknowledgement arrives, and the jobs in its database are read before it is started again.
 */
export async function killUnderNotifications(
  mailboxes: NotifiedMailboxes,
  { perSecond, kills, nodeArguments = [], told }: Bombardment,
): Promise<Acknowledgements> {
  const client = new Client({ connectionString: mailboxes.databaseUrl });
  await client.connect();
  let counts = { kills: 0, sent: 0, acknowledged: 0, atStake: 0, lost: 0 };
  let open: Acknowledged[] = [];
  try {
    while (counts.kills < kills) {
      const service = await startConnector({ ...mailboxes.variables }, nodeArguments);
      await untilAtRest(service, mailboxes, client);
      const unread = open.filter(isUnread).length;
      const wanted = LEAST + Math.floor(Math.random() * (mailboxes.all.length - LEAST));
      mailboxes.stall(READERS);
      const burst = await notifyUntil(wanted, mailboxes.all, perSecond, () => service.kill());
      const atStake = burst.acknowledged.filter(isUnread);
      const jobs = await waitingMailboxes(client);
      const lost = atStake.filter(({ mailbox }) => !jobs.has(mailbox.address)).length + unread;
      open = atStake;
      counts = {
        kills: counts.kills + 1,
        sent: counts.sent + burst.sent,
        acknowledged: counts.acknowledged + burst.acknowledged.length,
        atStake: counts.atStake + atStake.length,
        lost: counts.lost + lost,
      };
      told?.(counts);
    }
    const last = await startConnector({ ...mailboxes.variables }, nodeArguments);
    await untilAtRest(last, mailboxes, client);
    await last.stop();
    return { ...counts, lost: counts.lost + open.filter(isUnread).length };
  } finally {
    await client.end();
  }
}

const isUnread = ({ mailbox, readsBefore }: Acknowledged): boolean => mailbox.reads() <= readsBefore;

/** Tells of one mailbox after the other; kills once so many are acknowledged, and goes on until nobody lives. */
async function notifyUntil(
  wanted: number,
  all: readonly NotifiedMailbox[],
  perSecond: number,
  kill: () => Promise<void>,
): Promise<{ readonly sent: number; readonly acknowledged: readonly Acknowledged[] }> {
  const acknowledged: Acknowledged[] = [];
  let killed: Promise<void> | undefined;
  let isDead = false;
  const send = async (mailbox: NotifiedMailbox): Promise<void> => {
    const readsBefore = mailbox.reads();
    const status = await mailbox.notify();
    if (status === undefined || status >= 300) return;
    acknowledged.push({ mailbox, readsBefore });
    if (acknowledged.length >= wanted) killed ??= kill().then(() => void (isDead = true));
  };
  const underWay: Promise<void>[] = [];
  const begun = performance.now();
  for (const [place, mailbox] of all.entries()) {
    await sleep(Math.max(0, begun + (place * 1000) / perSecond - performance.now()));
    if (isDead) break;
    underWay.push(send(mailbox));
  }
  await Promise.all(underWay);
  await (killed ?? kill());
  return { sent: underWay.length, acknowledged };
}

/** Waits until a service watches every mailbox, each is subscribed to, and no work is left of any. */
async function untilAtRest(
  service: ConnectorProcess,
  { all, subscriptions }: NotifiedMailboxes,
  client: Client,
): Promise<void> {
  const isAtRest = async (): Promise<boolean> => {
    if (subscriptions() < all.length / 2 || !service.log().includes(`"watched":${all.length},`)) return false;
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from pgboss.job where name in ('sync', 'renew') and state in ('created', 'retry', 'active')`,
    );
    return Number(rows[0]?.count) === 0 && all.every(({ reads }) => reads() > 0);
  };
  await until('the service to have read all mailboxes', isAtRest, DRAIN_MS);
}

/** Addresses of the mailboxes for which a job is stored. */
async function waitingMailboxes(client: Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ address: string }>(
    `select m.address from mailbox m join pgboss.job j on j.singleton_key = m.id::text
     where j.name = 'sync' and j.state in ('created', 'retry', 'active')`,
  );
  return new Set(rows.map(({ address }) => address));
}
