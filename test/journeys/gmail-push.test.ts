import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { openFacade } from '../../connector/src/connector.ts';
import { startGmailSimulator, type GmailSimulator } from '../simulators/gmail/gmail-simulator.ts';
import { freePort } from '../servers/free-port.ts';
import { until } from '../servers/poll.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';
import { startSalesStage, type SalesStage } from './sales-stage.ts';

const REP = 'rep@example.test';
const TOKEN = 'token-of-the-rep';
const TOPIC = 'projects/replies/topics/mail';
const ACCOUNT = 'push@replies.iam.gserviceaccount.com';

describe('A Gmail mailbox whose changes Pub/Sub tells of', function () {
  this.timeout(60_000);
  let gmail: GmailSimulator;
  let stage: SalesStage;
  let connector: ConnectorProcess;
  let variables: Record<string, string>;
  let push: Parameters<GmailSimulator['pubsub']['setTopic']>[1];
  /** Milliseconds by which Gmail's clock is ahead: it tells of a mailbox once a second at most. */
  let ahead = 0;

  before(async () => {
    gmail = await startGmailSimulator({ now: () => new Date(Date.now() + ahead) });
    gmail.mailbox(REP, { token: TOKEN, scopes: ['https://www.googleapis.com/auth/gmail.metadata'] });
    stage = await startSalesStage(REP);
    const port = await freePort();
    const audience = 'https://replies.example.com/told/gmail';
    push = {
      mayPublish: true,
      push: { endpoint: `http://127.0.0.1:${port}/told/gmail`, audience, serviceAccount: ACCOUNT },
    };
    gmail.pubsub.setTopic(TOPIC, { ...push, mayPublish: false });
    variables = {
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
    connector = await startConnector(variables);
  });

  after(async () => {
    await connector?.stop();
    await stage?.close();
    await gmail?.close();
  });

  it('says why, while Gmail refuses to tell of changes', async () => {
    const pushError = async (): Promise<string | null | undefined> => {
      const { facade, close } = await openFacade({ variables, needsSalesforce: false });
      const [mailbox] = await facade.mailboxes({}, () => undefined);
      await close();
      return mailbox?.pushError;
    };
    await until(
      'the refusal to be known',
      async () => (await pushError())?.includes('Pub/Sub Publisher') ?? false,
      30_000,
    );
    gmail.pubsub.setTopic(TOPIC, push);
    await until('Gmail to promise', async () => (await pushError()) === null, 30_000);
  });

  it('is asked for a watch by itself, and its replies become Tasks without a look by anybody', async () => {
    await until('Gmail to be asked for a watch', () => Promise.resolve(gmail.pubsub.watches.has(REP)), 30_000);
    const prospect = await stage.enrol();
    const sent = gmail.send(REP, Object.entries({ From: REP, To: prospect.address, Subject: 'Our offer' }));
    const [, id] = sent.message.headers.find(([name]) => name === 'Message-ID')!;
    await stage.tracked(id);
    ahead = 2_000;
    gmail.deliver(
      REP,
      Object.entries({
        ...{ 'Message-ID': `<${randomUUID()}@example.org>`, From: prospect.address, To: REP },
        ...{ Subject: 'Re: Our offer', 'In-Reply-To': id },
      }),
    );
    await stage.tasks(prospect, 1, () => connector.log());
    await gmail.pubsub.settled();
    expect(new Set(gmail.pubsub.pushes.map(({ status }) => status))).to.deep.equal(new Set([204]));
    expect(gmail.violations).to.deep.equal([]);
  });
});
