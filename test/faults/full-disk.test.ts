import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

import { openFacade, type OpenedFacade } from '../../connector/src/connector.ts';
import { ActionableError } from '../../connector/src/errors.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from '../journeys/connector-process.ts';
import { startSalesStage, type SalesStage } from '../journeys/sales-stage.ts';
import { freePort } from '../servers/free-port.ts';
import { until } from '../servers/poll.ts';
import { startMortalPostgresql, type MortalPostgresql, type Postgresql } from '../servers/postgresql.ts';
import { requireServer } from '../servers/require-server.ts';
import { startSmallDisk, type SmallDisk } from '../servers/small-disk.ts';
import { startGmailSimulator, type GmailSimulator } from '../simulators/gmail/gmail-simulator.ts';

const REP = 'rep@seller.example';
const TOKEN = 'token-of-the-rep';
/** More answers than a full disk takes. */
const MOST_ANSWERS = 400;
const ANSWERS_A_LOOK = 3;

/** A database of the server whose tables alone are in this folder: where its log has no room, the server ends. */
async function createDatabaseIn(folder: string, { url }: Postgresql): Promise<string> {
  await mkdir(folder);
  await promisify(execFile)('chown', ['postgres', folder]);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create tablespace small_disk location '${folder}'`);
  await client.query('create database on_small_disk tablespace small_disk');
  await client.end();
  return new URL('/on_small_disk', url).href;
}

describe('a service whose disk is full', function () {
  this.timeout(240_000);
  let disk: SmallDisk;
  let gmail: GmailSimulator;
  let stage: SalesStage;
  let connector: ConnectorProcess | undefined;
  /** Of this test alone: a server does not outlive a disk of its tables. */
  let postgresql: MortalPostgresql | undefined;
  let healthPort: number;

  beforeEach(async function () {
    requireServer(this, 'small disk');
    requireServer(this, 'postgresql');
    disk = await startSmallDisk(192);
    gmail = await startGmailSimulator();
    gmail.mailbox(REP, { token: TOKEN, scopes: ['https://www.googleapis.com/auth/gmail.metadata'] });
    stage = await startSalesStage(REP);
    healthPort = await freePort();
  });
  afterEach(async () => {
    await connector?.stop();
    await stage?.close();
    await gmail?.close();
    await postgresql?.kill();
    await disk?.remove();
  });

  const start = async (database: Readonly<Record<string, string>>): Promise<void> => {
    const variables = { ...stage.variables, REPLY_TRACKING_HEALTH_PORT: String(healthPort), ...database };
    await connectMailbox(variables, {
      settings: { provider: 'gmail', address: REP, rootUrl: gmail.rootUrl, pollSeconds: 0.2 },
      credential: { kind: 'accessToken', accessToken: TOKEN },
    });
    connector = await startConnector(variables);
  };

  /** The service as a command asks it that was told which org to use. */
  const askService = async (): Promise<OpenedFacade> => {
    const { connectorToken, org } = stage;
    return openFacade({
      variables: { ...stage.variables, REPLY_TRACKING_DATA: disk.folder },
      salesforce: { instanceUrl: org.url, orgId: org.orgId, accessToken: () => Promise.resolve(connectorToken) },
      needsSalesforce: true,
    });
  };

  const readiness = async (): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }> =>
    (await (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).json()) as never;

  /** Fills the disk, has answers come in until the service says that it is full, makes room, and wants all of them. */
  const holdsThrough = async (words: string, whileFull = (): Promise<void> => Promise.resolve()): Promise<void> => {
    const prospect = await stage.enrol();
    const sent = gmail.send(REP, Object.entries({ From: REP, To: prospect.address, Subject: 'Our offer' }));
    const [, sentId = ''] = sent.message.headers.find(([name]) => name === 'Message-ID')!;
    let answers = 0;
    const answer = (): void => {
      answers += 1;
      gmail.deliver(
        REP,
        Object.entries({
          ...{ 'Message-ID': `<answer-${answers}@buyer.example>`, 'In-Reply-To': sentId },
          ...{ From: prospect.address, To: REP, Subject: 'Re: Our offer' },
        }),
      );
    };
    const log = (): string => connector!.log();
    answer();
    await stage.tasks(prospect, 1, log);

    await disk.fill();
    const reasons = await until(
      'the outage',
      async () => {
        for (let number = 0; number < ANSWERS_A_LOOK && answers < MOST_ANSWERS; number += 1) answer();
        const found = await readiness();
        return found.reasons.some((reason) => reason.includes('no space')) && found.reasons;
      },
      90_000,
    );
    expect(reasons.join(' ')).to.include(words);
    expect(log()).to.include('The database is away; all work waits.');
    answer();
    await whileFull();

    await disk.free();
    await stage.tasks(prospect, answers, log);
    await until('readiness', async () => (await readiness()).ready, 30_000);
    expect(await connector!.stop(), log()).to.equal(0);
    expect(await stage.tasksNow(prospect)).to.have.lengthOf(answers);
  };

  it('and holds the embedded database is not ready, says what is full, and reads on by itself once there is room', async () => {
    const words = `The database in ${disk.folder} cannot be used: no space is left on its disk.`;
    await start({ REPLY_TRACKING_DATA: disk.folder });
    await holdsThrough(words, async () => {
      const { facade } = await askService();
      const { checks } = await facade.examine({}, () => undefined);
      const [database] = checks;
      expect(database).to.include({ check: 'database', state: 'failure', found: words });
      expect(database?.actions.join(' ')).to.include('free 32 MB');
      expect(checks.find(({ check }) => check === 'org')?.state).to.equal('ok');
      const refusal: unknown = await facade.status({}, () => undefined).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(ActionableError);
      expect(refusal)
        .to.include({ message: words })
        .and.to.have.property('actions')
        .that.deep.equals(database?.actions);
    });
  });

  it('and holds a PostgreSQL server is not ready, says what is full, and reads on by itself once there is room', async () => {
    postgresql = await startMortalPostgresql();
    await start({ DATABASE_URL: await createDatabaseIn(join(disk.folder, 'tables'), postgresql) });
    await holdsThrough('no space is left on the disk of the server.');
  });
});
