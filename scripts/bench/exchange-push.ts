import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { mail } from '../../test/contract/sample-mail.ts';
import { connectMailbox, startConnector } from '../../test/journeys/connector-process.ts';
import { startSalesStage, type Prospect, type SalesStage } from '../../test/journeys/sales-stage.ts';
import { startEwsSimulator, type EwsSimulator } from '../../test/simulators/ews/ews-simulator.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { median, percentile, rounded } from './statistics.ts';
import { pollerDelays } from './submit-to-task.ts';

const REP = 'rep@example.test';
const PASSWORD = 'password-of-the-rep';
const REPLIES = 30;
/** Between a Task and the next reply, so that none finds the connector at work or always equally long at rest. */
const SPACING_MS = { least: 300, most: 900 };
/** The mailbox waits for events and nobody writes: what it asks the server meanwhile. */
const IDLE_MS = 20_000;
const P95 = 0.95;

/** The time from a message's arrival on the Exchange stand-in to its Task, beside that of a poller. */
export async function measureExchangePush(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  const exchange = await startEwsSimulator();
  belongings.defer(() => exchange.close());
  exchange.mailbox(REP, { password: PASSWORD });
  const stage = await startSalesStage(REP);
  belongings.defer(() => stage.close());
  await connectMailbox(stage.variables, {
    settings: { provider: 'ews', address: REP, url: exchange.url, authentication: 'ntlm' },
    credential: { kind: 'password', password: PASSWORD },
  });
  const connector = await startConnector(stage.variables);
  belongings.defer(async () => void (await connector.stop()));
  const written = await writeAll(exchange, stage, scaled(REPLIES, surroundings, 2));
  progress(`${written.length} prospects answer, one after the other`);
  const delays = await answerAll(exchange, stage, written);
  progress('nobody writes');
  const before = exchange.requests.length;
  await pause(IDLE_MS);
  return measured(delays, exchange.requests.length - before);
}

interface Written {
  readonly prospect: Prospect;
  readonly messageId: string;
}

async function writeAll(exchange: EwsSimulator, stage: SalesStage, count: number): Promise<Written[]> {
  const written: Written[] = [];
  for (let number = 0; number < count; number++) {
    const prospect = await stage.enrol();
    const messageId = `<${randomUUID()}@example.test>`;
    exchange.deliver(REP, mail({ id: messageId, from: REP, to: prospect.address }), { folder: 'sentitems' });
    written.push({ prospect, messageId });
  }
  for (const { messageId } of written) await stage.tracked(messageId);
  return written;
}

async function answerAll(exchange: EwsSimulator, stage: SalesStage, written: readonly Written[]): Promise<number[]> {
  const random = createRandom(1);
  const delays: number[] = [];
  for (const { prospect, messageId } of written) {
    await pause(SPACING_MS.least + random.below(SPACING_MS.most - SPACING_MS.least));
    const id = `<${randomUUID()}@example.org>`;
    const arrived = performance.now();
    exchange.deliver(REP, mail({ id, from: prospect.address, to: REP, inReplyTo: messageId }));
    await stage.tasks(prospect, 1);
    delays.push(performance.now() - arrived);
  }
  return delays;
}

function measured(delays: readonly number[], idleCalls: number): Measured {
  const [own, other] = [percentile(delays, P95), percentile(pollerDelays(delays.length, 0), P95)];
  return {
    ratio: rounded(own / other),
    words: `p95 ${rounded(own / 1000)} s of ${delays.length} replies (median ${rounded(median(delays) / 1000)} s); the poller ${rounded(other / 1000)} s; ${idleCalls} calls in ${IDLE_MS / 1000} idle seconds`,
    detail: {
      what: 'arrival on the Exchange stand-in -> stream of events -> connector process on PGlite -> Task in a local org, seen by a query every 50 ms',
      replies: delays.length,
      spacingMs: SPACING_MS,
      delayMs: { median: Math.round(median(delays)), p95: Math.round(own), most: Math.round(Math.max(...delays)) },
      idle: { milliseconds: IDLE_MS, calls: idleCalls },
      poller: {
        what: 'computed: arrivals spread evenly over ten minutes, each look taking no time',
        p95Ms: Math.round(other),
      },
    },
  };
}
