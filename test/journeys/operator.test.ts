import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type {
  ConnectedMailbox,
  ConnectorStatus,
  Explanation,
  KeyRotation,
  SyncResult,
} from '../../connector/src/facade.ts';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { startMailStage, type MailStage } from './mail-world.ts';
import { openSfCli, type SfCli, type SfProcess } from './sf-cli.ts';

const ORG = 'sales';

describe('An operator with the sf command', function () {
  this.timeout(120_000);
  let stage: MailStage;
  let other: LocalOrg;
  let sf: SfCli;
  let service: SfProcess | undefined;
  let keyFile: string;
  /** Everything that any command or the service has printed. */
  const printed: string[] = [];

  const serve = async (): Promise<SfProcess> => {
    service = sf.start(['reply', 'serve', '--target-org', ORG]);
    await service.says('"Serving."');
    return service;
  };
  const stopService = async (signal?: NodeJS.Signals): Promise<number | null> => {
    const ended = service;
    service = undefined;
    const code = (await ended?.stop(signal)) ?? null;
    printed.push(ended?.text() ?? '');
    return code;
  };
  const run = async <Result>(words: string, input?: string) => {
    const answer = await sf.run<Result>(words.split(' '), input);
    printed.push(answer.text);
    return answer;
  };
  const connect = (...flags: string[]) => {
    const { host, port } = stage.dovecot;
    const words = `reply mailbox connect --address ${stage.rep.address} --host ${host} --port ${port} --starttls`;
    const password = flags.includes('--wrong') ? 'not the password' : stage.dovecot.password;
    const more = ['--no-prompt', '--password-stdin', ...flags.filter((flag) => flag !== '--wrong')].join(' ');
    return run<ConnectedMailbox>(`${words} ${more}`, `${password}\n`);
  };

  before(async function () {
    stage = await startMailStage(this);
    other = await startLocalOrg({ orgId: '00D000000000002EAA' });
    keyFile = join(stage.dataFolder, 'keys/master.key');
    sf = await openSfCli({
      REPLY_TRACKING_DATA: join(stage.dataFolder, 'data'),
      REPLY_TRACKING_MASTER_KEY_FILE: keyFile,
      REPLY_TRACKING_HEALTH_PORT: '0',
      REPLY_TRACKING_PULL_SECONDS: '1',
      REPLY_TRACKING_WRITE_SECONDS: '0.2',
      SF_ACCESS_TOKEN: stage.connectorToken,
    });
    await run(`org login access-token --no-prompt --alias ${ORG} --instance-url ${stage.org.url}`);
  });
  after(async () => {
    await stopService();
    await sf?.close();
    await other?.close();
    await stage?.close();
  });

  it('is told by name and fix that a password is wrong, and nothing is stored', async () => {
    const { exitCode, message, actions } = await connect('--target-org', ORG, '--wrong');
    expect(exitCode).not.to.equal(0);
    expect(message).to.contain(stage.rep.address).and.to.contain('refused');
    expect(actions).not.to.be.empty;
    expect((await run<unknown[]>('reply mailbox list')).result).to.deep.equal([]);
  });

  it('connects a mailbox, and is told before what will be read', async () => {
    await stage.somebodyWrites({});
    const { result, exitCode, message } = await connect('--target-org', ORG);
    expect(exitCode, message).to.equal(0);
    expect(result).to.include({ address: stage.rep.address, replaced: false, beingRead: false });
    expect(result.owner.id).to.equal(stage.rep.userId);
    expect(result.folders.map(({ name }) => name)).to.include.members(['INBOX', 'Sent']);
  });

  it('is told that the mailbox is connected already', async () => {
    const { exitCode, message, actions } = await connect('--target-org', ORG);
    expect([exitCode, message]).to.deep.equal([1, `${stage.rep.address} is connected already (imap).`]);
    expect(actions?.join(' ')).to.contain('--replace');
  });

  it('rehearses a sync that writes nothing anywhere, and then does it', async () => {
    const prospect = await stage.enrol();
    const sent = await stage.repWrites({ to: prospect.address });
    await stage.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    const before = stage.org.requests.length;
    const dry = await run<SyncResult>(`reply sync --dry-run --target-org ${ORG}`);
    expect(dry.result).to.deep.include({ dryRun: true, byKind: { Human: 1 }, delivery: null });
    expect(stage.org.requests.slice(before).filter(({ method }) => method !== 'GET')).to.have.lengthOf.at.most(1);
    expect(await stage.tasksNow(prospect)).to.deep.equal([]);
    const { result } = await run<SyncResult>(`reply sync --target-org ${ORG}`);
    expect(result).to.deep.include({ byKind: { Human: 1 } });
    expect(await stage.tasks(prospect, 1)).to.have.lengthOf(1);
    expect((await stage.status(prospect)).Status__c).to.equal('Replied');
  });

  it('sees a reply become a Task while the service runs, and asks why', async () => {
    await serve();
    const prospect = await stage.enrol();
    const sent = await stage.repWrites({ to: prospect.address });
    const answer = await stage.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    await stage.tasks(prospect, 1, () => service!.text());
    const { result } = await run<Explanation>(`reply explain --message-id ${answer}`);
    expect(result).to.include({ source: 'mailbox', kind: 'Human' });
    expect(result.answers[0]?.messageKey).to.equal(sent.slice(1, -1));
    expect(result.replies[0]).to.include({ personId: prospect.contactId, halts: true });
    expect(result.replies[0]?.task.state).to.equal('delivered');
  });

  it('gets the same answers from the service that hold without it', async () => {
    const { result } = await run<ConnectorStatus>('reply status');
    expect(result.service?.pid).to.be.a('number');
    expect(result.org?.id).to.equal(stage.org.orgId);
    expect(result.outbox).to.deep.include({ pending: 0, dead: 0 });
    expect(result.mailboxes[0]).to.include({ address: stage.rep.address, state: 'active', lastError: null });
    expect(result.salesforce.apiUsage?.limit).to.be.above(0);
  });

  it('is refused a second service on the same folder, which is named with its process', async () => {
    const second = await sf.show(['reply', 'serve', '--target-org', ORG]);
    printed.push(second);
    expect(second).to.match(/A service is running on the data folder .* already: process \d+/);
  });

  it('is refused another org by the names of both', async () => {
    const login = `org login access-token --no-prompt --alias other --instance-url ${other.url}`;
    const elsewhere = await openSfCli({
      SF_ACCESS_TOKEN: other.accessToken,
      REPLY_TRACKING_DATA: join(stage.dataFolder, 'data'),
      REPLY_TRACKING_MASTER_KEY_FILE: keyFile,
    });
    try {
      await elsewhere.run(login.split(' '));
      const refused = await elsewhere.run('reply sync --target-org other'.split(' '));
      printed.push(refused.text);
      expect(refused.exitCode).not.to.equal(0);
      expect(refused.message).to.contain(stage.org.orgId).and.to.contain(other.orgId);
    } finally {
      await elsewhere.close();
    }
  });

  it('rotates the master key while the service reads', async () => {
    const before = await readFile(keyFile, 'utf8');
    const { result, exitCode } = await run<KeyRotation>('reply keys rotate');
    expect(exitCode).to.equal(0);
    expect(result).to.include({ credentials: 1, resumed: false });
    expect(await readFile(keyFile, 'utf8')).not.to.equal(before);
  });

  it('loses and doubles nothing when the service is killed, mail arrives, and it is started again', async () => {
    const prospect = await stage.enrol();
    const sent = await stage.repWrites({ to: prospect.address });
    await stage.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    await stopService('SIGKILL');
    await stage.somebodyWrites({ from: 'colleague@example.org', inReplyTo: sent });
    await serve();
    await stage.tasks(prospect, 2, () => service!.text());
    const { result } = await run<ConnectorStatus>('reply status');
    expect(result.messages.matched).to.be.at.least(3);
    expect(await stage.tasksNow(prospect)).to.have.lengthOf(2);
    expect(await stopService()).to.equal(0);
  });

  it('disconnects the mailbox', async () => {
    const { exitCode } = await run(`reply mailbox disconnect --address ${stage.rep.address} --no-prompt`);
    expect(exitCode).to.equal(0);
    expect((await run<unknown[]>('reply mailbox list')).result).to.deep.equal([]);
  });

  it('has not seen a secret in anything that was printed', async () => {
    const secrets = [stage.dovecot.password, stage.connectorToken, other.accessToken, await readFile(keyFile, 'utf8')];
    for (const secret of secrets) expect(printed.join('\n')).not.to.contain(secret.trim());
  });
});
