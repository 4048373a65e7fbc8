import { expect } from 'chai';
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { examineUnopened, openFacade } from '../../../connector/src/connector.ts';
import type { CheckName, CheckResult } from '../../../connector/src/facade.ts';
import { connectMailbox } from '../../journeys/connector-process.ts';
import { startSalesStage, type SalesStage } from '../../journeys/sales-stage.ts';
import { startGmailSimulator, type GmailSimulator } from '../../simulators/gmail/gmail-simulator.ts';

const REP = 'rep@example.test';
const OTHER = 'other@example.test';
const METADATA = 'https://www.googleapis.com/auth/gmail.metadata';
const NOBODY_LISTENS = 'http://127.0.0.1:9';

type Variables = Readonly<Record<string, string>>;

describe('an examination', function () {
  this.timeout(60_000);
  let gmail: GmailSimulator;
  let stage: SalesStage;

  before(async () => {
    gmail = await startGmailSimulator();
    stage = await startSalesStage(REP);
    await connectGmail(REP);
    await connectGmail(OTHER);
  });
  after(async () => {
    await stage?.close();
    await gmail?.close();
  });

  async function connectGmail(address: string): Promise<void> {
    gmail.mailbox(address, { token: `token of ${address}`, scopes: [METADATA] });
    await connectMailbox(stage.variables, {
      settings: { provider: 'gmail', address, rootUrl: gmail.rootUrl },
      credential: { kind: 'accessToken', accessToken: `token of ${address}` },
      ownerId: stage.userId,
    });
  }

  async function examined(variables: Variables = stage.variables): Promise<readonly CheckResult[]> {
    const { facade, close } = await openFacade({ variables, needsSalesforce: true });
    try {
      return (await facade.examine({}, () => undefined)).checks;
    } finally {
      await close();
    }
  }
  const one = (checks: readonly CheckResult[], check: CheckName, mailbox: string | null = null): CheckResult => {
    const found = checks.filter((each) => each.check === check && each.mailbox === mailbox);
    expect(found, check).to.have.length(1);
    return found[0]!;
  };
  const notOk = (checks: readonly CheckResult[]): string[] =>
    checks.flatMap(({ check, mailbox, state }) => (state === 'ok' ? [] : [`${check} ${mailbox ?? ''}: ${state}`]));
  const withoutOrg = ({ SALESFORCE_INSTANCE_URL: _url, SALESFORCE_ACCESS_TOKEN: _token, ...rest }: Variables) => rest;

  it('finds nothing wrong but that nobody serves', async () => {
    const checks = await examined();
    expect(notOk(checks)).to.deep.equal(['service : warning']);
    expect(checks.map(({ check }) => check)).to.include.members(['database', 'schema', 'masterKey', 'clock', 'flows']);
    expect(stage.org.notSimulated).to.deep.equal([]);
  });

  it('checks the rest when no org is named, and says so', async () => {
    const checks = await examined(withoutOrg(stage.variables));
    expect(one(checks, 'org')).to.include({ state: 'skipped' });
    expect(one(checks, 'clock').state).to.equal('skipped');
    expect(one(checks, 'grant', REP).state).to.equal('ok');
    expect(checks.map(({ check }) => check)).not.to.include('fields');
  });

  it('checks the rest when the org cannot be reached', async () => {
    const checks = await examined({ ...stage.variables, SALESFORCE_INSTANCE_URL: NOBODY_LISTENS });
    expect(one(checks, 'org').state).to.equal('failure');
    expect(one(checks, 'org').actions).not.to.be.empty;
    expect(one(checks, 'masterKey').state).to.equal('ok');
    expect(one(checks, 'grant', REP).state).to.equal('ok');
  });

  it('says why the database cannot be opened, checks what needs none, and leaves the rest unchecked', async () => {
    const variables = { ...stage.variables, DATABASE_URL: 'postgresql://reply:secret@127.0.0.1:9/none' };
    const options = { variables, needsSalesforce: true };
    const refusal: unknown = await openFacade(options).catch((error: unknown) => error);
    const { checks } = await examineUnopened(options, refusal, () => undefined);

    const unknown = ['schema', 'masterKey', 'messages', 'outbox', 'jobs', 'service', 'mailbox'];
    expect(notOk(checks)).to.deep.equal(['database : failure', ...unknown.map((check) => `${check} : skipped`)]);
    const database = one(checks, 'database');
    expect(database.found).to.contain('PostgreSQL at 127.0.0.1:9, database none,').and.not.to.contain('secret');
    expect(database.actions.join()).to.contain('Check that PostgreSQL is running');
    expect(checks.map(({ check }) => check)).to.include.members([
      'org',
      'clock',
      'apiBudget',
      'permissionSet',
      'flows',
    ]);

    const defect = new Error('a defect');
    const thrown: unknown = await examineUnopened(options, defect, () => undefined).catch((error: unknown) => error);
    expect(thrown).to.equal(defect);
  });

  it('fails when the master key is open to other users, or is gone', async () => {
    const file = stage.variables.REPLY_TRACKING_MASTER_KEY_FILE!;
    await chmod(file, 0o644);
    const open = one(await examined(), 'masterKey');
    await chmod(file, 0o600);
    const gone = await examined({ ...stage.variables, REPLY_TRACKING_MASTER_KEY_FILE: `${file}.other` });
    expect(open).to.include({ state: 'failure' });
    expect(open.found).to.contain('its mode is 644');
    expect(one(gone, 'masterKey').state).to.equal('failure');
    expect(one(gone, 'masterKey').found).to.contain(REP);
    expect(await readdir(join(file, '..'))).not.to.include('master.key.other');
  });

  it('fails when the grant of a mailbox was revoked, and says how to connect it again', async () => {
    gmail.revoke(REP);
    const checks = await examined();
    const grant = one(checks, 'grant', REP);
    expect(grant.state).to.equal('failure');
    expect(grant.actions.join()).to.contain(`sf reply mailbox connect --address ${REP} --replace`);
    expect(one(checks, 'grant', OTHER).state).to.equal('ok');
  });
});
