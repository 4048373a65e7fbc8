import { expect } from 'chai';
import { ActionableError } from '../../../connector/src/errors.ts';
import type { Facade, MailboxName } from '../../../connector/src/facade.ts';
import { mailboxStatus } from './answers.ts';
import { runCommand } from './run-command.ts';

describe('reply mailbox list', () => {
  it('shows each mailbox with its state, and how far a first read has got', async () => {
    const { output } = await runCommand(['mailbox', 'list'], {
      facade: {
        mailboxes: () =>
          Promise.resolve([
            mailboxStatus(),
            mailboxStatus({ address: 'bo@acme.example', state: 'reading', messagesRead: 50, messagesExpected: 200 }),
          ]),
      },
    });
    expect(output).to.match(/ada@acme\.example .* IMAP .* Up to date .* 2026-11-24 08:12/);
    expect(output).to.match(/bo@acme\.example .* First read, 25%/);
  });

  it('shows how changes are noticed, and warns before a promise or a certificate ends', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const told = { provider: 'graph', toldUntil: '2099-01-01T08:00:00.000Z' } as const;
    const { output, errorOutput } = await runCommand(['mailbox', 'list'], {
      facade: {
        mailboxes: () =>
          Promise.resolve([
            mailboxStatus({ ...told, address: 'told@acme.example' }),
            mailboxStatus({ provider: 'gmail', address: 'swept@acme.example' }),
            mailboxStatus({ ...told, address: 'soon@acme.example', toldUntil: soon, credentialEndsAt: soon }),
          ]),
      },
    });
    expect(output).to.match(/told@acme\.example .* Push /);
    expect(output).to.contain('told@acme.example: changes are told until 2099-01-01 08:00 UTC');
    expect(output).to.match(/swept@acme\.example .* Sweep/);
    expect(errorOutput)
      .to.match(/soon@acme\.example tells of changes only until/)
      .and.match(/certificate that opens soon@/);
    expect(errorOutput).not.to.contain('told@acme.example').and.not.to.contain('swept@acme.example');
  });

  it("warns once less than two days are left of Gmail's week, when renewals have failed", async () => {
    const until = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
    const { errorOutput } = await runCommand(['mailbox', 'list'], {
      facade: {
        mailboxes: () =>
          Promise.resolve([
            mailboxStatus({ provider: 'gmail', address: 'failed@acme.example', toldUntil: until(47) }),
            mailboxStatus({ provider: 'gmail', address: 'sound@acme.example', toldUntil: until(49) }),
            mailboxStatus({ provider: 'graph', address: 'graph@acme.example', toldUntil: until(47) }),
          ]),
      },
    });
    expect(errorOutput).to.match(/failed@acme\.example tells of changes only until/);
    expect(errorOutput).not.to.contain('sound@acme.example').and.not.to.contain('graph@acme.example');
  });

  it('warns of a provider that was asked to tell of changes and refused, with its reason', async () => {
    const pushError = 'Gmail may not publish into projects/acme/topics/mail.';
    const { errorOutput } = await runCommand(['mailbox', 'list'], {
      facade: { mailboxes: () => Promise.resolve([mailboxStatus({ provider: 'gmail', pushError })]) },
    });
    expect(errorOutput).to.contain('ada@acme.example was asked to tell of changes and refused').and.contain(pushError);
  });

  it('says how to connect the first one', async () => {
    const { output } = await runCommand(['mailbox', 'list'], { facade: { mailboxes: () => Promise.resolve([]) } });
    expect(output).to.include('"sf reply mailbox connect"');
  });

  it('gives the answer of the connector as JSON and prints nothing else', async () => {
    const { output, errorOutput, opened } = await runCommand(['mailbox', 'list', '--json'], {
      facade: { mailboxes: () => Promise.resolve([mailboxStatus()]) },
    });
    expect(JSON.parse(output)).to.deep.equal({ status: 0, result: [mailboxStatus()], warnings: [] });
    expect(errorOutput).to.equal('');
    expect(opened).to.have.length(1);
    expect(opened[0]).to.include({ needsSalesforce: false }).and.not.have.property('salesforce');
  });

  it('tells what the connector refuses with its actions and its exit code', async () => {
    const wrong = new ActionableError('REPLY_TRACKING_DATA: is no folder.', ['Name a folder.'], {
      exitCode: 78,
      cause: new Error('moon river'),
    });
    const facade: Partial<Facade> = { mailboxes: () => Promise.reject(wrong) };
    const shown = await runCommand(['mailbox', 'list'], { facade });
    expect(shown.exitCode).to.equal(78);
    expect(shown.errorOutput).to.include('REPLY_TRACKING_DATA').and.include('Name a folder.');
    expect(shown.closed).to.equal(1);
    const printed = await runCommand(['mailbox', 'list', '--json'], { facade });
    expect(JSON.parse(printed.output)).to.include({ status: 78, message: wrong.message });
    expect(printed.output).to.not.include('moon river');
  });
});

describe('reply mailbox disconnect', () => {
  const LINE = ['mailbox', 'disconnect', '--address', 'ada@acme.example'];

  function forgetting() {
    const requests: MailboxName[] = [];
    const facade: Partial<Facade> = {
      disconnectMailbox: (request) => {
        requests.push(request);
        return Promise.resolve({ provider: 'imap', address: 'ada@acme.example', forgotten: 12 });
      },
    };
    return { facade, requests };
  }

  it('disconnects when the answer is yes, and says what was forgotten', async () => {
    const { facade, requests } = forgetting();
    const { output, questions } = await runCommand([...LINE, '--provider', 'imap'], { facade, answer: true });
    expect(questions).to.deep.equal(['Disconnect ada@acme.example and forget its credential']);
    expect(requests).to.deep.equal([{ address: 'ada@acme.example', provider: 'imap' }]);
    expect(output).to.include('Disconnected ada@acme.example.').and.include('12 messages');
  });

  it('leaves the mailbox connected when the answer is no', async () => {
    const { output, opened } = await runCommand(LINE, { answer: false });
    expect(output).to.include('ada@acme.example stays connected.');
    expect(opened).to.have.length(0);
  });

  it('refuses to go on where nobody can be asked, unless it is told not to ask', async () => {
    const unasked = await runCommand(LINE);
    expect(unasked.exitCode).to.equal(2);
    expect(unasked.errorOutput).to.include('--no-prompt');
    const { facade, requests } = forgetting();
    expect((await runCommand([...LINE, '--no-prompt'], { facade })).exitCode).to.equal(0);
    expect((await runCommand([...LINE, '--json'], { facade })).exitCode).to.equal(0);
    expect(requests).to.have.length(2);
  });
});

describe('reply keys rotate', () => {
  it('says which key seals the credentials now, that it went on with what was interrupted, and what is left to do', async () => {
    const nextSteps = ['Unset REPLY_TRACKING_MASTER_KEY_PREVIOUS.'];
    const rotation = { keyId: 'k2', previousKeyIds: ['k1'], credentials: 3, resumed: true, nextSteps };
    const { output } = await runCommand(['keys', 'rotate'], {
      facade: {
        rotateKeys: (_request, told) => {
          told({ type: 'count', done: 3, total: 3 });
          return Promise.resolve(rotation);
        },
      },
    });
    expect(output).to.include('taken up again').and.include('k2: 3.').and.include('k2').and.include('k1');
    expect(output).to.include(nextSteps[0]);
  });
});
