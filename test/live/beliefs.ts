import { expect } from 'chai';
import type { Belief, LiveOrg } from './live-org.ts';

const HOUR_MS = 3_600_000;
const BATCH = 200;

/**
 * What the package and the connector take for granted about Salesforce and no public document settles. Each is a check
 * that runs unchanged against the local org, in `npm test`, and against a live one, by `npm run live`.
 */
export const BELIEFS: readonly Belief[] = [
  {
    title: 'a second Task with the reply key of a first is refused as DUPLICATE_VALUE',
    ifNot: 'a reply that is delivered again after a lost answer becomes a second Task',
    async check(org) {
      const { statusId } = await org.enrol();
      const reply = replyTask(org, statusId);
      await org.create('Task', reply);
      const [second] = await org.createAll('Task', [reply]);
      expect(second?.errors.map(({ statusCode }) => statusCode)).to.deep.equal(['DUPLICATE_VALUE']);
    },
  },
  {
    title: 'two reply keys that differ in their case alone are two Tasks',
    ifNot: 'replies whose keys differ in case alone are taken for one; the keys of the connector never do',
    async check(org) {
      const { statusId } = await org.enrol();
      const reply = replyTask(org, statusId);
      const upper = { ...reply, ReplyKey__c: reply.ReplyKey__c.toUpperCase() };
      const saved = await org.createAll('Task', [reply, upper]);
      expect(saved.map(({ success }) => success)).to.deep.equal([true, true]);
    },
  },
  {
    title: 'two replies of one person in one batch, in either order, halt once and name the earlier reply',
    ifNot: 'one of the two is lost or refused, and the connector has to write replies of one person one by one',
    async check(org) {
      for (const reverse of [false, true]) {
        const { statusId, contactId } = await org.enrol();
        const earlier = { ...replyTask(org, statusId, 2 * HOUR_MS), WhoId: contactId };
        const later = { ...replyTask(org, statusId, HOUR_MS), WhoId: contactId };
        const rows = reverse ? [later, earlier] : [earlier, later];
        const saved = await org.createAll('Task', rows);
        expect(saved.map(({ success }) => success)).to.deep.equal([true, true]);
        const status = await org.read('CampaignStatus__c', statusId);
        expect(status['Status__c']).to.equal('Replied');
        expect(status['HaltedByReplyKey__c']).to.equal(earlier.ReplyKey__c);
      }
    },
  },
  {
    title: 'a reply without a person halts the one status whose mail it answers',
    ifNot: 'a condition that compares a lookup to Contact with the Id of a Task fails, and the flow needs another one',
    async check(org) {
      const answered = await org.enrol();
      const other = await org.enrol();
      await org.create('Task', replyTask(org, answered.statusId));
      expect((await org.read('CampaignStatus__c', answered.statusId))['Status__c']).to.equal('Replied');
      expect((await org.read('CampaignStatus__c', other.statusId))['Status__c']).to.equal('Active');
    },
  },
  {
    title: 'a batch of 200 replies halts 200 persons within the limits of one transaction',
    ifNot: 'the flows pass a limit, and the batch of the connector has to be smaller',
    async check(org) {
      const people = await org.enrolAll(BATCH);
      const replies = people.map(({ contactId, statusId }) => ({
        ...replyTask(org, statusId),
        WhoId: contactId,
      }));
      const saved = await org.createAll('Task', replies);
      expect(saved.filter(({ success }) => !success)).to.deep.equal([]);
      const { records } = await org.query(
        `SELECT COUNT(Id) halted FROM CampaignStatus__c WHERE SalesSequence__c = '${org.sequenceId}' AND Status__c = 'Replied' AND HaltedByReplyKey__c LIKE '${org.run}%'`,
      );
      expect(Number(records[0]?.['halted'])).to.be.at.least(BATCH);
    },
  },
  {
    title: 'a Task names its tracked mail by the external id of that mail',
    ifNot: 'the connector has to ask for the ids of tracked mails before it writes replies',
    async check(org) {
      const { statusId } = await org.enrol();
      const messageKey = `${org.run}@live.example`;
      await org.create('TrackedEmail__c', {
        MessageKey__c: messageKey,
        SentAt__c: ago(3 * HOUR_MS),
        Source__c: 'Sequence',
      });
      const taskId = await org.create('Task', {
        ...replyTask(org, statusId),
        TrackedEmail__r: { MessageKey__c: messageKey },
      });
      expect((await org.read('Task', taskId))['TrackedEmail__c']).to.be.a('string');
    },
  },
  {
    title: 'an automatic reply pauses until the day that it names',
    ifNot: 'the formulas of the flow reckon with dates in another way than the local org does',
    async check(org) {
      const { statusId, contactId } = await org.enrol();
      const back = new Date(Date.now() + 72 * HOUR_MS).toISOString().slice(0, 10) + 'T23:59:59.000Z';
      await org.create('Task', {
        ...replyTask(org, statusId),
        WhoId: contactId,
        ReplyKind__c: 'Auto-Reply',
        ReplyResumeAt__c: back,
      });
      const status = await org.read('CampaignStatus__c', statusId);
      expect(status['Status__c']).to.equal('Paused');
      expect(Date.parse(String(status['ResumeAt__c']))).to.equal(Date.parse(back));
    },
  },
  {
    title: 'a reply of our own side changes no status',
    ifNot: 'a colleague in the thread halts the sequence of the prospect',
    async check(org) {
      const { statusId, contactId } = await org.enrol();
      await org.create('Task', {
        ...replyTask(org, statusId),
        WhoId: contactId,
        Replier__c: 'Internal',
      });
      expect((await org.read('CampaignStatus__c', statusId))['Status__c']).to.equal('Active');
    },
  },
  {
    title: 'a reply of a person who was deleted is refused as ENTITY_IS_DELETED',
    ifNot: 'the code that the org gives has to be added to connector/src/salesforce/repair-rows.ts',
    async check(org) {
      const { statusId, contactId } = await org.enrol();
      await org.remove('Contact', contactId);
      const [refused] = await org.createAll('Task', [{ ...replyTask(org, statusId), WhoId: contactId }]);
      expect(refused?.errors.map(({ statusCode }) => statusCode)).to.deep.equal(['ENTITY_IS_DELETED']);
    },
  },
  {
    title: 'two hundred replies of one person in one batch are refused, and a hundred halt once',
    ifNot:
      'where two hundred are taken no batch has to be halved; where a hundred are refused, batches have to be smaller',
    async check(org) {
      const { statusId, contactId } = await org.enrol();
      const replies = Array.from({ length: BATCH }, () => ({ ...replyTask(org, statusId), WhoId: contactId }));
      const all = await org.createAll('Task', replies);
      expect(all.every(({ success }) => !success)).to.equal(true);
      const half = await org.createAll('Task', replies.slice(0, BATCH / 2));
      expect(half.every(({ success }) => success)).to.equal(true);
      expect((await org.read('CampaignStatus__c', statusId))['Status__c']).to.equal('Replied');
    },
  },
];

/** A reply by a person, received an hour ago unless said otherwise. */
function replyTask(org: LiveOrg, statusId: string, age = HOUR_MS) {
  return {
    Subject: 'Reply: live check',
    Status: org.closedStatus,
    TaskSubtype: 'Email',
    ActivityDate: ago(age).slice(0, 10),
    ReplyKey__c: org.newReplyKey(),
    ReplyKind__c: 'Human',
    ReplyFrom__c: 'prospect@live.example',
    ReplyReceivedAt__c: ago(age),
    MatchedBy__c: 'In-Reply-To',
    Replier__c: 'Recipient',
    CampaignStatus__c: statusId,
  };
}

const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();
