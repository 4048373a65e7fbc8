import { expect } from 'chai';

import { loginRefusal } from '../../../connector/src/salesforce/login-refusal.ts';

const LOGIN = {
  host: 'login.salesforce.com',
  username: 'connector@acme.example',
  clockSkewMs: 0,
  now: new Date('2026-11-24T10:00:00Z'),
};
const HOURS = 3_600_000;

describe('a refused login', () => {
  const REFUSALS: Record<string, readonly ['retry' | 'refused', string, string]> = {
    "invalid_grant: user hasn't approved this consumer": ['refused', 'not approved in advance', 'Permitted Users'],
    'invalid_app_access: user is not admin approved to access this app': [
      'refused',
      'has not approved this user',
      'permission set',
    ],
    'invalid_client_id: client identifier invalid': ['refused', 'consumer key', 'Copy the consumer key'],
    'invalid_grant: invalid assertion': ['refused', 'not signed with the key', 'Upload the certificate'],
    'invalid_client: invalid client credentials': ['refused', 'not signed with the key', 'Upload the certificate'],
    'invalid_grant: audience is invalid': ['refused', 'login.salesforce.com', 'https://test.salesforce.com'],
    'invalid_grant: Audience validation failed': ['refused', 'login.salesforce.com', 'https://test.salesforce.com'],
    'invalid_grant: expired authorization code': ['refused', 'came too late', 'clock'],
    'inactive_user: user is inactive': ['refused', 'inactive or frozen', 'Activate connector@acme.example'],
    'inactive_org: organization is locked, closed, or suspended': ['refused', 'locked, closed', 'Support'],
    'invalid_grant: ip restricted': ['refused', 'from this network', 'login IP ranges'],
    'invalid_grant: invalid login hours': ['refused', 'at this hour', 'login hours'],
    'OAUTH_APP_BLOCKED: this app is blocked by admin': ['refused', 'blocked or not installed', 'OAuth Usage'],
    'OAUTH_EC_APP_NOT_FOUND: External client app is not installed in this org': [
      'refused',
      'blocked or not installed',
      'External Client App Manager',
    ],
    'unsupported_grant_type: grant type not supported': ['refused', 'this way to log in', 'Enable the JWT bearer flow'],
    'rate_limit_exceeded: number of logins exceeded': ['retry', 'too many logins', 'tried again'],
    'unknown_error: retry your request': ['retry', 'could not be decided', 'tried again'],
    'code_of_a_later_release: nobody knows': ['refused', 'reason in brackets', 'Login History'],
  };
  for (const [answer, [code, words, advice]] of Object.entries(REFUSALS)) {
    it(`says what "${answer}" means and what to do`, () => {
      const [error = '', description = ''] = answer.split(': ');
      const fault = loginRefusal({ error, description }, LOGIN);
      expect(fault.code).to.equal(code);
      expect(fault.message).to.include(words).and.include(answer).and.include(LOGIN.username);
      expect(fault.actions.join(' ')).to.include(advice);
    });
  }

  for (const description of ['expired authorization code', 'invalid assertion', 'nobody knows']) {
    it(`is the clock's doing when that is two hours off and the platform says "${description}"`, () => {
      const refusal = { error: 'invalid_grant', description };
      const fault = loginRefusal(refusal, { ...LOGIN, clockSkewMs: -2 * HOURS });
      expect(fault.message).to.include('the clock of this machine is wrong').and.include('2026-11-24T10:00:00.000Z');
      expect(fault.message).to.include('2 h 0 min behind');
      expect(fault.actions.join(' ')).to.include('NTP');
    });
  }

  it('keeps its definite reason while the clock is off too', () => {
    const refusal = { error: 'invalid_client_id', description: 'client identifier invalid' };
    expect(loginRefusal(refusal, { ...LOGIN, clockSkewMs: 2 * HOURS }).message).to.include('consumer key');
  });

  it('is not blamed on a clock that nothing is known of', () => {
    const refusal = { error: 'invalid_grant', description: 'invalid assertion' };
    expect(loginRefusal(refusal, { ...LOGIN, clockSkewMs: undefined }).message).to.include('not signed with the key');
  });

  it('shows the words of a stranger on one short line', () => {
    const refusal = { error: 'invalid_grant', description: `\u001B[2J\n\u202Eevil ${'x'.repeat(10_000)}` };
    const { message } = loginRefusal(refusal, LOGIN);
    expect(message).to.have.length.below(600);
    // eslint-disable-next-line no-control-regex
    expect(message).not.to.match(/[\u0000-\u001F\u202E]/);
  });
});
