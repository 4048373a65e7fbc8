import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { connectMailbox, startConnector } from '../../test/journeys/connector-process.ts';
import { startSalesStage, type Prospect, type SalesStage } from '../../test/journeys/sales-stage.ts';
import { freePort } from '../../test/servers/free-port.ts';
import { until } from '../../test/servers/poll.ts';
import { startGmailSimulator, type GmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { median, percentile, rounded } from './statistics.ts';
import { pollerDelays } from './submit-to-task.ts';

const REP = 'rep@example.test';
const TOKEN = 'token-of-the-rep';
const TOPIC = 'projects/replies/topics/mail';
const ACCOUNT = 'push@replies.iam.gserviceaccount.com';
/** Gmail tells of a mailbox once a second at most. */
const EVENT_MS = 1_050;
const REPLIES = 9;
/** Replies come farther apart than the pace at which Salesforce is written to, so that each is written at once. */
const SPACING_MS = { least: 16_000, most: 18_000 };
const P95 = 0.95;

/** The time from a message's arrival on the Gmail stand-in to its Task, by a signed push, beside that of a poller. */
export async function measureGmailPush(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  const gmail = await startGmailSimulator();
  belongings.defer(() => gmail.close());
  gmail.mailbox(REP, { token: TOKEN, scopes: ['gmail.metadata'] });
  const stage = await startSalesStage(REP);
  belongings.defer(() => stage.close());
  const port = await freePort();
  const push = {
    endpoint: `http://127.0.0.1:${port}/told/gmail`,
    ...{ audience: 'https://replies.example.com/told/gmail', serviceAccount: ACCOUNT },
  };
  gmail.pubsub.setTopic(TOPIC, { push });
  const variables = {
    ...stage.variables,
    REPLY_TRACKING_NOTIFICATION_URL: 'https://replies.example.com/told',
    REPLY_TRACKING_NOTIFICATION_PORT: String(port),
    REPLY_TRACKING_GMAIL_TOPIC: TOPIC,
    REPLY_TRACKING_GMAIL_PUSH_ACCOUNT: ACCOUNT,
    REPLY_TRACKING_GMAIL_CERTIFICATES_URL: gmail.certificatesUrl,
  };
  await connectMailbox(variables, {
    settings: { provider: 'gmail', address: REP, rootUrl: gmail.rootUrl },
    credential: { kind: 'accessToken', accessToken: TOKEN },
  });
  const connector = await startConnector(variables);
  belongings.defer(async () => void (await connector.stop()));
  await until('Gmail to be asked for a watch', () => Promise.resolve(gmail.pubsub.watches.has(REP)), 60_000);
  const written = await writeAll(gmail, stage, scaled(REPLIES, surroundings, 2));
  progress(`${written.length} prospects answer, one after the other`);
  const delays = await answerAll(gmail, stage, written);
  return measured(delays, gmail.pubsub.pushes.filter(({ status }) => status === 204).length);
}

interface Written {
  readonly prospect: Prospect;
  readonly messageId: string;
}

async function writeAll(gmail: GmailSimulator, stage: SalesStage, count: number): Promise<Written[]> {
  const prospects: Prospect[] = [];
  for (let number = 0; number < count; number++) prospects.push(await stage.enrol());
  const sent = prospects.map(({ address }) =>
    gmail.send(REP, Object.entries({ From: REP, To: address, Subject: 'Our offer' })),
  );
  // One push may have told of the first of these alone.
  await pause(EVENT_MS);
  gmail.send(REP, Object.entries({ From: REP, To: 'nobody@example.org', Subject: 'Lunch' }));
  const written = sent.map(({ message }, place) => {
    const [, messageId] = message.headers.find(([name]) => name === 'Message-ID')!;
    return { prospect: prospects[place]!, messageId };
  });
  for (const { messageId } of written) await stage.tracked(messageId);
  return written;
}

async function answerAll(gmail: GmailSimulator, stage: SalesStage, written: readonly Written[]): Promise<number[]> {
  const random = createRandom(1);
  const delays: number[] = [];
  for (const { prospect, messageId } of written) {
    await pause(SPACING_MS.least + random.below(SPACING_MS.most - SPACING_MS.least));
    const arrived = performance.now();
    gmail.deliver(
      REP,
      Object.entries({
        ...{ 'Message-ID': `<${randomUUID()}@example.org>`, From: prospect.address, To: REP },
        ...{ Subject: 'Re: Our offer', 'In-Reply-To': messageId },
      }),
    );
    await stage.tasks(prospect, 1);
    delays.push(performance.now() - arrived);
  }
  return delays;
}

function measured(delays: readonly number[], pushes: number): Measured {
  const [own, other] = [percentile(delays, P95), percentile(pollerDelays(delays.length, 0), P95)];
  return {
    ratio: rounded(own / other),
    words: `p95 ${rounded(own / 1000)} s of ${delays.length} replies (median ${rounded(median(delays) / 1000)} s); the poller ${rounded(other / 1000)} s`,
    detail: {
      what: 'arrival on the Gmail stand-in -> push with a signed token -> connector process on PGlite -> Task in a local org, seen by a query every 50 ms',
      ...{ replies: delays.length, spacingMs: SPACING_MS, pushes },
      delayMs: { median: Math.round(median(delays)), p95: Math.round(own), most: Math.round(Math.max(...delays)) },
      poller: {
        what: 'computed: arrivals spread evenly over ten minutes, each look taking no time',
        p95Ms: Math.round(other),
      },
    },
  };
}
