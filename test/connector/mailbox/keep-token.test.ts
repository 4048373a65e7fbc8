import { expect } from 'chai';

import { keepToken, type IssuedToken } from '../../../connector/src/mailbox/keep-token.ts';

const HOUR = 3_600_000;

describe('keepToken', () => {
  let now: number;
  let requests: number;

  beforeEach(() => {
    now = 0;
    requests = 0;
  });

  const issue = (lifetimeMs: number) => (): Promise<IssuedToken> =>
    Promise.resolve({ token: `token-${++requests}`, lifetimeMs });

  it('hands out one token until a tenth of its life is left', async () => {
    const token = keepToken(issue(HOUR), () => now);
    expect(await token()).to.equal('token-1');
    now = 0.9 * HOUR - 1;
    expect(await token()).to.equal('token-1');
    now = 0.9 * HOUR;
    expect(await token()).to.equal('token-2');
  });

  it('asks once for any number of callers', async () => {
    const token = keepToken(issue(HOUR), () => now);
    expect(await Promise.all([token(), token(), token('token-0')])).to.deep.equal(['token-1', 'token-1', 'token-1']);
    expect(requests).to.equal(1);
  });

  it('replaces a token that was refused, and not the one that replaced it', async () => {
    const token = keepToken(issue(HOUR), () => now);
    expect(await token()).to.equal('token-1');
    expect(await token('token-1')).to.equal('token-2');
    expect(await token('token-1')).to.equal('token-2');
    expect(requests).to.equal(2);
  });

  it('asks each time where the server does not say how long a token lives', async () => {
    const token = keepToken(issue(0), () => now);
    expect([await token(), await token()]).to.deep.equal(['token-1', 'token-2']);
  });

  it('asks again after a failure', async () => {
    const answers = [Promise.reject(new Error('down')), Promise.resolve({ token: 'token-1', lifetimeMs: HOUR })];
    const token = keepToken(
      () => answers.shift()!,
      () => now,
    );
    expect(await token().catch((error: Error) => error.message)).to.equal('down');
    expect(await token()).to.equal('token-1');
  });
});
