import { expect } from 'chai';

import { rebindOrg } from '../../../connector/src/connect/rebind-org.ts';
import { pinSalesforce } from '../../../connector/src/connect/pinned-salesforce.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import type { Salesforce } from '../../../connector/src/salesforce/salesforce.ts';
import type { PinnedOrg } from '../../../connector/src/store/store.ts';

const ACME = '00D000000000001EAA';
const OTHER = '00D000000000002EAA';

/** An org that counts what it is asked. */
function orgOf(id: string, name: string): Salesforce & { readonly asked: string[] } {
  const asked: string[] = [];
  const nothing = { rows: [], position: undefined, next: undefined };
  let pulled = false;
  return {
    asked,
    write: () => (asked.push('write'), Promise.resolve([])),
    changesSince: () => {
      pulled = true;
      return Promise.resolve({ enrolments: nothing, trackedMails: nothing });
    },
    trackedMailsSince: () => Promise.reject(new Error('not asked here')),
    enrolmentsSince: () => Promise.reject(new Error('not asked here')),
    usersByEmail: () => (asked.push('users'), Promise.resolve(new Map())),
    org: () => {
      asked.push('org');
      return Promise.resolve({ id, instanceUrl: 'https://acme.my.salesforce.com', ...(pulled && { name }) });
    },
    orgName: () => (asked.push('name'), Promise.resolve(name)),
    setup: () => Promise.reject(new Error('not asked here')),
    apiCalls: 7,
    apiUsage: undefined,
    clockSkewMs: 12,
  };
}

function pins(pinned?: PinnedOrg) {
  let org = pinned;
  return {
    pinnedOrg: () => Promise.resolve(org),
    pinOrg: (given: PinnedOrg) => {
      org = org === undefined || org.id === given.id ? given : org;
      return Promise.resolve(org);
    },
    rebindOrg: (given: PinnedOrg) => {
      org = given;
      return Promise.resolve();
    },
  };
}

describe('the pinned org', () => {
  it('is the first one that is reached', async () => {
    const store = pins();
    await pinSalesforce(orgOf(ACME, 'Acme'), store).write([]);
    expect(await store.pinnedOrg()).to.deep.equal({ id: ACME, name: undefined });
  });

  it('gets its name with the first pull, without a call of its own', async () => {
    const store = pins();
    const org = orgOf(ACME, 'Acme');
    await pinSalesforce(org, store).changesSince({ enrolments: undefined, trackedMails: undefined });
    expect(await store.pinnedOrg()).to.deep.equal({ id: ACME, name: 'Acme' });
    expect(org.asked).not.to.include('name');
  });

  it('is checked once', async () => {
    const org = orgOf(ACME, 'Acme');
    const pinned = pinSalesforce(org, pins({ id: ACME, name: 'Acme' }));
    await Promise.all([pinned.write([]), pinned.usersByEmail([])]);
    await pinned.write([]);
    expect(org.asked).to.have.members(['org', 'write', 'users', 'write']);
  });

  it('refuses another org by the names of both, before it is asked anything', async () => {
    const org = orgOf(OTHER, 'Other Ltd');
    const refused = await pinSalesforce(org, pins({ id: ACME, name: 'Acme' }))
      .write([])
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(SalesforceError).and.to.include({ code: 'refused' });
    expect((refused as Error).message)
      .to.contain(`Acme (${ACME})`)
      .and.to.contain(`Other Ltd (${OTHER})`);
    expect(org.asked).not.to.include('write');
  });

  it('is checked again after a login that failed', async () => {
    const org = orgOf(ACME, 'Acme');
    let down = true;
    const shaky: Salesforce = {
      ...org,
      org: () => (down ? Promise.reject(new SalesforceError('retry', 'No answer.', ['Wait.'])) : org.org()),
    };
    const pinned = pinSalesforce(shaky, pins());
    expect(await pinned.write([]).catch((error: unknown) => (error as SalesforceError).code)).to.equal('retry');
    down = false;
    expect(await pinned.write([])).to.deep.equal([]);
  });

  it('leaves counts and clock as the org gives them', () => {
    const pinned = pinSalesforce(orgOf(ACME, 'Acme'), pins());
    expect([pinned.apiCalls, pinned.apiUsage, pinned.clockSkewMs]).to.deep.equal([7, undefined, 12]);
  });

  it('is refused after the refresh of a sandbox, with the command that rebinds, and then taken', async () => {
    const store = pins({ id: ACME, name: 'Acme Sandbox' });
    const refreshed = orgOf(OTHER, 'Acme Sandbox');
    const pinned = pinSalesforce(refreshed, store);
    const failure = await pinned.write([]).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(SalesforceError).and.to.have.property('code', 'refused');
    expect((failure as SalesforceError).actions.join(' ')).to.include('sf reply org rebind');
    expect(refreshed.asked).to.not.include('write');
    const before = { id: ACME, name: 'Acme Sandbox' };
    expect(await rebindOrg(refreshed, store)).to.deep.equal({ before, org: { id: OTHER, name: 'Acme Sandbox' } });
    await pinned.write([]);
    expect(refreshed.asked).to.include('write');
  });
});
