import { setTimeout as pause } from 'node:timers/promises';
import { openImapMailbox } from '../../connector/src/mailbox/imap/imap-mailbox.ts';
import { startMailWorld, type MailWorld } from '../../test/journeys/mail-world.ts';
import type { Prospect } from '../../test/journeys/sales-stage.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { median, percentile, rounded } from './statistics.ts';

const REPLIES = 40;
/** Between a Task and the next reply, so that none finds the connector at work or always equally long at rest. */
const SPACING_MS = { least: 100, most: 700 };
/** Looks of the poller whose time is taken. */
const LOOKS = 5;
const POLLER_PERIOD_MS = 10 * 60_000;
const P95 = 0.95;

/** The time from SMTP submission to the Task, through real servers, beside that of a poller. */
export async function measureDelays(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('dovecot') ?? reasonAgainst('postfix');
  if (missing !== undefined) return { skipped: missing };
  const { belongings, progress } = surroundings;
  progress('starting Postfix, Dovecot, a local org and the connector');
  const world = await startMailWorld(NO_TEST);
  belongings.defer(() => world.close());
  const replies = scaled(REPLIES, surroundings, 2);
  progress(`the rep writes ${replies} mails`);
  const written: Written[] = [];
  for (let number = 0; number < replies; number++) {
    const prospect = await world.enrol();
    written.push({ prospect, messageId: await world.repWrites({ to: prospect.address }) });
  }
  // Sent is read when something arrives, so that something has to.
  await world.settled();
  for (const { messageId } of written) await world.tracked(messageId);
  progress(`${replies} prospects answer, one after the other`);
  const delays = await answerAll(world, written);
  const looks = await timeLooks(world);
  return measured(delays, looks);
}

/** What the servers' own check would skip is known to be there, so that it is never called. */
const NO_TEST = {
  skip: (): never => {
    throw new Error('A mail server that was there a moment ago is missing.');
  },
} as unknown as Mocha.Context;

interface Written {
  readonly prospect: Prospect;
  readonly messageId: string;
}

async function answerAll(world: MailWorld, written: readonly Written[]): Promise<number[]> {
  const random = createRandom(1);
  const delays: number[] = [];
  for (const { prospect, messageId } of written) {
    await pause(SPACING_MS.least + random.below(SPACING_MS.most - SPACING_MS.least));
    const submitted = performance.now();
    await world.somebodyWrites({ from: prospect.address, inReplyTo: messageId });
    await world.tasks(prospect, 1);
    delays.push(performance.now() - submitted);
  }
  return delays;
}

/** What one look of a poller takes: it logs in and asks for what is new. */
async function timeLooks({ dovecot, rep }: MailWorld): Promise<number[]> {
  const { host, port, password } = dovecot;
  const open = () =>
    openImapMailbox({
      ...{ host, port, secure: false, user: rep.address },
      credential: () => Promise.resolve({ password }),
    });
  const first = open();
  const { cursor } = await first.changesSince(await first.openingCursor(new Date(0)), 500);
  await first.close();
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const begun = performance.now();
    const mailbox = open();
    await mailbox.changesSince(cursor, 500);
    times.push(performance.now() - begun);
    await mailbox.close();
  }
  return times;
}

/**
 * The poller is not waited for: a reply comes at any moment of its period with the same chance, so that of as many
 * replies the first waits least and the last almost the whole period.
 */
export function pollerDelays(count: number, lookMs: number): number[] {
  return Array.from({ length: count }, (_, place) => ((place + 0.5) / count) * POLLER_PERIOD_MS + lookMs);
}

function measured(delays: readonly number[], looks: readonly number[]): Measured {
  const poller = pollerDelays(delays.length, median(looks));
  const [own, other] = [percentile(delays, P95), percentile(poller, P95)];
  return {
    ratio: rounded(own / other),
    words: `p95 ${rounded(own / 1000)} s of ${delays.length} replies (median ${rounded(median(delays) / 1000)} s); the poller ${rounded(other / 1000)} s`,
    detail: {
      what: 'SMTP submission to Postfix -> Dovecot -> connector process on PGlite, waiting with IDLE -> Task in a local org, seen by a query every 50 ms',
      replies: delays.length,
      spacingMs: SPACING_MS,
      delayMs: {
        median: Math.round(median(delays)),
        p95: Math.round(own),
        most: Math.round(Math.max(...delays)),
      },
      poller: {
        what: 'computed, not waited for: arrivals spread evenly over the period, plus the time of one look as measured',
        periodMs: POLLER_PERIOD_MS,
        lookMs: Math.round(median(looks)),
        p95Ms: Math.round(other),
      },
    },
  };
}
