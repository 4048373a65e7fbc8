import { expect } from 'chai';
import type { DeadLetterDetail, DeadLetterSummary, Facade } from '../../../connector/src/facade.ts';
import { runCommand } from './run-command.ts';

const REASON = 'FIELD_CUSTOM_VALIDATION_EXCEPTION: A Task needs a budget.';
const letter = (changes: Partial<DeadLetterSummary> = {}): DeadLetterSummary => ({
  ...{ id: '42', type: 'Task', reason: REASON, diedAt: '2026-11-24T08:12:00.000Z', ...changes },
});
const detail: DeadLetterDetail = {
  ...letter(),
  ...{ key: 'ab'.repeat(32), attempts: 3, foundAt: '2026-11-24T08:10:00.000Z', droppedReason: null },
  reply: {
    kind: 'Human',
    from: 'lead@buyer.example',
    receivedAt: '2026-11-24T08:09:00.000Z',
    messageKey: 'sent@acme.example',
    ownerId: '005000000000001AAA',
    personId: '003000000000001AAA',
  },
};

describe('reply deadletter', () => {
  it('lists what Salesforce will not take, why, and what to do about it', async () => {
    const letters = [letter(), letter({ id: '7', type: 'TrackedEmail', reason: 'STRING_TOO_LONG: \u001B[2J' })];
    const requests: unknown[] = [];
    const facade: Partial<Facade> = {
      deadLetters: (request) => {
        requests.push(request);
        return Promise.resolve({ total: 1200, letters });
      },
    };
    const { output } = await runCommand(['deadletter', 'list', '--reason', 'A_CODE'], { facade });
    expect(output)
      .to.match(/42 .* Task .* FIELD_CUSTOM_VALIDATION/)
      .and.include('2 of 1,200');
    expect(output).to.include('"sf reply deadletter retry"').and.include('"sf reply deadletter drop"');
    expect(output).to.not.include('\u001B[2J');
    expect(requests).to.deep.equal([{ code: 'A_CODE' }]);
  });

  it('says that there are none', async () => {
    const facade: Partial<Facade> = { deadLetters: () => Promise.resolve({ total: 0, letters: [] }) };
    expect((await runCommand(['deadletter', 'list'], { facade })).output).to.include('no dead letters');
  });

  it('shows one, with who answered which mail', async () => {
    const facade: Partial<Facade> = { deadLetter: () => Promise.resolve(detail) };
    const { output } = await runCommand(['deadletter', 'show', '--id', '42'], { facade });
    expect(output).to.include(REASON).and.include('lead@buyer.example').and.include('sent@acme.example');
    expect(output).to.not.include('Dropped because');
    const { output: json } = await runCommand(['deadletter', 'show', '--id', '42', '--json'], { facade });
    expect((JSON.parse(json) as { result: unknown }).result).to.deep.equal(detail);
  });

  for (const [flags, selection] of [
    [['--id', '7', '--id', '8'], { ids: ['7', '8'] }],
    [['--reason', 'REQUIRED_FIELD_MISSING'], { code: 'REQUIRED_FIELD_MISSING' }],
    [['--all'], { all: true }],
  ] as const) {
    it(`retries and drops with ${flags.join(' ')}, and tells what came of it`, async () => {
      const requests: unknown[] = [];
      const facade: Partial<Facade> = {
        retryDeadLetters: (request) => {
          requests.push(request);
          const failure = { message: 'Salesforce is away.', actions: ['Wait.'] };
          return Promise.resolve({ retried: 3, delivery: { delivered: 2, retried: 1, dead: 0, failure } });
        },
        dropDeadLetters: (request) => {
          requests.push(request);
          return Promise.resolve({ dropped: 3 });
        },
      };
      const retried = await runCommand(['deadletter', 'retry', ...flags], { facade });
      expect(retried.output).to.include('tried again: 3').and.include('Written: 2.');
      expect(retried.errorOutput).to.include('Salesforce is away.').and.include('Wait.');
      const dropped = await runCommand(['deadletter', 'drop', ...flags, '--because', 'by hand'], { facade });
      expect(dropped.output).to.include('Dropped dead letters: 3');
      expect(requests).to.deep.equal([selection, { ...selection, because: 'by hand' }]);
    });
  }

  for (const line of [['retry'], ['retry', '--all', '--id', '7'], ['drop', '--all']]) {
    it(`asks nothing of the connector for: deadletter ${line.join(' ')}`, async () => {
      const { exitCode, opened } = await runCommand(['deadletter', ...line]);
      expect(exitCode).to.not.equal(0);
      expect(opened).to.deep.equal([]);
    });
  }
});

describe('reply org rebind', () => {
  const org = { id: '00D000000000002AAA', name: 'Acme Sandbox' };

  it('says which org the database belongs to now, and to which it did', async () => {
    const before = { id: '00D000000000001AAA', name: null };
    const facade: Partial<Facade> = { rebindOrg: () => Promise.resolve({ before, org }) };
    const { output } = await runCommand(['org', 'rebind'], {
      facade,
      variables: { SALESFORCE_INSTANCE_URL: 'https://acme.my.salesforce.com', SALESFORCE_ACCESS_TOKEN: 'x'.repeat(20) },
    });
    expect(output).to.include('Acme Sandbox (00D000000000002AAA) now').and.include('00D000000000001AAA');
  });
});
