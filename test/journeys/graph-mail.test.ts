import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { APPLICATION_CERTIFICATE, registeredCertificate } from '../fixtures/application-certificate.ts';
import { mail, type SampleMail } from '../contract/sample-mail.ts';
import { freePort } from '../servers/free-port.ts';
import { until } from '../servers/poll.ts';
import { startGraphSimulator, type GraphSimulator } from '../simulators/graph/graph-simulator.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';
import { startSalesStage, type Prospect, type ReplyTask, type SalesStage } from './sales-stage.ts';

const REP = 'rep@example.test';
const CLIENT = 'f1a2b3c4-0000-4000-8000-000000000001';
const PUBLIC_URL = 'https://replies.example.test/told';

describe('A reply in a Microsoft 365 mailbox', function () {
  this.timeout(60_000);
  let graph: GraphSimulator;
  let stage: SalesStage;
  let connector: ConnectorProcess;

  before(async () => {
    const port = await freePort();
    graph = await startGraphSimulator({
      reach: (url) => url.replace('https://replies.example.test', `http://127.0.0.1:${port}`),
    });
    graph.user(REP);
    graph.application({ clientId: CLIENT, certificate: registeredCertificate(), roles: ['Mail.ReadBasic.All'] });
    stage = await startSalesStage(REP);
    // No look into the mailbox but those that Microsoft's notifications ask for.
    const push = { REPLY_TRACKING_NOTIFICATION_URL: PUBLIC_URL, REPLY_TRACKING_NOTIFICATION_PORT: String(port) };
    const variables = { ...stage.variables, ...push, REPLY_TRACKING_SWEEP_SECONDS: '3600' };
    const { certificate, privateKey } = APPLICATION_CERTIFICATE;
    const { tenantId, rootUrl, loginUrl } = graph;
    await connectMailbox(variables, {
      settings: { provider: 'graph', address: REP, tenantId, rootUrl, loginUrl },
      credential: { kind: 'certificate', clientId: CLIENT, certificate, privateKey },
    });
    connector = await startConnector(variables);
    await subscribed();
  });

  after(async () => {
    await connector?.stop();
    await stage?.close();
    await graph?.close();
  });

  /** Waits for a subscription other than one that is known, and gives its id. */
  const subscribed = (before = ''): Promise<string> =>
    until('a subscription', () => Promise.resolve([...graph.subscriptions.all.keys()].find((id) => id !== before)));
  const newId = (domain = 'example.org'): string => `<${randomUUID()}@${domain}>`;

  /** The rep writes: in Sent Items the mail has the id that Exchange gave it. */
  function repWrites(prospect: Prospect): string {
    const id = newId('prod.outlook.com');
    graph.deliver(REP, mail({ id, from: REP, to: prospect.address, subject: 'Our offer' }), { folder: 'sentitems' });
    return id;
  }
  function somebodyWrites(sample: Partial<SampleMail>, options = {}): void {
    graph.deliver(REP, mail({ id: newId(), ...sample }), options);
  }
  const tasks = (prospect: Prospect, count: number): Promise<ReplyTask[]> =>
    stage.tasks(prospect, count, () => connector.log());

  it('halts the sequence when Microsoft tells of it', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect);
    somebodyWrites({ from: prospect.address, inReplyTo: sent });
    const [task] = await tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Human', MatchedBy__c: 'In-Reply-To', MatchConfidence__c: 'High' });
    expect(task?.TrackedEmail__r?.MessageKey__c).to.equal(sent.slice(1, -1));
    expect((await stage.status(prospect)).Status__c).to.equal('Replied');
    expect(graph.subscriptions.deliveries.map(({ status }) => status)).to.include(202);
  });

  it('leaves the sequence alone for the answer to an invitation', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect);
    somebodyWrites(
      { from: prospect.address, inReplyTo: sent, subject: 'Accepted: a call' },
      { meetingMessageType: 'meetingAccepted' },
    );
    const [task] = await tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Calendar' });
    expect((await stage.status(prospect)).Status__c).to.equal('Active');
  });

  it('is found when its notification was lost, once Microsoft says that some were missed', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect);
    await stage.tracked(sent);
    graph.subscriptions.lose(true);
    somebodyWrites({ from: prospect.address, inReplyTo: sent });
    graph.subscriptions.lose(false);
    await graph.subscriptions.lifecycle(await subscribed(), 'missed');
    await tasks(prospect, 1);
    expect((await stage.status(prospect)).Status__c).to.equal('Replied');
  });

  it('is found when its subscription was removed, which is made anew', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect);
    await stage.tracked(sent);
    const removed = await subscribed();
    graph.subscriptions.drop(removed);
    somebodyWrites({ from: prospect.address, inReplyTo: sent });
    await graph.subscriptions.removed(removed);
    await tasks(prospect, 1);
    const made = await subscribed(removed);
    expect(graph.subscriptions.all.get(made)).to.include({ changeType: 'created', immutableIds: true });
    expect((await stage.status(prospect)).Status__c).to.equal('Replied');
  });

  it('lets its subscription be reauthorized and renewed when Microsoft asks for it', async () => {
    const id = await subscribed();
    const renewals = (): number => graph.requests.filter(({ method }) => method === 'PATCH subscriptions/{id}').length;
    const before = renewals();
    await graph.subscriptions.lifecycle(id, 'reauthorizationRequired');
    await until('a renewal', () => Promise.resolve(renewals() > before || undefined));
    expect([...graph.subscriptions.all.keys()]).to.deep.equal([id]);
  });

  it('asks Microsoft and Salesforce for nothing that these would not answer', () => {
    expect(graph.violations).to.deep.equal([]);
    expect(stage.org.notSimulated).to.deep.equal([]);
  });
});
