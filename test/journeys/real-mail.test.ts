import { expect } from 'chai';

import { deliveryReport } from '../contract/sample-mail.ts';
import { BOUNCING_DOMAIN, SLOW_DOMAIN } from '../servers/postfix.ts';
import { startMailWorld, type MailWorld } from './mail-world.ts';

const bare = (messageId: string): string => messageId.slice(1, -1);
const newReportId = (): string => `<${crypto.randomUUID()}@mx.example.test>`;

/** Sends out-of-office notices for one address (RFC 5230). */
const vacation = (address: string): string =>
  `require ["vacation", "vacation-seconds"];\nvacation :seconds 0 :from "${address}" "I am away.";`;

describe('A reply in a real mailbox', function () {
  this.timeout(60_000);
  let world: MailWorld;

  before(async function () {
    world = await startMailWorld(this);
  });

  after(() => world?.close());

  it('halts the sequence when the prospect answers', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address, subject: 'Our offer' });
    await world.somebodyWrites({ from: `Lead <${prospect.address}>`, inReplyTo: sent, subject: 'Re: Our offer' });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({
      ReplyKind__c: 'Human',
      ReplyFrom__c: prospect.address,
      MatchedBy__c: 'In-Reply-To',
      Replier__c: 'Recipient',
      IsClosed: true,
      OwnerId: world.rep.userId,
      WhoId: prospect.contactId,
    });
    expect(task?.TrackedEmail__r?.MessageKey__c).to.equal(bare(sent));
    const status = await world.status(prospect);
    expect(status).to.include({ Status__c: 'Replied', HaltedByTaskId__c: task?.Id, PriorStatus__c: 'Active' });
  });

  it('halts the sequence when the answer comes from another address', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    await world.somebodyWrites({ from: 'private@example.net', inReplyTo: sent });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Human', ReplyFrom__c: 'private@example.net', Replier__c: 'Someone Else' });
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('halts the sequence when a person in CC answers', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address, cc: 'boss@example.net' });
    await world.somebodyWrites({ from: 'boss@example.net', inReplyTo: sent });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Human', Replier__c: 'Copied Recipient', WhoId: prospect.contactId });
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('pauses the sequence for an out-of-office notice, and halts it for the answer that follows', async () => {
    const prospect = await world.enrol();
    await world.dovecot.setSieve(prospect.address, vacation(prospect.address));
    const sent = await world.repWrites({ to: prospect.address });

    const [notice] = await world.tasks(prospect, 1);
    expect(notice).to.include({ ReplyKind__c: 'Auto-Reply', ReplyFrom__c: prospect.address });
    const paused = await world.status(prospect);
    expect(paused.Status__c).to.equal('Paused');
    expect(Date.parse(paused.ResumeAt__c ?? '')).to.be.greaterThan(Date.now());

    await world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    await world.tasks(prospect, 2);
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('pauses the sequence until the day of return that the subject of an automatic reply names', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address, subject: 'Our offer' });
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await world.somebodyWrites({
      from: prospect.address,
      inReplyTo: sent,
      subject: `Out of office until ${day}: Our offer`,
      extra: ['Auto-Submitted: auto-replied'],
    });

    const [notice] = await world.tasks(prospect, 1);
    expect(notice).to.include({ ReplyKind__c: 'Auto-Reply' });
    const paused = await world.status(prospect);
    expect(paused.Status__c).to.equal('Paused');
    expect(paused.ResumeAt__c).to.contain(day);
  });

  it('marks the sequence bounced when the mail comes back', async () => {
    const prospect = await world.enrol(BOUNCING_DOMAIN);
    await world.repWrites({ to: prospect.address });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Bounce', MatchedBy__c: 'Delivery Report' });
    expect((await world.status(prospect)).Status__c).to.equal('Bounced');
  });

  it('leaves the sequence alone while a mail is only delayed', async () => {
    const prospect = await world.enrol(SLOW_DOMAIN);
    await world.repWrites({ to: prospect.address });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Delay', MatchedBy__c: 'Delivery Report' });
    expect((await world.status(prospect)).Status__c).to.equal('Active');
  });

  it('leaves the sequence alone when a mail is delayed and then delivered', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    for (const [number, action] of (['delayed', 'delivered'] as const).entries()) {
      const report = deliveryReport(newReportId(), sent, { action, recipient: prospect.address });
      await world.rep.mailbox.append(report);
      await world.tasks(prospect, number + 1);
      expect((await world.status(prospect)).Status__c).to.equal('Active');
    }

    const tasks = await world.tasksNow(prospect);
    expect(tasks.map(({ ReplyKind__c }) => ReplyKind__c)).to.have.members(['Delay', 'Delivered']);
    await world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    await world.tasks(prospect, 3);
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('marks the sequence bounced when a report names nothing but the recipient', async () => {
    const [prospect, other] = [await world.enrol(), await world.enrol()];
    const sent = await world.repWrites({ to: prospect.address });
    await world.repWrites({ to: other.address });
    await world.tracked(sent);
    await world.rep.mailbox.append(deliveryReport(newReportId(), undefined, { recipient: prospect.address }));

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Bounce', MatchedBy__c: 'Delivery Report', MatchConfidence__c: 'Medium' });
    expect(task?.TrackedEmail__r?.MessageKey__c).to.equal(bare(sent));
    expect((await world.status(prospect)).Status__c).to.equal('Bounced');
    expect((await world.status(other)).Status__c).to.equal('Active');
  });

  it('leaves the sequence alone when the prospect accepts an invitation', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    const calendar = ['Content-Class: urn:content-classes:calendarmessage'];
    const subject = 'Accepted: Demo';
    await world.somebodyWrites({ from: prospect.address, inReplyTo: sent, extra: calendar, subject });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Calendar' });
    expect((await world.status(prospect)).Status__c).to.equal('Active');
  });

  it('halts the sequence when somebody answers to whom the mail was forwarded', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    const forward = `<${crypto.randomUUID()}@example.org>`;
    // The forward itself goes past the rep; its answer names both, and goes to the rep.
    const references = [`References: ${sent} ${forward}`];
    await world.somebodyWrites({ from: 'purchasing@example.net', extra: [`In-Reply-To: ${forward}`, ...references] });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({
      ReplyKind__c: 'Human',
      MatchedBy__c: 'References',
      ReplyFrom__c: 'purchasing@example.net',
    });
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('leaves the sequence alone when one character of the reference differs', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    const altered = sent.replace(/.@/, (last) => (last[0] === '0' ? '1@' : '0@'));
    expect(altered).to.have.lengthOf(sent.length).and.not.equal(sent);
    await world.somebodyWrites({ from: prospect.address, inReplyTo: altered });
    await world.tracked(sent);
    await world.settled();

    expect(await world.tasksNow(prospect)).to.deep.equal([]);
    expect((await world.status(prospect)).Status__c).to.equal('Active');
  });

  it('leaves the sequence alone for a newsletter and for the own follow-up of the rep', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    await world.repWrites({ to: prospect.address, inReplyTo: sent, subject: 'Re: Our offer' });
    const list = ['List-Id: <news.example.net>', 'List-Unsubscribe: <mailto:off@example.net>', 'Precedence: bulk'];
    await world.somebodyWrites({ from: prospect.address, extra: list, subject: 'Spring news' });
    await world.settled();

    expect(await world.tasksNow(prospect)).to.deep.equal([]);
    expect((await world.status(prospect)).Status__c).to.equal('Active');
  });

  it('leaves the sequence alone when a colleague of the rep answers what the rep forwarded', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    const extra = [`References: ${sent}`];
    const forward = await world.repWrites({ to: 'colleague@example.test', subject: 'Fwd: Our offer', extra });
    await world.somebodyWrites({ from: 'colleague@example.test', inReplyTo: forward });

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ ReplyKind__c: 'Human', Replier__c: 'Internal' });
    expect((await world.status(prospect)).Status__c).to.equal('Active');
  });

  it('finds the fourth answer of a thread that names only the third', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    const first = await world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    const second = await world.repWrites({ to: prospect.address, inReplyTo: first });
    const third = await world.somebodyWrites({ from: prospect.address, inReplyTo: second });
    await world.somebodyWrites({ from: 'assistant@example.net', inReplyTo: third });

    const tasks = await world.tasks(prospect, 3);
    expect(tasks.map(({ ReplyFrom__c }) => ReplyFrom__c)).to.have.members([
      prospect.address,
      prospect.address,
      'assistant@example.net',
    ]);
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('finds a reply that arrives before another system registers the mail it answers', async () => {
    const prospect = await world.enrol();
    const early = `<${crypto.randomUUID()}@mailer.example.net>`;
    await world.somebodyWrites({ from: prospect.address, inReplyTo: early });
    await world.settled();
    expect(await world.tasksNow(prospect)).to.deep.equal([]);

    const created = await world.admin.sobject('TrackedEmail__c').create({
      MessageKey__c: bare(early),
      SentAt__c: new Date().toISOString(),
      Source__c: 'Salesforce',
      OwnerId: world.rep.userId,
    });
    await world.admin.sobject('TrackedRecipient__c').create({
      TrackedEmail__c: created.id,
      RecipientKey__c: crypto.randomUUID(),
      Address__c: prospect.address,
      Role__c: 'To',
      Contact__c: prospect.contactId,
      CampaignStatus__c: prospect.statusId,
    });
    await world.tasks(prospect, 1);
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('finds a reply in a folder that a filter chose, already marked as read', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    await world.settled();
    const raw = `From: ${prospect.address}\r\nTo: ${world.rep.address}\r\nMessage-ID: <${crypto.randomUUID()}@example.org>\r\nReferences: ${sent}\r\n\r\nWords.`;
    await world.rep.mailbox.append(raw, { folder: 'Customers/2026', flags: ['\\Seen'] });
    await world.settled();

    const [task] = await world.tasks(prospect, 1);
    expect(task).to.include({ MatchedBy__c: 'References', ReplyKind__c: 'Human' });
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('loses and doubles nothing when the connector is killed and mail arrives meanwhile', async () => {
    const prospect = await world.enrol();
    const sent = await world.repWrites({ to: prospect.address });
    await world.restartConnector('kill', async () => {
      await world.somebodyWrites({ from: prospect.address, inReplyTo: sent });
    });
    await world.tasks(prospect, 1);
    await world.restartConnector('stop');
    await world.settled();
    expect(await world.tasksNow(prospect)).to.have.lengthOf(1);
    expect((await world.status(prospect)).Status__c).to.equal('Replied');
  });

  it('asks Salesforce for nothing that a real org would not answer', () => {
    expect(world.org.notSimulated).to.deep.equal([]);
  });
});
