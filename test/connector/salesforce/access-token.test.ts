import { expect } from 'chai';

import { keepAccessToken } from '../../../connector/src/salesforce/access-token.ts';

/** A source that gives token-1, token-2 and so on. */
function countingSource(): { source: () => Promise<string>; asked: () => number } {
  let asked = 0;
  return { source: () => Promise.resolve(`token-${(asked += 1)}`), asked: () => asked };
}

describe('the access token', () => {
  it('is asked for once and kept', async () => {
    const { source, asked } = countingSource();
    const token = keepAccessToken(source);
    expect(await Promise.all([token.current(), token.current()])).to.deep.equal(['token-1', 'token-1']);
    expect(asked()).to.equal(1);
  });

  it('is replaced once, however many calls were refused with it', async () => {
    const { source, asked } = countingSource();
    const token = keepAccessToken(source);
    const refused = await token.current();
    const replaced = await Promise.all([1, 2, 3].map(() => token.replace(refused)));
    expect(replaced).to.deep.equal(['token-2', 'token-2', 'token-2']);
    expect(await token.replace(refused)).to.equal('token-2');
    expect(asked()).to.equal(2);
  });

  it('is asked for again after the source has failed', async () => {
    const answers = [Promise.reject(new Error('no network')), Promise.resolve('token')];
    const token = keepAccessToken(() => answers.shift() ?? Promise.reject(new Error('asked too often')));
    const failure = await token.current().catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'no network');
    expect(await token.current()).to.equal('token');
  });

  it('cannot be replaced when it is given as it is', async () => {
    const token = keepAccessToken('fixed');
    expect([await token.current(), await token.replace('fixed')]).to.deep.equal(['fixed', undefined]);
  });
});
