import { expect } from 'chai';

import { retryWaitMs } from '../../../connector/src/sync/retry-wait.ts';

describe('the wait after a fault of a mailbox', () => {
  it('doubles from a second to five minutes', () => {
    expect([0, 1, 2, 8, 9, 500].map((tries) => retryWaitMs(undefined, tries, 0))).to.deep.equal([
      ...[1_000, 2_000, 4_000, 256_000, 300_000, 300_000],
    ]);
  });

  it('is up to a quarter shorter by chance, so that mailboxes that failed together come back apart', () => {
    expect(retryWaitMs(undefined, 3, 0.999)).to.be.within(6_000, 6_010);
  });

  it('is never shorter than the provider asked for', () => {
    expect(retryWaitMs(90_000, 0, 0.5)).to.equal(90_000);
    expect(retryWaitMs(10, 4, 0)).to.equal(16_000);
  });
});
