import { expect } from 'chai';

import { until } from '../servers/poll.ts';
import { startGraphWorld, type GraphWorld } from './graph-world.ts';

describe('A reply in a Microsoft 365 mailbox', function () {
  this.timeout(60_000);
  let world: GraphWorld;

  before(async () => {
    // No look into the mailbox but those that Microsoft's notifications ask for.
    world = await startGraphWorld({ sweepSeconds: 3600 });
  });
  after(() => world?.close());

  it('halts the sequence when Microsoft tells of it', async () => {
    const prospect = await world.enrol();
    const sent = world.repWrites(prospect);
    world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Human', MatchedBy__c: 'In-Reply-To', MatchConfidence__c: 'High' });
    expect(task?.TrackedEmail__r?.MessageKey__c).to.equal(sent.slice(1, -1));
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
    expect(world.graph.subscriptions.deliveries.map(({ status }) => status)).to.include(202);
  });

  it('leaves the sequence alone for the answer to an invitation', async () => {
    const prospect = await world.enrol();
    const sent = world.repWrites(prospect);
    world.somebodyWrites(
      { from: prospect.address, inReplyTo: sent, subject: 'Accepted: a call' },
      { meetingMessageType: 'meetingAccepted' },
    );
    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Calendar' });
    expect((await world.status(prospect)).Status__c).to.equal('Active');
  });

  it('is found when its notification was lost, once Microsoft says that some were missed', async () => {
    const prospect = await world.enrol();
    const sent = world.repWrites(prospect);
    await world.tracked(sent);
    world.graph.subscriptions.lose(true);
    world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    world.graph.subscriptions.lose(false);
    await world.graph.subscriptions.lifecycle(await world.subscribed(), 'missed');
    await world.tasks(prospect, 1);
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('is found when its subscription was removed, which is made anew', async () => {
    const prospect = await world.enrol();
    const sent = world.repWrites(prospect);
    await world.tracked(sent);
    const removed = await world.subscribed();
    world.graph.subscriptions.drop(removed);
    world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    await world.graph.subscriptions.removed(removed);
    await world.tasks(prospect, 1);
    const made = await world.subscribed(removed);
    expect(world.graph.subscriptions.all.get(made)).to.include({ changeType: 'created', immutableIds: true });
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('lets its subscription be reauthorized and renewed when Microsoft asks for it', async () => {
    const id = await world.subscribed();
    const renewals = (): number =>
      world.graph.requests.filter(({ method }) => method === 'PATCH subscriptions/{id}').length;
    const before = renewals();
    await world.graph.subscriptions.lifecycle(id, 'reauthorizationRequired');
    await until('a renewal', () => Promise.resolve(renewals() > before || undefined));
    expect([...world.graph.subscriptions.all.keys()]).to.deep.equal([id]);
  });

  it('asks Microsoft and Salesforce for nothing that these would not answer', () => {
    expect(world.graph.violations).to.deep.equal([]);
    expect(world.org.notSimulated).to.deep.equal([]);
  });
});
