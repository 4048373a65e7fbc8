import { openEwsMailbox } from '../../connector/src/mailbox/ews/ews-mailbox.ts';
import { openGraphMailbox } from '../../connector/src/mailbox/graph/graph-mailbox.ts';
import type { Mailbox } from '../../connector/src/mailbox/mailbox.ts';
import type { PushHealth } from '../../connector/src/store/store.ts';
import { sweepSeconds } from '../../connector/src/sync/sweep-interval.ts';
import { until } from '../../test/servers/poll.ts';
import { startEwsSimulator, type EwsSimulator } from '../../test/simulators/ews/ews-simulator.ts';
import { startGraphSimulator } from '../../test/simulators/graph/graph-simulator.ts';
import type { Measured, Surroundings } from './benchmark.ts';
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
  const looks = looksOfADay(pushed);
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

/** By the connector's own schedule, with its random part. */
function looksOfADay(pushed: boolean): number {
  const random = createRandom(7);
  const until = new Date(DAY_SECONDS * 2_000);
  const push: PushHealth = pushed
    ? { until, renewAt: until, told: 100 }
    : { until: undefined, renewAt: undefined, told: 0 };
  let looks = 0;
  for (let second = 0; second < DAY_SECONDS; looks++) {
    second += sweepSeconds(push, new Date(second * 1000), SWEEP_SECONDS, random.below(1_000_000) / 1_000_000);
  }
  return looks;
}
