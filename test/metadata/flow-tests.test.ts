import { expect } from 'chai';
import { Connection } from 'jsforce';
import { join } from 'node:path';
import { deployForceApp } from '../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { filesOf, ROOT, textOf } from './force-app.ts';

const RECORDLESS = ['Scheduled'];

describe('the flow tests of force-app', () => {
  let org: LocalOrg;

  before(async () => {
    org = await startLocalOrg();
    const connection = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
    await deployForceApp(connection, join(ROOT, 'force-app/main'));
  });

  after(() => org.close());

  for (const { name, root } of filesOf('FlowTest')) {
    it(`${textOf(root, 'flowApiName')}: ${textOf(root, 'description')}`, () => {
      expect(org.runFlowTest(name)).to.deep.equal([]);
    });
  }

  it('exist for every flow that flow tests can run', () => {
    const tested = filesOf('FlowTest').map(({ root }) => textOf(root, 'flowApiName'));
    for (const { name, root } of filesOf('Flow')) {
      const start = root.children.find((child) => child.name === 'start')!;
      if (textOf(root, 'processType') === 'Flow' || RECORDLESS.includes(textOf(start, 'triggerType') ?? '')) continue;
      expect(tested, name).to.include(name);
    }
  });

  it('leave nothing behind', async () => {
    const connection = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
    const { totalSize } = await connection.query('SELECT Id FROM ReplyProblem__c');
    expect(totalSize).to.equal(0);
    expect(org.notifications).to.deep.equal([]);
  });
});
