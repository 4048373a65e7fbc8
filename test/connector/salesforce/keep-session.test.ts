import { expect } from 'chai';

import { keepSession } from '../../../connector/src/salesforce/keep-session.ts';
import type { SalesforceSession } from '../../../connector/src/salesforce/salesforce-login.ts';

const ORG = '00D000000000001';
const OTHER_ORG = '00D000000000002';
const sessionOf = (token: string, org = ORG): SalesforceSession => ({
  accessToken: `${org}!${token}`,
  instanceUrl: 'https://acme.my.salesforce.com',
});

/** A login that gives the tokens 1, 2 and so on. */
function countingLogin(): { login: () => Promise<SalesforceSession>; logins: () => number } {
  let logins = 0;
  return { login: () => Promise.resolve(sessionOf(String((logins += 1)))), logins: () => logins };
}

describe('the session', () => {
  it('is opened once and kept', async () => {
    const { login, logins } = countingLogin();
    const kept = keepSession(login);
    expect(await Promise.all([kept.current(), kept.current()])).to.deep.equal([sessionOf('1'), sessionOf('1')]);
    expect(logins()).to.equal(1);
  });

  it('is replaced once, however many calls were refused with it', async () => {
    const { login, logins } = countingLogin();
    const kept = keepSession(login);
    const refused = await kept.current();
    const replaced = await Promise.all([1, 2, 3].map(() => kept.replace(refused)));
    expect(replaced).to.deep.equal([sessionOf('2'), sessionOf('2'), sessionOf('2')]);
    expect(await kept.replace(refused)).to.deep.equal(sessionOf('2'));
    expect(logins()).to.equal(2);
  });

  it('is opened again after a login has failed', async () => {
    const answers = [Promise.reject(new Error('no network')), Promise.resolve(sessionOf('1'))];
    const kept = keepSession(() => answers.shift() ?? Promise.reject(new Error('asked too often')));
    const failure = await kept.current().catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'no network');
    expect(await kept.current()).to.deep.equal(sessionOf('1'));
  });

  it('cannot be replaced when it is given as it is', async () => {
    const kept = keepSession(sessionOf('fixed'));
    expect(await kept.current()).to.deep.equal(sessionOf('fixed'));
    expect(await kept.replace(sessionOf('fixed'))).to.equal(undefined);
  });

  it('cannot be replaced by a login that has no other token', async () => {
    const kept = keepSession(() => Promise.resolve(sessionOf('same')));
    expect(await kept.replace(await kept.current())).to.equal(undefined);
  });

  it('may move to another address', async () => {
    const moved = { ...sessionOf('2'), instanceUrl: 'https://renamed.my.salesforce.com' };
    const sessions = [sessionOf('1'), moved];
    const kept = keepSession(() => Promise.resolve(sessions.shift() ?? moved));
    expect(await kept.replace(await kept.current())).to.deep.equal(moved);
  });

  it('may not move to another org, which is named', async () => {
    const sessions = [sessionOf('1'), sessionOf('2', OTHER_ORG)];
    const kept = keepSession(() => Promise.resolve(sessions.shift() ?? sessionOf('3', OTHER_ORG)));
    const failure = await kept.replace(await kept.current()).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'refused');
    expect(failure).to.have.property('message').that.includes(`${ORG}EAA`).and.includes(`${OTHER_ORG}EAA`);
    const again = await kept.current().catch((error: unknown) => error);
    expect(again).to.have.property('code', 'refused');
  });
});
