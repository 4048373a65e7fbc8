import { expect } from 'chai';
import type { CustomNotification } from '../../simulators/salesforce/flow-host.ts';
import { deploy, metadataFile } from '../../simulators/salesforce/tests/metadata-files.ts';
import { openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const HOUR = 3_600_000;

describe('Task - After Save - Notify Owner', () => {
  let stage: SequenceOrg;
  let ownerId: string;
  let replies = 0;

  before(async () => {
    stage = await openSequenceOrg();
    ownerId = await stage.addUser('rep', 'ReplyTrackingUser');
  });

  after(() => stage.close());

  const reply = (row: Row): Row => {
    replies += 1;
    return {
      ...{ Subject: 'Reply: offer', Status: 'Completed', OwnerId: ownerId, ReplyFrom__c: 'jane@buyer.example' },
      ...{ ReplyKind__c: 'Human', Replier__c: 'Recipient', ReplyKey__c: String(replies).padStart(64, '0') },
      ReplyReceivedAt__c: stage.now.toISOString(),
      ...row,
    };
  };

  /** The notifications that a new Task leads to, and the id of the Task. */
  async function tellOf(row: Row): Promise<{ taskId: string; told: readonly CustomNotification[] }> {
    const before = stage.org.notifications.length;
    const taskId = await stage.create('Task', reply(row));
    return { taskId, told: stage.org.notifications.slice(before) };
  }

  const ageOf = (hours: number): Row => ({
    ReplyReceivedAt__c: new Date(stage.now.getTime() - hours * HOUR).toISOString(),
  });

  it('tells the owner who answered what, by the type Person Answered, and leads to the Task', async () => {
    const { taskId, told } = await tellOf({});
    const [type] = await stage.query("SELECT Id FROM CustomNotificationType WHERE DeveloperName = 'PersonAnswered'");
    expect(told).to.have.lengthOf(1);
    expect(told[0]).to.deep.include({ typeId: type?.['Id'], recipientIds: [ownerId], targetId: taskId });
    expect(told[0]!.title).to.equal('jane@buyer.example answered your mail');
    expect(told[0]!.body).to.match(/^Reply: offer\. This is the person you wrote to\. The sequence is halted/);
  });

  it('says that a forward has halted the sequence, or that forwards do not halt in this org', async () => {
    const { told: halted } = await tellOf({ ReplyKind__c: 'Forward' });
    expect(halted[0]).to.include({ title: 'jane@buyer.example forwarded your mail' });
    expect(halted[0]?.body).to.contain('The sequence is halted');
    await stage.changeSettings({ ForwardHalts__c: false });
    const { told: goesOn } = await tellOf({ ReplyKind__c: 'Forward' });
    const { told: answer } = await tellOf({});
    await stage.changeSettings({});
    expect(goesOn[0]?.body).to.contain('Sequences go on');
    expect(answer[0]?.body).to.contain('The sequence is halted');
  });

  it('speaks of an address that is too long as far as a notification has room', async () => {
    const { told } = await tellOf({ ReplyFrom__c: `${'x'.repeat(236)}@buyer.example` });
    expect(told[0]?.title).to.have.lengthOf(250);
  });

  it('keeps silent while it is switched off', async () => {
    await stage.changeSettings({ NotifyOwner__c: false });
    const { told } = await tellOf({});
    await stage.changeSettings({});
    expect(told).to.deep.equal([]);
  });

  it('keeps silent for replies older than a day, as the first read of a mailbox brings them', async () => {
    const { told: justInTime } = await tellOf(ageOf(24));
    const { told: late } = await tellOf(ageOf(24.5));
    expect([justInTime.length, late.length]).to.deep.equal([1, 0]);
  });

  it('takes the age from the setting, and a day when that is left empty', async () => {
    await stage.changeSettings({ NotifyWithinHours__c: 2 });
    const { told: old } = await tellOf(ageOf(3));
    const { told: fresh } = await tellOf(ageOf(2));
    await stage.changeSettings({ NotifyWithinHours__c: null });
    const { told: unset } = await tellOf(ageOf(24));
    const { told: older } = await tellOf(ageOf(24.5));
    await stage.changeSettings({});
    expect([old, fresh, unset, older].map(({ length }) => length)).to.deep.equal([0, 1, 1, 0]);
  });

  it('keeps silent when our own side answered', async () => {
    const { told: colleague } = await tellOf({ Replier__c: 'Internal' });
    const { told: unknown } = await tellOf({ Replier__c: null });
    expect([colleague.length, unknown.length]).to.deep.equal([0, 1]);
  });

  for (const kind of ['Auto-Reply', 'Bounce', 'Delay', 'Calendar', 'Challenge', 'List', 'Other']) {
    it(`keeps silent about the kind ${kind}`, async () => {
      const { told } = await tellOf({ ReplyKind__c: kind });
      expect(told).to.deep.equal([]);
    });
  }

  it('keeps silent about Tasks that are no replies, and about what is done to a reply later', async () => {
    const { told, taskId } = await tellOf({ ReplyKey__c: null });
    await stage.update('Task', taskId, { ReplyKey__c: 'f'.repeat(64) });
    expect(told).to.deep.equal([]);
    const { taskId: answered } = await tellOf({});
    const before = stage.org.notifications.length;
    await stage.update('Task', answered, { Subject: 'Offer' });
    expect(stage.org.notifications).to.have.lengthOf(before);
  });

  it('tells the owner of each of 200 replies with one query', async () => {
    const before = stage.org.notifications.length;
    await stage.admin.sobject('Task').create(Array.from({ length: 200 }, () => ({ ...reply({}) })));
    expect(stage.org.notifications).to.have.lengthOf(before + 200);
    expect(stage.org.flowErrors).to.deep.equal([]);
  });
});

describe('Task - After Save - Notify Owner, in an org that has lost the notification type', () => {
  let stage: SequenceOrg;

  before(async () => {
    stage = await openSequenceOrg({ without: 'PersonAnswered.notiftype-meta.xml' });
    const another = '<customNotifTypeName>Another</customNotifTypeName><desktop>true</desktop>';
    const file = metadataFile(
      'CustomNotificationType',
      `${another}<masterLabel>Another</masterLabel><mobile>true</mobile>`,
    );
    expect(await deploy(stage.admin, { 'notificationtypes/Another.notiftype': file })).to.deep.equal([]);
  });

  after(() => stage.close());

  it('keeps the reply, sends nothing by another type, and tells the admin what to deploy', async () => {
    const key = 'a'.repeat(64);
    const taskId = await stage.create('Task', { Subject: 'Reply: offer', ReplyKind__c: 'Human', ReplyKey__c: key });
    expect(await stage.read('Task', taskId)).to.include({ ReplyKey__c: key });
    expect(stage.org.notifications).to.deep.equal([]);
    const [problem, ...others] = await stage.takeProblems();
    expect(others).to.deep.equal([]);
    expect(problem).to.include({ Source__c: 'Task_AfterSave_NotifyOwner', RecordId__c: taskId });
    expect(problem?.['Problem__c']).to.match(/^The custom notification type PersonAnswered does not exist\. Deploy it/);
    expect(new Date(String(problem?.['OccurredAt__c']))).to.deep.equal(stage.now);
  });
});
