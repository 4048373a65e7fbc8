import { expect } from 'chai';
import { isForTrying } from '../../scripts/org/find-org.ts';
import { readOptions } from '../../scripts/org/options.ts';

describe('the options of npm run org', () => {
  it('make a scratch org and open it unless they say otherwise', () => {
    expect(readOptions([])).to.deep.equal({
      ...{ targetOrg: undefined, alias: 'reply-tracking', devHub: undefined, open: true, help: false },
    });
  });

  it('name an org, a scratch org to make, its Dev Hub, and whether to open it', () => {
    expect(readOptions(['--target-org', 'mine', '--no-open'])).to.include({ targetOrg: 'mine', open: false });
    expect(readOptions(['--alias', 'try', '--dev-hub', 'hub'])).to.include({ alias: 'try', devHub: 'hub' });
  });

  it('are refused when they contradict each other or do not exist', () => {
    for (const args of [
      ['--target-org', 'a', '--alias', 'b'],
      ['--target-org', 'a', '--dev-hub', 'b'],
      ['--force'],
      ['a'],
    ]) {
      expect(() => readOptions(args)).to.throw();
    }
  });
});

describe('orgs that sample data may go into', () => {
  it('are scratch orgs, sandboxes and Developer Editions, and no production org', () => {
    const org = (IsSandbox: boolean, OrganizationType: string) => ({ Name: 'Org', IsSandbox, OrganizationType });
    const orgs = [org(true, 'Enterprise Edition'), org(false, 'Developer Edition'), org(false, 'Unlimited Edition')];
    expect(orgs.map(isForTrying)).to.deep.equal([true, true, false]);
  });
});
