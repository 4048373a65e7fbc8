import { expect } from 'chai';
import type { ConnectorStatus } from '../../../connector/src/facade.ts';
import { connectorStatus, mailboxStatus } from './answers.ts';
import { runCommand } from './run-command.ts';

const show = (status: ConnectorStatus, ...flags: string[]) =>
  runCommand(['status', ...flags], { facade: { status: () => Promise.resolve(status) } });

describe('reply status', () => {
  it('shows service, database, org, outbox, API calls and mailboxes, and warns of nothing when all is well', async () => {
    const { output, errorOutput, exitCode } = await show(connectorStatus());
    expect(output)
      .to.match(/Service: +Running since 2026-11-24 06:00 UTC \(process 4711\)/)
      .and.match(/Org: +Acme \(00D000000000001AAA\)/)
      .and.match(/Messages: +15,260 read, 214 matched, 3 waiting/)
      .and.match(/Outbox: +0 to be written, 0 refused/)
      .and.match(/API calls: +1,200 of 100,000 of the org in 24 hours \(1%\)/)
      .and.match(/ada@acme\.example .* Up to date .* 42 s/);
    expect(errorOutput).to.equal('');
    expect(exitCode).to.equal(0);
  });

  it('shows a database in which nothing has happened yet', async () => {
    const { output, errorOutput } = await show(
      connectorStatus({
        service: null,
        org: null,
        mailboxes: [],
        salesforce: { apiUsage: null, apiCalls: 0, clockAheadSeconds: null },
      }),
    );
    expect(output).to.include('Not running').and.include('None yet').and.include('"sf reply mailbox connect"');
    expect(errorOutput).to.equal('');
  });

  it('shows each process where several share a database', async () => {
    const process = { host: 'worker-1', pid: 7, version: '1.0.0', startedAt: '2026-11-24T06:00:00.000Z' };
    const services = ['worker-1', 'worker-2'].map((host, place) => ({
      ...{ ...process, host, pid: 7 + place, lastSeenAt: process.startedAt, mailboxes: 12 + place },
    }));
    const { output } = await show(connectorStatus({ services }));
    expect(output)
      .to.match(/worker-1, process 7 since .*, watches 12 mailboxes/)
      .and.match(/worker-2, process 8 since .*, watches 13 mailboxes/);
  });

  it('says a lag in its two largest units', async () => {
    const mailboxes = [0, 59, 3700, 90_061].map((lagSeconds, index) =>
      mailboxStatus({ address: `m${index}@acme.example`, lagSeconds }),
    );
    const { output } = await show(connectorStatus({ mailboxes }));
    expect(output).to.include(' 0 s ').and.include(' 59 s ').and.include(' 1 h 1 min ').and.include(' 1 d 1 h ');
  });

  const troubles: readonly (readonly [what: string, status: ConnectorStatus, words: readonly string[]])[] = [
    [
      'a mailbox has to be connected again',
      connectorStatus({ mailboxes: [mailboxStatus({ state: 'reconnect', lastError: 'The password was refused.' })] }),
      ['The password was refused.', '"sf reply mailbox connect --address ada@acme.example --replace"'],
    ],
    [
      'a mailbox fails',
      connectorStatus({ mailboxes: [mailboxStatus({ state: 'failing', lastError: 'The host is not found.' })] }),
      ['The host is not found.', '"sf reply sync"'],
    ],
    [
      'a mailbox has not been read for long',
      connectorStatus({ mailboxes: [mailboxStatus({ lagSeconds: 7300 })] }),
      ['ada@acme.example', '2 h 1 min'],
    ],
    ['nobody serves', connectorStatus({ service: null }), ["isn't running", '"sf reply serve"']],
    [
      'Salesforce refused records',
      connectorStatus({ outbox: { pending: 0, dead: 2, oldestPendingAt: null } }),
      ['refused 2 records', '"sf reply deadletter list"'],
    ],
    [
      'a sequence goes on that a person has answered',
      connectorStatus({ unhalted: ['a02000000000001AAA'] }),
      ['1 go on', '"sf reply doctor"'],
    ],
    [
      'the API budget runs low',
      connectorStatus({ salesforce: { apiUsage: { used: 80, limit: 100 }, apiCalls: 1, clockAheadSeconds: 0 } }),
      ['80 of its 100 API calls'],
    ],
    [
      'the calls that writing may take run low',
      connectorStatus({ writing: { callsInDay: 800, dailyCalls: 1000, budget: 'scarce', pausedUntil: null } }),
      ['800 of its 1,000 API calls', 'REPLY_TRACKING_DAILY_CALLS'],
    ],
    [
      'Salesforce is left alone for a while',
      connectorStatus({
        writing: { callsInDay: 1, dailyCalls: 1000, budget: 'ample', pausedUntil: '2026-11-24T10:00:00.000Z' },
      }),
      ['next try is at', '"sf reply sync"'],
    ],
    [
      'the clock is ahead',
      connectorStatus({ salesforce: { apiUsage: null, apiCalls: 1, clockAheadSeconds: 7200 } }),
      ['2 h ahead', 'NTP'],
    ],
    [
      'the clock is behind',
      connectorStatus({ salesforce: { apiUsage: null, apiCalls: 1, clockAheadSeconds: -7200 } }),
      ['2 h behind', 'NTP'],
    ],
  ];
  for (const [what, status, words] of troubles) {
    it(`warns when ${what}, and says what to do`, async () => {
      const { errorOutput } = await show(status);
      expect(errorOutput.match(/Warning:/g)).to.have.length(1);
      for (const word of words) expect(errorOutput.replace(/\s+/g, ' ')).to.include(word);
      const { output } = await show(status, '--json');
      expect((JSON.parse(output) as { warnings: unknown[] }).warnings).to.have.length(1);
    });
  }
});
