import { expect } from 'chai';
import type { Facade, FacadeEvent, SyncRequest, SyncResult } from '../../../connector/src/facade.ts';
import { foundReply, syncResult } from './answers.ts';
import { runCommand } from './run-command.ts';

const FAILURE = { message: 'The server imap.acme.example refused the password.', actions: ['Connect it again.'] };

function syncing(result: SyncResult, events: readonly FacadeEvent[] = []) {
  const requests: SyncRequest[] = [];
  const facade: Partial<Facade> = {
    sync: (request, told) => {
      requests.push(request);
      for (const event of events) told(event);
      return Promise.resolve(result);
    },
  };
  return { facade, requests };
}

describe('reply sync', () => {
  it('shows the replies, how many of which kind, and what was written', async () => {
    const { facade, requests } = syncing(syncResult({ byKind: { Bounce: 2, Human: 3 } }));
    const { output, exitCode, opened } = await runCommand(['sync'], { facade });
    expect(requests).to.deep.equal([{}]);
    expect(opened[0]).to.include({ needsSalesforce: true });
    expect(output).to.match(/2026-11-24 08:12 .* Human .* Re: Your fleet in 2027 .* Yes/);
    expect(output).to.match(/New replies: +5 \(3 Human, 2 Bounce\)/);
    expect(output).to.match(/Written: +1/);
    expect(exitCode).to.equal(0);
  });

  it('passes the mailbox, the day and the dry run on, and says that nothing was written', async () => {
    const { facade, requests } = syncing(syncResult({ dryRun: true, delivery: null }));
    const line = ['sync', '--mailbox', 'ada@acme.example', '--since', '2026-11-01T08:00:00+01:00', '--dry-run'];
    const { output } = await runCommand(line, { facade });
    expect(requests).to.deep.equal([{ mailbox: 'ada@acme.example', since: '2026-11-01T07:00:00.000Z', dryRun: true }]);
    expect(output).to.include('dry run').and.not.include('Written');
  });

  for (const [what, failed] of [
    ['a mailbox', { mailboxes: [{ ...syncResult().mailboxes[0]!, failure: FAILURE }] }],
    ['the delivery', { delivery: { delivered: 0, retried: 3, dead: 0, failure: FAILURE } }],
    ['the pull from Salesforce', { pulled: { trackedMails: 0, enrolments: 0, failure: FAILURE } }],
  ] as const satisfies readonly (readonly [string, Partial<SyncResult>])[]) {
    it(`fails when ${what} failed, says what to do, and still gives all that was found`, async () => {
      const result = syncResult(failed);
      const shown = await runCommand(['sync'], syncing(result));
      expect(shown.exitCode).to.equal(1);
      expect(shown.errorOutput).to.include(FAILURE.message).and.include(FAILURE.actions[0]);
      expect(shown.output).to.include('Re: Your fleet in 2027');
      const printed = await runCommand(['sync', '--json'], syncing(result));
      expect(printed.exitCode).to.equal(1);
      const { status, result: given, warnings } = JSON.parse(printed.output) as Record<string, unknown>;
      expect({ status, given }).to.deep.equal({ status: 1, given: result });
      expect(warnings).to.have.length(1);
    });
  }

  it('fails when Salesforce refused a reply for good', async () => {
    const result = syncResult({ delivery: { delivered: 1, retried: 0, dead: 2, failure: null } });
    const { exitCode, errorOutput } = await runCommand(['sync'], syncing(result));
    expect(exitCode).to.equal(1);
    expect(errorOutput).to.include('refused 2 replies');
  });

  it('shows in a log where the reading begins and fewer lines the longer it takes', async () => {
    const address = 'ada@acme.example';
    const pages = Array.from({ length: 1000 }, (_page, index): FacadeEvent => {
      return { type: 'page', address, messages: 100 * (index + 1), newReplies: 1 };
    });
    const events: FacadeEvent[] = [
      { type: 'step', text: 'Pulling from Salesforce' },
      { type: 'mailbox', address, expected: 100_000 },
      ...pages,
    ];
    const { errorOutput } = await runCommand(['sync'], syncing(syncResult(), events));
    const lines = errorOutput.trim().split('\n');
    expect(lines.slice(0, 2)).to.deep.equal([
      'Pulling from Salesforce',
      'ada@acme.example: reading about 100,000 messages',
    ]);
    expect(lines.at(-1)).to.equal('ada@acme.example: 100,000 messages read, new replies: 1');
    expect(lines).to.have.length.below(15);
  });

  it('shows no progress with --json', async () => {
    const events: FacadeEvent[] = [{ type: 'step', text: 'Pulling from Salesforce' }];
    const { errorOutput } = await runCommand(['sync', '--json'], syncing(syncResult(), events));
    expect(errorOutput).to.equal('');
  });

  it('shows the first fifty replies and says how many more there are', async () => {
    const replies = Array.from({ length: 60 }, (_reply, index) => foundReply({ subject: `Re: step ${index}` }));
    const { output } = await runCommand(['sync'], syncing(syncResult({ replies, byKind: { Human: 60 } })));
    expect(output).to.include('Re: step 49').and.not.include('Re: step 50');
    expect(output).to.include('And 10 more replies.');
  });

  it('prints subjects and senders of strangers without their control characters', async () => {
    const replies = [foundReply({ subject: 'Re: \u001b[2Jhello\u009b31m', from: 'x\r\n\u202e@evil.example' })];
    const { output } = await runCommand(['sync'], syncing(syncResult({ replies })));
    expect(output)
      .to.include('hello')
      .and.not.match(/[^\P{Cc}\n]|\u202e/u);
  });
});
