import { expect } from 'chai';

import { renewalAt, renewalIsDue, sweepSeconds } from '../../../connector/src/sync/sweep-interval.ts';
import { daysLater, NOW } from '../../contract/store-samples.ts';

const PROVEN = { until: daysLater(3), renewAt: daysLater(1), told: 3 };

describe('the interval of sweeps', () => {
  it('is five minutes and never more while nobody has promised to tell of changes', () => {
    const none = { until: undefined, renewAt: undefined, told: 99 };
    expect(sweepSeconds(none, NOW, 300, 0)).to.equal(300);
    expect(sweepSeconds(none, NOW, 300, 0.999)).to.be.within(240, 300);
  });

  it('is half an hour once the provider has kept its promise three times in a row', () => {
    expect(sweepSeconds(PROVEN, NOW, 300, 0)).to.equal(1800);
    expect(sweepSeconds({ ...PROVEN, told: 2 }, NOW, 300, 0)).to.equal(300);
  });

  it('is five minutes again from the instant at which the promise ends', () => {
    expect(sweepSeconds(PROVEN, daysLater(3), 300, 0)).to.equal(300);
  });

  it('is never shorter than an operator wants it', () => {
    expect(sweepSeconds(PROVEN, NOW, 7200, 0)).to.equal(7200);
  });
});

describe('the renewal of a promise to tell of changes', () => {
  it('is due a day later, and halfway to the end of a short one', () => {
    expect(renewalAt(daysLater(7), NOW)).to.deep.equal(daysLater(1));
    expect(renewalAt(daysLater(1), NOW)).to.deep.equal(daysLater(0.5));
  });

  it('is due at once when the promise has ended, and when there was none', () => {
    expect(renewalAt(daysLater(-1), NOW)).to.deep.equal(NOW);
    expect(renewalIsDue({ until: undefined, renewAt: undefined, told: 0 }, NOW)).to.equal(true);
    expect(renewalIsDue(PROVEN, NOW)).to.equal(false);
    expect(renewalIsDue(PROVEN, daysLater(1))).to.equal(true);
  });
});
