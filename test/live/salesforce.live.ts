import { Org } from '@salesforce/core';
import { BELIEFS } from './beliefs.ts';
import { openLiveOrg, type LiveOrg } from './live-org.ts';

/** Alias or username of an org that the sf command is logged in to and that has the package; set by `npm run live`. */
const ALIAS = process.env['REPLY_TRACKING_LIVE_ORG'];

describe(`Salesforce, in the org ${ALIAS ?? '(none)'}`, function () {
  this.timeout(300_000);
  let org: LiveOrg;

  before(async () => {
    if (ALIAS === undefined) throw new Error('Name an org: npm run live -- --target-org my-scratch-org');
    const target = await Org.create({ aliasOrUsername: ALIAS });
    org = await openLiveOrg(target.getConnection());
  });

  after(() => org?.cleanUp());

  for (const belief of BELIEFS) {
    it(belief.title, async () => {
      try {
        await belief.check(org);
      } catch (error) {
        console.error(`      If this is how the platform is: ${belief.ifNot}.`);
        throw error;
      }
    });
  }
});
