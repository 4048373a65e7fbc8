import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { startEwsSimulator, type EwsSimulator } from '../simulators/ews/ews-simulator.ts';
import { mail, type SampleMail } from '../contract/sample-mail.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';
import { startSalesStage, type Prospect, type ReplyTask, type SalesStage } from './sales-stage.ts';

const REP = 'rep@example.test';
const PASSWORD = 'password-of-the-rep';

describe('A reply in a mailbox on Exchange Server', function () {
  this.timeout(60_000);
  let exchange: EwsSimulator;
  let stage: SalesStage;
  let connector: ConnectorProcess;

  before(async () => {
    exchange = await startEwsSimulator({ schemes: ['NTLM'] });
    exchange.mailbox(REP, { user: 'EXAMPLE\\rep', password: PASSWORD });
    stage = await startSalesStage(REP);
    await connectMailbox(stage.variables, {
      settings: { provider: 'ews', address: REP, url: exchange.url, user: 'EXAMPLE\\rep', authentication: 'ntlm' },
      credential: { kind: 'password', password: PASSWORD },
    });
    connector = await startConnector(stage.variables);
  });

  after(async () => {
    await connector?.stop();
    await stage?.close();
    await exchange?.close();
  });

  const newId = (): string => `<${randomUUID()}@example.org>`;
  const repWrites = (prospect: Prospect): string => {
    const id = newId();
    exchange.deliver(REP, mail({ id, from: REP, to: prospect.address, subject: 'Our offer' }), { folder: 'sentitems' });
    return id;
  };
  const answers = (prospect: Prospect, inReplyTo: string, sample: Partial<SampleMail> = {}): string =>
    mail({ id: newId(), from: prospect.address, to: REP, subject: 'Re: Our offer', inReplyTo, ...sample });
  const tasks = (prospect: Prospect, count: number): Promise<ReplyTask[]> =>
    stage.tasks(prospect, count, () => connector.log());

  it('halts the sequence, in whichever folder a rule has filed it', async () => {
    const prospect = await stage.enrol();
    const sent = repWrites(prospect);
    exchange.deliver(REP, answers(prospect, sent), {
      folder: exchange.addFolder(REP, 'Kunden', 'inbox'),
      isRead: true,
    });

    const [task] = await tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Human', MatchedBy__c: 'In-Reply-To', MatchConfidence__c: 'High' });
    expect((await stage.status(prospect)).Status__c).to.equal('Replied');
  });

  it('pauses the sequence when it is an out-of-office notice', async () => {
    const prospect = await stage.enrol();
    const extra = ['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All'];
    exchange.deliver(REP, answers(prospect, repWrites(prospect), { extra, subject: 'Automatic reply: Our offer' }));

    expect((await tasks(prospect, 1))[0]).to.include({ ReplyKind__c: 'Auto-Reply' });
    expect((await stage.status(prospect)).Status__c).to.equal('Paused');
  });

  it('asks Exchange and Salesforce for nothing that these would not answer', () => {
    expect(exchange.violations).to.deep.equal([]);
    expect(stage.org.notSimulated).to.deep.equal([]);
  });
});
