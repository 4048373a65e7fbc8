import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { startGmailSimulator, type GmailSimulator } from '../simulators/gmail/gmail-simulator.ts';
import type { StoredMessage } from '../simulators/gmail/mailbox-state.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';
import { startSalesStage, type Prospect, type ReplyTask, type SalesStage } from './sales-stage.ts';

const REP = 'rep@example.test';
const TOKEN = 'token-of-the-rep';

type Fields = Readonly<Record<string, string>>;

describe('A reply in a Gmail mailbox', function () {
  this.timeout(60_000);
  let gmail: GmailSimulator;
  let stage: SalesStage;
  let connector: ConnectorProcess;

  before(async () => {
    gmail = await startGmailSimulator();
    gmail.mailbox(REP, { token: TOKEN, scopes: ['https://www.googleapis.com/auth/gmail.metadata'] });
    stage = await startSalesStage(REP);
    await connectMailbox(stage.variables, {
      settings: { provider: 'gmail', address: REP, rootUrl: gmail.rootUrl, pollSeconds: 0.2 },
      credential: { kind: 'accessToken', accessToken: TOKEN },
    });
    connector = await startConnector(stage.variables);
  });

  after(async () => {
    await connector?.stop();
    await stage?.close();
    await gmail?.close();
  });

  const repWrites = (prospect: Prospect, fields: Fields = {}): StoredMessage =>
    gmail.send(REP, Object.entries({ From: REP, To: prospect.address, Subject: 'Our offer', ...fields }));
  const somebodyWrites = (fields: Fields): StoredMessage =>
    gmail.deliver(REP, Object.entries({ 'Message-ID': newId(), To: REP, Subject: 'Re: Our offer', ...fields }));
  const newId = (): string => `<${randomUUID()}@example.org>`;
  const idOf = ({ message }: StoredMessage): string => message.headers.find(([name]) => name === 'Message-ID')![1];
  const tasks = (prospect: Prospect, count: number): Promise<ReplyTask[]> =>
    stage.tasks(prospect, count, () => connector.log());

  it('halts the sequence when the answer names the id that Gmail gave the mail', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect, { 'Message-ID': newId() });
    somebodyWrites({ From: prospect.address, 'In-Reply-To': idOf(sent) });

    const [task] = await tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Human', MatchedBy__c: 'In-Reply-To', MatchConfidence__c: 'High' });
    expect((await stage.status(prospect)).Status__c).to.equal('Replied');
  });

  it('halts the sequence when only the thread connects the answer with the mail', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect);
    await stage.tracked(idOf(sent));
    // The connector does not see the first answer: the rep deletes it while nothing runs, and the second names no other.
    await connector.stop();
    const first = somebodyWrites({ From: 'boss@example.org', 'In-Reply-To': idOf(sent) });
    const second = somebodyWrites({ From: prospect.address, 'In-Reply-To': idOf(first) });
    gmail.remove(REP, first.id);
    expect(second.threadId).to.equal(sent.threadId);
    connector = await startConnector(stage.variables);

    const found = await tasks(prospect, 1);
    expect(found.map(({ ReplyFrom__c }) => ReplyFrom__c)).to.deep.equal([prospect.address]);
    expect(found[0]).to.include({
      MatchedBy__c: 'Provider Thread',
      MatchConfidence__c: 'Medium',
      Replier__c: 'Recipient',
    });
    expect(found[0]?.TrackedEmail__r?.MessageKey__c).to.equal(idOf(sent).slice(1, -1));
    expect((await stage.status(prospect)).Status__c).to.equal('Replied');
  });

  it('leaves the sequence alone for what is older than the mail in its thread', async () => {
    const prospect = await stage.enrol();
    const question = somebodyWrites({ From: 'stranger@example.net', Subject: 'A question' });
    const unread = gmail.deliver(
      REP,
      Object.entries({
        'Message-ID': newId(),
        From: 'other@x.test',
        Subject: 'Re: A question',
        'In-Reply-To': idOf(question),
      }),
      { receivedAt: new Date(Date.now() - 3_600_000) },
    );
    const sent = repWrites(prospect, { Subject: 'Re: A question', 'In-Reply-To': idOf(unread) });
    expect([unread.threadId, sent.threadId]).to.deep.equal([question.threadId, question.threadId]);
    await stage.tracked(idOf(sent));
    const control = await stage.enrol();
    somebodyWrites({ From: control.address, 'In-Reply-To': idOf(repWrites(control)) });
    await tasks(control, 1);

    expect(await stage.tasksNow(prospect)).to.deep.equal([]);
    expect((await stage.status(prospect)).Status__c).to.equal('Active');
  });

  it('marks the sequence bounced when a report names nothing but the recipient', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect);
    await stage.tracked(idOf(sent));
    const report = { From: 'mailer-daemon@googlemail.com', Subject: 'Delivery Status Notification (Failure)' };
    somebodyWrites({ ...report, 'X-Failed-Recipients': prospect.address, 'Auto-Submitted': 'auto-replied' });

    const [task] = await tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Bounce', MatchedBy__c: 'Delivery Report', WhoId: prospect.contactId });
    expect((await stage.status(prospect)).Status__c).to.equal('Bounced');
  });

  it('asks Gmail and Salesforce for nothing that these would not answer', () => {
    expect(gmail.violations).to.deep.equal([]);
    expect(stage.org.notSimulated).to.deep.equal([]);
  });
});
