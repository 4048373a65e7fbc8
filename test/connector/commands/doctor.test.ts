import { expect } from 'chai';
import type { CheckResult } from '../../../connector/src/facade.ts';
import { StoreError } from '../../../connector/src/store/store-error.ts';
import { runCommand } from './run-command.ts';

const GOOD: CheckResult = { check: 'database', mailbox: null, state: 'ok', found: 'It answers.', actions: [] };
const SCARCE: CheckResult = {
  ...GOOD,
  check: 'apiBudget',
  state: 'warning',
  found: 'Few are left.',
  actions: ['Wait.'],
};
const DEAD: CheckResult = {
  ...{ check: 'grant', mailbox: 'ada@acme.example', state: 'failure' },
  ...{ found: 'It was revoked.\u001b]0;title\u0007', actions: ['Connect it again.'] },
};
const UNKNOWN: CheckResult = { ...GOOD, check: 'flows', state: 'skipped', found: 'They are hidden.' };

const examine = (checks: readonly CheckResult[], ...flags: string[]) =>
  runCommand(['doctor', ...flags], { facade: { examine: () => Promise.resolve({ checks }) } });

describe('reply doctor', () => {
  it('shows each check with what was found and what to do', async () => {
    const { output } = await examine([GOOD, SCARCE, DEAD, UNKNOWN]);
    const words = output.replace(/[│\s]+/g, ' ');
    expect(words).to.contain('Database OK It answers.').and.to.contain('API calls Warning Few are left. Wait.');
    expect(output).to.contain('ada@acme.example').and.to.contain('Connect it again.').and.to.contain('Not checked');
    expect(output).to.contain('4 checks: 1 failures, 1 warnings, 1 not checked.');
    expect(output).not.to.contain('\u001b]0;');
  });

  for (const [what, checks, flags, code] of [
    ['0 when all is well', [GOOD, UNKNOWN], [], 0],
    ['0 when there are warnings', [GOOD, SCARCE], [], 0],
    ['2 when there are warnings and it is to be strict', [GOOD, SCARCE], ['--strict'], 2],
    ['1 when something fails', [SCARCE, DEAD], [], 1],
    ['1 when something fails and it is to be strict', [SCARCE, DEAD], ['--strict'], 1],
    ['1 as JSON too', [DEAD], ['--json'], 1],
  ] as const) {
    it(`ends with ${what}`, async () => {
      const { exitCode } = await examine(checks, ...flags);
      expect(exitCode).to.equal(code);
    });
  }

  it('has a database that cannot be used as a failed check, as JSON too, and ends with 1', async () => {
    const refusal = new StoreError('The data folder /data cannot be used.', ['Check that it is a folder.']);
    const { output, exitCode } = await runCommand(['doctor', '--json'], {
      facade: { examine: () => Promise.reject(refusal) },
      variables: { SALESFORCE_INSTANCE_URL: 'http://127.0.0.1:9', SALESFORCE_ACCESS_TOKEN: 'token-of-the-connector' },
    });
    const { checks } = (JSON.parse(output) as { result: { checks: CheckResult[] } }).result;
    expect(checks[0]).to.deep.equal({
      ...{ check: 'database', mailbox: null, state: 'failure', found: refusal.message, actions: refusal.actions },
    });
    expect(checks.filter(({ state }) => state === 'skipped').map(({ check }) => check)).to.include('messages');
    expect(exitCode).to.equal(1);
  });

  it('gives the checks as JSON', async () => {
    const { output } = await examine([GOOD, DEAD], '--json');
    expect((JSON.parse(output) as { result: unknown }).result).to.deep.equal({ checks: [GOOD, DEAD] });
  });
});
