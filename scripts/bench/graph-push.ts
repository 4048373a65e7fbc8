import { setTimeout as pause } from 'node:timers/promises';
import { startGraphWorld, type GraphWorld } from '../../test/journeys/graph-world.ts';
import type { Prospect } from '../../test/journeys/sales-stage.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { median, percentile, rounded } from './statistics.ts';

const REPLIES = 12;
const LOST = 3;
/** Replies come farther apart than the pace at which Salesforce is written to, so that each is written at once. */
const SPACING_MS = { least: 16_000, most: 18_000 };
const POLLER_PERIOD_MS = 10 * 60_000;
const SWEEP_SECONDS = 3;
const P95 = 0.95;

/**
 * The time from a message in the mailbox to its Task, told by the provider's notification, beside that of a poller; and
 * whether the sweep finds every reply whose notification is lost.
 */
export async function measurePush(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  progress('starting a simulated Microsoft 365, a local org and the connector, which is told of changes');
  const told = await startGraphWorld({ sweepSeconds: 3600 });
  belongings.defer(() => told.close());
  const replies = scaled(REPLIES, surroundings, 2);
  const delays = await answerAll(told, await writeAll(told, replies));
  progress('starting another one, whose notifications are all lost');
  const swept = await startGraphWorld({ sweepSeconds: SWEEP_SECONDS });
  belongings.defer(() => swept.close());
  const lost = await writeAll(swept, scaled(LOST, surroundings, 2));
  swept.graph.subscriptions.lose(true);
  for (const { prospect, messageId } of lost) swept.somebodyWrites({ from: prospect.address, inReplyTo: messageId });
  for (const { prospect } of lost) await swept.tasks(prospect, 1);
  return measured(delays, lost.length);
}

interface Written {
  readonly prospect: Prospect;
  readonly messageId: string;
}

async function writeAll(world: GraphWorld, count: number): Promise<Written[]> {
  const written: Written[] = [];
  for (let number = 0; number < count; number++) {
    const prospect = await world.enrol();
    written.push({ prospect, messageId: world.repWrites(prospect) });
  }
  for (const { messageId } of written) await world.tracked(messageId);
  return written;
}

async function answerAll(world: GraphWorld, written: readonly Written[]): Promise<number[]> {
  const random = createRandom(1);
  const delays: number[] = [];
  for (const { prospect, messageId } of written) {
    await pause(SPACING_MS.least + random.below(SPACING_MS.most - SPACING_MS.least));
    const arrived = performance.now();
    world.somebodyWrites({ from: prospect.address, inReplyTo: messageId });
    await world.tasks(prospect, 1);
    delays.push(performance.now() - arrived);
  }
  return delays;
}

/** The poller is not waited for: of as many replies the first waits least and the last almost the whole period. */
function measured(delays: readonly number[], found: number): Measured {
  const poller = delays.map((_, place) => ((place + 0.5) / delays.length) * POLLER_PERIOD_MS);
  const [own, other] = [percentile(delays, P95), percentile(poller, P95)];
  return {
    ratio: rounded(own / other),
    words: `p95 ${rounded(own / 1000)} s of ${delays.length} replies (median ${rounded(median(delays) / 1000)} s); the poller ${rounded(other / 1000)} s; all ${found} whose notification was lost found by the sweep`,
    detail: {
      what: 'message in the simulated mailbox -> notification over HTTP -> connector process on PGlite -> Task in a local org, seen by a query every 50 ms',
      replies: delays.length,
      spacingMs: SPACING_MS,
      delayMs: {
        median: Math.round(median(delays)),
        p95: Math.round(own),
        most: Math.round(Math.max(...delays)),
      },
      poller: { what: 'computed, not waited for', periodMs: POLLER_PERIOD_MS, p95Ms: Math.round(other) },
      lostHints: { sweepSeconds: SWEEP_SECONDS, replies: found, found },
    },
  };
}
