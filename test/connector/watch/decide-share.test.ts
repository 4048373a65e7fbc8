import { expect } from 'chai';

import { decideShare, sight, type SeenService, type Sightings } from '../../../connector/src/watch/decide-share.ts';

const service = (id: string, watched = 0, beats = 1): SeenService => ({ id, watched, beats });
const AT = { now: 10_000, lapseMs: 4_000 };
const share = (services: readonly SeenService[], mailboxes: number, sightings: Sightings = new Map(), own = 'a') =>
  decideShare(own, { services, mailboxes }, sightings, AT);

describe('the share of one of several services', () => {
  it('is everything when it is alone', () => {
    expect(share([service('a')], 7)).to.deep.equal({ dead: [], take: 7, release: 0 });
  });

  it('is as much as each of the others has, so that a new one gets its part from them', () => {
    const both = [service('a', 10), service('b')];
    expect(share(both, 10)).to.deep.include({ take: 0, release: 5 });
    expect(share(both, 10, new Map(), 'b')).to.deep.include({ take: 5, release: 0 });
  });

  it('leaves no mailbox over and lets nobody give and take at once where the parts are uneven', () => {
    for (let mailboxes = 0; mailboxes < 30; mailboxes += 1) {
      for (const count of [1, 2, 3, 7]) {
        const services = Array.from({ length: count }, (_, number) => service(String(number)));
        const takes = services.map(({ id }) => share(services, mailboxes, new Map(), id).take);
        expect(takes.reduce((sum, take) => sum + take, 0)).to.be.at.least(mailboxes);
        const full = share([service('a', takes[0]), ...services.slice(1)], mailboxes);
        expect(full).to.deep.include({ take: 0, release: 0 });
      }
    }
  });

  it('grows by that of a service whose beats stand still, and not by that of one which has just been seen', () => {
    const services = [service('a', 5), service('b', 5, 42)];
    const still = sight(services, new Map(), 5_000);
    expect(share(services, 10, sight(services, still, AT.now))).to.deep.equal({
      dead: [service('b', 5, 42)],
      take: 5,
      release: 0,
    });
    const beaten = [service('a', 5), service('b', 5, 43)];
    expect(share(beaten, 10, sight(beaten, still, AT.now)).dead).to.deep.equal([]);
    expect(share(services, 10, sight(services, new Map(), AT.now)).dead).to.deep.equal([]);
  });

  it('never takes itself for dead, however long its own beat took', () => {
    const own = [service('a', 3)];
    expect(share(own, 3, sight(own, new Map(), 0)).dead).to.deep.equal([]);
  });
});
