import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEwsMailbox } from '../../connector/src/mailbox/ews/ews-mailbox.ts';
import { openGraphMailbox } from '../../connector/src/mailbox/graph/graph-mailbox.ts';
import { openImapMailbox } from '../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { Mailbox } from '../../connector/src/mailbox/mailbox.ts';
import type { PushHealth } from '../../connector/src/store/store.ts';
import { sweepSeconds } from '../../connector/src/sync/sweep-interval.ts';
import { countedImapPort } from '../../test/servers/counted-imap-port.ts';
import { startDovecot } from '../../test/servers/dovecot.ts';
import { until } from '../../test/servers/poll.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { startEwsSimulator, type EwsSimulator } from '../../test/simulators/ews/ews-simulator.ts';
import { startGraphSimulator } from '../../test/simulators/graph/graph-simulator.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { rounded } from './statistics.ts';

const REP = 'rep@example.test';
const PASSWORD = 'password-of-the-rep';
const DAY_SECONDS = 86_400;
const SWEEP_SECONDS = 300;
const LOOKS = 20;

/** What keeps a provider telling of changes for a day, beside the sweeps. */
interface Upkeep {
  readonly requests: number;
  readonly looks: number;
}

/** A mailbox in which nothing happens, at a stand-in that counts. */
interface Idle {
  readonly mailbox: Mailbox;
  readonly counted: () => number;
  readonly upkeep: () => Promise<Upkeep>;
}

/** Requests to Microsoft Graph that an idle mailbox costs in a day, beside those of a poller that looks every minute. */
export async function countGraphCalls(pushed: boolean, surroundings: Surroundings): Promise<Measured> {
  const graph = await startGraphSimulator();
  surroundings.belongings.defer(() => graph.close());
  graph.mailbox(REP, { token: 'token', permissions: ['Mail.ReadBasic.All'] });
  const accessToken = (): Promise<string> => Promise.resolve('token');
  const mailbox = openGraphMailbox({ address: REP, rootUrl: graph.rootUrl, accessToken });
  // A promise is renewed once a day, and the mailbox is looked into after it.
  const upkeep = (): Promise<Upkeep> => Promise.resolve({ requests: 1, looks: 1 });
  return countCalls({ mailbox, counted: () => graph.httpRequests, upkeep }, pushed, surroundings);
}

/** A minute of the stand-in's streams, in milliseconds: one that lasts as long as it may is over after half a second. */
const STREAM_MINUTE_MS = 18;
const STREAM_MINUTES = 29;
const STREAMS = 5;

/** The same for Exchange Server, as the calls that are let in; what NTLM needs for a connection comes on top of both. */
export async function countExchangeCalls(pushed: boolean, surroundings: Surroundings): Promise<Measured> {
  const exchange = await startEwsSimulator({ minuteMs: STREAM_MINUTE_MS, streaming: pushed });
  surroundings.belongings.defer(() => exchange.close());
  exchange.mailbox(REP, { password: PASSWORD });
  const mailbox = openEwsMailbox({
    ...{ address: REP, url: exchange.url },
    credential: () => Promise.resolve({ kind: 'basic', user: REP, password: PASSWORD }),
  });
  surroundings.belongings.defer(() => mailbox.close());
  const upkeep = (): Promise<Upkeep> => streamsOfADay(exchange, mailbox);
  return countCalls({ mailbox, counted: () => exchange.requests.length, upkeep }, pushed, surroundings);
}

/** Streams are begun anew all day; the calls from the first to the last of some are counted. */
async function streamsOfADay(exchange: EwsSimulator, mailbox: Mailbox): Promise<Upkeep> {
  const end = new AbortController();
  const begun = (): number => exchange.requests.filter(({ operation }) => operation === 'GetStreamingEvents').length;
  const waiting = mailbox.waitForChange(end.signal);
  await until('the first stream', () => Promise.resolve(begun() > 0));
  const before = exchange.requests.length;
  await until('more streams', () => Promise.resolve(begun() > STREAMS), 60_000);
  const perStream = (exchange.requests.length - before) / (begun() - 1);
  end.abort();
  await waiting;
  return { requests: (perStream * DAY_SECONDS) / 60 / STREAM_MINUTES, looks: 0 };
}

/** A second of the day that is lived through with a real Dovecot, in milliseconds: a day takes 90 seconds. */
const DAY_SECOND_MS = 90_000 / DAY_SECONDS;
/** The connector's own intervals, in seconds: between two looks at least, and after which IDLE is begun anew. */
const [LOOK_SECONDS, IDLE_SECONDS] = [15, 28 * 60];

/**
 * The same for a real Dovecot, as the commands that pass the port, logins left out. With `watched` the second day of a
 * watched mailbox is lived through, every interval shortened alike, sweeps and all.
 */
