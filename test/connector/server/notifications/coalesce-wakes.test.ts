import { expect } from 'chai';

import { coalesceWakes } from '../../../../connector/src/server/notifications/coalesce-wakes.ts';

describe('coalesceWakes', () => {
  it('lets one wake stand for all that are asked for while another one is being stored', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let begun = 0;
    const wake = coalesceWakes(() => gates[begun++]!.promise);
    const asked = Array.from({ length: 20 }, () => wake('1', 'changed'));
    expect(begun).to.equal(1);
    gates[0]!.resolve();
    await asked[0];
    gates[1]!.resolve();
    await Promise.all(asked);
    expect(begun).to.equal(2);
  });

  it('lets nobody wait for a wake that began before it was asked for', async () => {
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    let begun = 0;
    const wake = coalesceWakes(() => [first, second][begun++]!.promise);
    void wake('1', 'changed');
    let settled = false;
    const later = wake('1', 'changed').then(() => (settled = true));
    first.resolve();
    await new Promise(setImmediate);
    expect([begun, settled]).to.deep.equal([2, false]);
    second.resolve();
    await later;
  });

  it('keeps mailboxes and reasons apart', async () => {
    const woken: string[] = [];
    const wake = coalesceWakes((id, why) => Promise.resolve(void woken.push(`${why} ${id}`)));
    await Promise.all([wake('1', 'changed'), wake('2', 'changed'), wake('1', 'renew')]);
    expect(woken).to.have.members(['changed 1', 'changed 2', 'renew 1']);
  });

  it('tells those who wait of a failure, and begins anew for the next', async () => {
    let fail = true;
    const wake = coalesceWakes(() => (fail ? Promise.reject(new Error('away')) : Promise.resolve()));
    const failed = await Promise.allSettled([wake('1', 'changed'), wake('1', 'changed')]);
    expect(failed.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    fail = false;
    await wake('1', 'changed');
  });
});
