import { expect } from 'chai';

import { connectMailbox, startConnector, type ConnectorProcess } from '../journeys/connector-process.ts';
import { startSalesStage, type SalesStage } from '../journeys/sales-stage.ts';
import { freePort } from '../servers/free-port.ts';
import { until } from '../servers/poll.ts';
import { startMortalPostgresql, type MortalPostgresql } from '../servers/postgresql.ts';
import { requireServer } from '../servers/require-server.ts';
import { startGmailSimulator, type GmailSimulator } from '../simulators/gmail/gmail-simulator.ts';

const REP = 'rep@seller.example';
const TOKEN = 'token-of-the-rep';

describe('a service whose PostgreSQL is killed (kill -9) and started again', function () {
  this.timeout(120_000);
  let postgresql: MortalPostgresql;
  let gmail: GmailSimulator;
  let stage: SalesStage;
  let connector: ConnectorProcess | undefined;
  let healthPort: number;

  before(async function () {
    requireServer(this, 'postgresql');
    postgresql = await startMortalPostgresql();
    gmail = await startGmailSimulator();
    gmail.mailbox(REP, { token: TOKEN, scopes: ['https://www.googleapis.com/auth/gmail.metadata'] });
    stage = await startSalesStage(REP);
    healthPort = await freePort();
    const variables = {
      ...stage.variables,
      DATABASE_URL: await postgresql.createDatabase(),
      REPLY_TRACKING_HEALTH_PORT: String(healthPort),
    };
    await connectMailbox(variables, {
      settings: { provider: 'gmail', address: REP, rootUrl: gmail.rootUrl, pollSeconds: 0.2 },
      credential: { kind: 'accessToken', accessToken: TOKEN },
    });
    connector = await startConnector(variables);
  });
  after(async () => {
    await connector?.stop();
    await stage?.close();
    await gmail?.close();
  });

  const readiness = async (): Promise<number> => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status;
  const ready = (status: number): Promise<unknown> =>
    until(`readyz ${status}`, async () => (await readiness()) === status, 30_000);

  it('is not ready and takes nothing for read meanwhile, and works on by itself afterwards', async () => {
    const prospect = await stage.enrol();
    const sent = gmail.send(REP, Object.entries({ From: REP, To: prospect.address, Subject: 'Our offer' }));
    const [, sentId = ''] = sent.message.headers.find(([name]) => name === 'Message-ID')!;
    const answer = (number: number): unknown =>
      gmail.deliver(
        REP,
        Object.entries({
          ...{ 'Message-ID': `<answer-${number}@buyer.example>`, 'In-Reply-To': sentId },
          ...{ From: prospect.address, To: REP, Subject: 'Re: Our offer' },
        }),
      );
    answer(1);
    const log = (): string => connector!.log();
    await stage.tasks(prospect, 1, log);
    await ready(200);

    await postgresql.kill();
    answer(2);
    await ready(503);
    expect(await stage.tasksNow(prospect)).to.have.lengthOf(1);

    await postgresql.restart();
    await stage.tasks(prospect, 2, log);
    await ready(200);
    answer(3);
    await stage.tasks(prospect, 3, log);
    expect(await connector!.stop(), log()).to.equal(0);
    expect(await stage.tasksNow(prospect)).to.have.lengthOf(3);
  });
});
