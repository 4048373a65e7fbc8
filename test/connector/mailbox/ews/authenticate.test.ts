import { expect } from 'chai';

import type { EwsCredential } from '../../../../connector/src/mailbox/ews/ews-options.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import type { Scheme } from '../../../simulators/ews/authentication.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { startEwsSimulator, type EwsSimulator } from '../../../simulators/ews/ews-simulator.ts';
import { openRepMailbox, PASSWORD, REP } from './ews-harness.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');

describe('the login to an Exchange server', () => {
  let simulator: EwsSimulator;
  let mailbox: Mailbox;

  async function start(scheme: Scheme, user: string, credential: EwsCredential): Promise<void> {
    simulator = await startEwsSimulator({ schemes: [scheme] });
    simulator.mailbox(REP, { user, password: PASSWORD, token: 'good-token' });
    simulator.deliver(REP, mail({ id: '<1@x>' }));
    mailbox = openRepMailbox(simulator, { credential: () => Promise.resolve(credential) });
  }

  afterEach(async () => {
    await mailbox.close();
    await simulator.close();
  });

  const read = async (): Promise<number> =>
    (await mailbox.changesSince(await mailbox.openingCursor(LONG_AGO), 10)).messages.length;
  const failure = (): Promise<unknown> => read().catch((error: unknown) => error);

  for (const user of ['EXAMPLE\\rep', REP]) {
    it(`answers the challenge of NTLM for ${user}, over connections that it keeps`, async () => {
      await start('NTLM', user, { kind: 'ntlm', user, password: PASSWORD });
      expect(await read()).to.equal(1);
      const end = new AbortController();
      const waiting = mailbox.waitForChange(end.signal);
      simulator.deliver(REP, mail({ id: '<2@x>' }));
      await waiting;
      expect(await Promise.all([read(), read(), read()])).to.deep.equal([2, 2, 2]);
    });
  }

  it('answers NTLM again when the server closed the connection', async () => {
    await start('NTLM', REP, { kind: 'ntlm', user: REP, password: PASSWORD });
    await read();
    simulator.failNext({ kind: 'reset' });
    expect(await failure()).to.include({ code: 'retry' });
    expect(await read()).to.equal(1);
  });

  const wrong: readonly (readonly [Scheme, EwsCredential])[] = [
    ['NTLM', { kind: 'ntlm', user: REP, password: 'wrong-secret' }],
    ['NTLM', { kind: 'basic', user: REP, password: PASSWORD }],
    ['Basic', { kind: 'basic', user: REP, password: 'wrong-secret' }],
    ['Basic', { kind: 'ntlm', user: REP, password: PASSWORD }],
    ['Bearer', { kind: 'bearer', accessToken: () => Promise.resolve('bad-token') }],
  ];
  for (const [scheme, credential] of wrong) {
    it(`asks for a new connection when ${credential.kind} does not open a server with ${scheme}`, async () => {
      await start(scheme, REP, credential);
      const error = (await failure()) as Error;
      expect(error).to.include({ name: 'MailboxError', code: 'reconnect' });
      expect(error.message).not.to.match(/wrong-secret|bad-token|canary/);
    });
  }

  const SYSTEM = 'DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@example.test';
  for (const [whom, impersonates, wider] of [
    ['for its reps alone', [REP], 0],
    ['for everybody', 'all', 1],
  ] as const) {
    it(`says at connecting when an account may act ${whom}`, async () => {
      await start('Basic', REP, { kind: 'basic', user: REP, password: PASSWORD });
      expect((await mailbox.grantedScopes!()).wider).to.deep.equal([]);
      await mailbox.close();
      simulator.mailbox(SYSTEM);
      simulator.account({ user: 'svc', password: 'p', address: 'svc@example.test', impersonates });
      const credential = () => Promise.resolve({ kind: 'basic', user: 'svc', password: 'p' } as const);
      mailbox = openRepMailbox(simulator, { impersonate: true, credential });
      expect((await mailbox.grantedScopes!()).wider).to.have.length(wider);
    });
  }

  it('asks for a newer token once when the server refuses the one it had', async () => {
    const asked: (string | undefined)[] = [];
    const accessToken = (refused?: string): Promise<string> => {
      asked.push(refused);
      return Promise.resolve(refused === undefined && asked.length === 1 ? 'old-token' : 'good-token');
    };
    await start('Bearer', REP, { kind: 'bearer', accessToken });
    expect(await read()).to.equal(1);
    expect(asked.slice(0, 2)).to.deep.equal([undefined, 'old-token']);
  });
});
