import { expect } from 'chai';

import { startPostgresql } from '../servers/postgresql.ts';
import { requireServer } from '../servers/require-server.ts';
import { startMailWorld, type MailWorld } from './mail-world.ts';

describe('A reply in a real mailbox, with the place kept in PostgreSQL', function () {
  this.timeout(60_000);
  let world: MailWorld;

  before(async function () {
    requireServer(this, 'postgresql');
    world = await startMailWorld(this, await (await startPostgresql()).createDatabase());
  });

  after(() => world?.close());

  it('halts the sequence once, although the connector is killed in between', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    await world.settled();
    await world.restartConnector('kill', async () => {
      await world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    });
    await world.tasks(prospect, 1);
    await world.settled();

    expect(await world.tasksNow(prospect)).to.have.lengthOf(1);
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });
});
