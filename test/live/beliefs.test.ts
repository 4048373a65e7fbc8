import { expect } from 'chai';
import { Connection } from 'jsforce';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assignPermissionSets, deployForceApp } from '../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { BELIEFS } from './beliefs.ts';
import { openLiveOrg, type LiveOrg } from './live-org.ts';

/** The local org does as is believed of the platform, and the checks for live orgs can be run at all. */
describe('what is believed about Salesforce holds in the local org', function () {
  this.timeout(60_000);
  let local: LocalOrg;
  let org: LiveOrg;

  before(async () => {
    local = await startLocalOrg();
    const connection = new Connection({ instanceUrl: local.url, accessToken: local.accessToken, version: '67.0' });
    await deployForceApp(connection, join(import.meta.dirname, '../../force-app/main'));
    await assignPermissionSets(connection, local.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
    org = await openLiveOrg(connection);
  });

  after(() => local.close());

  for (const belief of BELIEFS) {
    it(belief.title, () => belief.check(org));
  }

  it('and stands in the README with what follows if it is not so', () => {
    const lines = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').split('\n');
    for (const { title, ifNot } of BELIEFS) {
      expect(lines.some((line) => line.includes(`| ${title} `) && line.includes(`| ${ifNot} `))).to.equal(true);
    }
  });

  it('and nothing is left behind by the checks', async () => {
    await org.cleanUp();
    const objects = ['SalesSequence__c', 'CampaignStatus__c', 'TrackedEmail__c', 'Contact', 'Task'];
    for (const object of objects) {
      const { records } = await org.query(`SELECT Id FROM ${object}`);
      expect(records, object).to.deep.equal([]);
    }
  });
});
