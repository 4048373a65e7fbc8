import { expect } from 'chai';
import fc from 'fast-check';

import { backOffMs } from '../../../connector/src/deliver/back-off.ts';

describe('the wait before another attempt', () => {
  it('doubles from one second to one minute', () => {
    const seconds = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => backOffMs(attempts, 0) / 1000);
    expect(seconds).to.deep.equal([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('doubles up to one hour for what a person has to repair', () => {
    const seconds = [6, 11, 12, 2000].map((attempts) => backOffMs(attempts, 0, 'held') / 1000);
    expect(seconds).to.deep.equal([64, 2048, 3600, 3600]);
  });

  it('is spread over the last quarter and never longer', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(5000), random, (attempts, chance) => {
        const full = backOffMs(attempts, 0);
        expect(backOffMs(attempts, chance)).to.be.within(Math.floor(full * 0.75), full);
      }),
    );
  });
});
