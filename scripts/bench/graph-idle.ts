import { openGraphMailbox } from '../../connector/src/mailbox/graph/graph-mailbox.ts';
import type { PushHealth } from '../../connector/src/store/store.ts';
import { sweepSeconds } from '../../connector/src/sync/sweep-interval.ts';
import { startGraphSimulator } from '../../test/simulators/graph/graph-simulator.ts';
import type { Measured, Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { rounded } from './statistics.ts';

const REP = 'rep@example.test';
const DAY_SECONDS = 86_400;
const SWEEP_SECONDS = 300;
const LOOKS = 20;
/** A promise is renewed once a day, and the mailbox is looked into after it. */
const RENEWALS = { requests: 1, looks: 1 };

/** Requests to the provider that an idle mailbox costs in a day, beside those of a poller that looks every minute. */
export async function countIdleCalls(pushed: boolean, { belongings, progress }: Surroundings): Promise<Measured> {
  progress(`looking ${LOOKS} times into an idle mailbox`);
  const graph = await startGraphSimulator();
  belongings.defer(() => graph.close());
  graph.mailbox(REP, { token: 'token', permissions: ['Mail.ReadBasic.All'] });
  const mailbox = openGraphMailbox({
    ...{ address: REP, rootUrl: graph.rootUrl, accessToken: () => Promise.resolve('token') },
  });
  let { cursor } = await mailbox.changesSince(await mailbox.openingCursor(new Date()), 500);
  const before = graph.httpRequests;
  for (let look = 0; look < LOOKS; look++) ({ cursor } = await mailbox.changesSince(cursor, 500));
  const perLook = (graph.httpRequests - before) / LOOKS;
  const looks = looksOfADay(pushed);
  const renewals = pushed ? RENEWALS.requests + RENEWALS.looks * perLook : 0;
  const [own, poller] = [looks * perLook + renewals, (DAY_SECONDS / 60) * perLook];
  return {
    ratio: rounded(own / poller),
    words: `${Math.round(own)} requests a day; the poller ${Math.round(poller)}`,
    detail: {
      what: 'requests of one look as counted by the simulated Microsoft Graph, times the looks of a day by the schedule of the sweep, over a whole simulated day',
      pushed,
      requestsPerLook: perLook,
      looks,
      renewals,
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
