import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { connectMailbox, startConnector } from '../../test/journeys/connector-process.ts';
import { startSalesStage, type Prospect } from '../../test/journeys/sales-stage.ts';
import { freePort } from '../../test/servers/free-port.ts';
import { until } from '../../test/servers/poll.ts';
import { startGmailSimulator, type GmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { besidePoller, timeReplies, writeAll, type Written } from './reply-delays.ts';

const REP = 'rep@example.test';
const TOKEN = 'token-of-the-rep';
const TOPIC = 'projects/replies/topics/mail';
const ACCOUNT = 'push@replies.iam.gserviceaccount.com';
/** Gmail tells of a mailbox once a second at most. */
const EVENT_MS = 1_050;
const REPLIES = 30;
const SPACING_MS = { least: EVENT_MS, most: EVENT_MS + 600 };

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
  const written = await writeAll(stage, scaled(REPLIES, surroundings, 2), (prospects) => repWrites(gmail, prospects));
  progress(`${written.length} prospects answer, one after the other`);
  const delays = await timeReplies(written, { stage, spacingMs: SPACING_MS, answer: (one) => answer(gmail, one) });
  return besidePoller(delays, {
    what: 'arrival on the Gmail stand-in -> push with a signed token -> connector process on PGlite -> Task in a local org, seen by a query every 50 ms',
    detail: { spacingMs: SPACING_MS, pushes: gmail.pubsub.pushes.filter(({ status }) => status === 204).length },
  });
}

async function repWrites(gmail: GmailSimulator, prospects: readonly Prospect[]): Promise<string[]> {
  const sent = prospects.map(({ address }) =>
    gmail.send(REP, Object.entries({ From: REP, To: address, Subject: 'Our offer' })),
  );
  // One push may have told of the first of these alone.
  await pause(EVENT_MS);
  gmail.send(REP, Object.entries({ From: REP, To: 'nobody@example.org', Subject: 'Lunch' }));
  return sent.map(({ message }) => message.headers.find(([name]) => name === 'Message-ID')![1]);
}

function answer(gmail: GmailSimulator, { prospect, messageId }: Written): void {
  gmail.deliver(
    REP,
    Object.entries({
      ...{ 'Message-ID': `<${randomUUID()}@example.org>`, From: prospect.address, To: REP },
      ...{ Subject: 'Re: Our offer', 'In-Reply-To': messageId },
    }),
  );
}