export async function countImapCommands(watched: boolean, surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('dovecot');
  if (missing !== undefined) return { skipped: missing };
  const dovecot = await startDovecot();
  const { port, commands, close } = await countedImapPort(dovecot.port);
  surroundings.belongings.defer(close);
  const open = (user: string): Mailbox => {
    const mailbox = openImapMailbox({
      ...{ host: '127.0.0.1', port, secure: false, user },
      credential: () => Promise.resolve({ password: dovecot.password }),
      timeouts: { lookMs: LOOK_SECONDS * DAY_SECOND_MS, idleMs: IDLE_SECONDS * DAY_SECOND_MS },
    });
    surroundings.belongings.defer(() => mailbox.close());
    return mailbox;
  };
  const counted = (): number => commands.length;
  const upkeep = (): Promise<Upkeep> => Promise.resolve({ requests: 0, looks: 0 });
  const swept = await countCalls({ mailbox: open(`poller-${randomUUID()}`), counted, upkeep }, false, surroundings);
  if (!watched) return swept;
  const poller = swept.detail.requestsPerLook as number;
  const share = scaled(1_000, surroundings, 50) / 1_000;
  const first = await livedThrough(open(`watched-${randomUUID()}`), { days: [0.25, share], counted }, surroundings);
  const [own, polled] = [first / share, (DAY_SECONDS / 60) * poller];
  return {
    ratio: rounded(own / polled),
    words: `${Math.round(own)} commands a day; the poller ${Math.round(polled)}`,
    detail: {
      what: 'commands at the port of a real Dovecot in a day of 90 seconds after a quarter of one: waits, looks at other folders and sweeps by their own schedules; the poller keeps its connection and waits in no folder',
      ...{ commandsPerLookOfThePoller: poller, dayLivedThrough: share },
    },
  };
}

/** The commands of a watched mailbox after some first days, in some further ones. */
async function livedThrough(
  mailbox: Mailbox,
  { days: [before, counting], counted }: { days: readonly [number, number]; counted: () => number },
  { progress }: Surroundings,
): Promise<number> {
  progress(`living through ${before} days of a watched mailbox, then counting ${counting}`);
  const end = new AbortController();
  let { cursor } = await mailbox.changesSince(await mailbox.openingCursor(new Date()), 500);
  const waiting = mailbox.waitForChange(end.signal);
  const began = performance.now();
  let countedBefore: number | undefined;
  for (const due of sweepTimes(true, (before + counting) * DAY_SECONDS)) {
    await sleep(began + due * DAY_SECOND_MS - performance.now());
    if (due >= before * DAY_SECONDS) countedBefore ??= counted();
    ({ cursor } = await mailbox.changesSince(cursor, 500));
  }
  const total = counted() - (countedBefore ?? 0);
  end.abort();
  await waiting;
  return total;
}

async function countCalls(
  { mailbox, counted, upkeep }: Idle,
  pushed: boolean,
  { progress }: Surroundings,
): Promise<Measured> {
  progress(`looking ${LOOKS} times into an idle mailbox`);
  let { cursor } = await mailbox.changesSince(await mailbox.openingCursor(new Date()), 500);
  const before = counted();
  for (let look = 0; look < LOOKS; look++) ({ cursor } = await mailbox.changesSince(cursor, 500));
  const perLook = (counted() - before) / LOOKS;
  const looks = sweepTimes(pushed, DAY_SECONDS).length;
  const kept = pushed ? await upkeep() : { requests: 0, looks: 0 };
  const [own, poller] = [(looks + kept.looks) * perLook + kept.requests, (DAY_SECONDS / 60) * perLook];
  return {
    ratio: rounded(own / poller),
    words: `${Math.round(own)} requests a day; the poller ${Math.round(poller)}`,
    detail: {
      what: 'requests of one look, and of what keeps the provider telling, as counted by the stand-in, times those of a day; looks by the schedule of the sweep, over a whole simulated day',
      ...{ pushed, requestsPerLook: perLook, looks, upkeep: kept },
    },
  };
}

/** When an idle mailbox is swept, in seconds, by the connector's own schedule with its random part. */
function sweepTimes(pushed: boolean, seconds: number): number[] {
  const random = createRandom(7);
  const until = new Date(seconds * 2_000);
  const push: PushHealth = pushed
    ? { until, renewAt: until, told: 100 }
    : { until: undefined, renewAt: undefined, told: 0 };
  const times: number[] = [];
  for (let second = 0; second < seconds;) {
    second += sweepSeconds(push, new Date(second * 1000), SWEEP_SECONDS, random.below(1_000_000) / 1_000_000);
    times.push(second);
  }
  return times;
}
