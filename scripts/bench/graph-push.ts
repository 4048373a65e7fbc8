import { startGraphWorld, type GraphWorld } from '../../test/journeys/graph-world.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { besidePoller, SPACING_MS, timeReplies, writeAll, type Written } from './reply-delays.ts';

const REPLIES = 30;
const LOST = 3;
const SWEEP_SECONDS = 3;

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
  const delays = await timeReplies(await writtenBy(told, replies), {
    ...{ stage: told, spacingMs: SPACING_MS },
    answer: ({ prospect, messageId }) => told.somebodyWrites({ from: prospect.address, inReplyTo: messageId }),
  });
  progress('starting another one, whose notifications are all lost');
  const swept = await startGraphWorld({ sweepSeconds: SWEEP_SECONDS });
  belongings.defer(() => swept.close());
  const lost = await writtenBy(swept, scaled(LOST, surroundings, 2));
  swept.graph.subscriptions.lose(true);
  for (const { prospect, messageId } of lost) swept.somebodyWrites({ from: prospect.address, inReplyTo: messageId });
  for (const { prospect } of lost) await swept.tasks(prospect, 1);
  return besidePoller(delays, {
    what: 'message in the simulated mailbox -> notification over HTTP -> connector process on PGlite -> Task in a local org, seen by a query every 50 ms',
    more: `; all ${lost.length} whose notification was lost found by the sweep`,
    detail: {
      spacingMs: SPACING_MS,
      lostHints: { sweepSeconds: SWEEP_SECONDS, replies: lost.length, found: lost.length },
    },
  });
}

function writtenBy(world: GraphWorld, count: number): Promise<Written[]> {
  return writeAll(world, count, (prospects) => prospects.map((prospect) => world.repWrites(prospect)));
}
