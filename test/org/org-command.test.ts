import { expect } from 'chai';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { openSfHome, type SfHome } from '../simulators/salesforce/tests/sf-home.ts';
import { runOrgCommand, type OrgCommandRun } from './run-org-command.ts';

describe('npm run org, when it cannot go on', function () {
  this.timeout(60_000);
  let org: LocalOrg;
  let sf: SfHome;

  before(async () => {
    org = await startLocalOrg();
    sf = await openSfHome(org);
  });

  after(async () => {
    await sf.close();
    await org.close();
  });

  const run = (...args: string[]): Promise<OrgCommandRun> => runOrgCommand(sf, ...args);

  it('says what to do when it does not know the org', async () => {
    const { code, complaints } = await run('--target-org', 'nobody', '--no-open');
    expect(code).to.equal(1);
    expect(complaints).to.include('nobody').and.to.include('What to do next: Name a scratch org');
  });

  it('says what to do without a Dev Hub', async () => {
    const { code, complaints } = await run('--alias', 'made-up', '--no-open');
    expect(code).to.equal(1);
    expect(complaints).to.include('npx sf org login web --set-default-dev-hub');
  });

  it('explains its arguments, and refuses those that it does not have', async () => {
    const help = await run('--help');
    const wrong = await run('--target-org', 'local', '--alias', 'other');
    expect(help.printed).to.match(/^usage: npm run org/);
    expect([help.code, wrong.code]).to.deep.equal([0, 64]);
    expect(wrong.complaints).to.include('usage: npm run org');
  });
});
