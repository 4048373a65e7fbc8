import { expect } from 'chai';
import { openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const REFUSED = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Ask the owner first', fields: [] };

describe('Lead - After Save - Follow Conversion', () => {
  let stage: SequenceOrg;
  let leadId: string;
  let mailId: string;

  before(async () => {
    stage = await openSequenceOrg();
    mailId = await stage.create('TrackedEmail__c', { MessageKey__c: 'offer@seller.example' });
  });

  after(() => stage.close());

  beforeEach(async () => {
    leadId = await stage.create('Lead', { LastName: 'Buyer', Company: 'Buyers' });
  });

  const enrol = (person: Row): Promise<string> => stage.create('CampaignStatus__c', person);

  const writeTo = (person: Row, role: string): Promise<string> =>
    stage.create('TrackedRecipient__c', {
      ...{ TrackedEmail__c: mailId, Address__c: 'buyer@buyers.example', Role__c: 'To', RecipientKey__c: role + leadId },
      ...person,
    });

  const convert = () =>
    stage.admin.soap.convertLead({
      ...{ leadId, convertedStatus: 'Closed - Converted', doNotCreateOpportunity: true },
    });

  it('names the new contact and its account on the statuses of the lead, which stay those of the lead', async () => {
    const statusId = await enrol({ Lead__c: leadId, Status__c: 'Active' });
    const { accountId, contactId } = await convert();
    expect(await stage.read('CampaignStatus__c', statusId)).to.include({
      ...{ Lead__c: leadId, Contact__c: contactId, Account__c: accountId, Status__c: 'Active' },
    });
  });

  it('names the new contact on the tracked recipients of the lead', async () => {
    const recipientId = await writeTo({ Lead__c: leadId }, 'lead');
    const { contactId } = await convert();
    expect(await stage.read('TrackedRecipient__c', recipientId)).to.include({ Lead__c: leadId, Contact__c: contactId });
  });

  it('lets an answer of the contact halt the sequence of the lead', async () => {
    const statusId = await enrol({ Lead__c: leadId });
    const { contactId } = await convert();
    const reply = { ReplyKey__c: 'a'.repeat(64), ReplyKind__c: 'Human', ReplyReceivedAt__c: stage.now.toISOString() };
    await stage.create('Task', { Subject: 'Reply: offer', WhoId: String(contactId), ...reply });
    expect(await stage.read('CampaignStatus__c', statusId)).to.include({ Status__c: 'Replied' });
  });

  it('touches neither other leads nor what names a contact already', async () => {
    const otherId = await stage.create('Lead', { LastName: 'Other', Company: 'Others' });
    const contactOfOld = await stage.create('Contact', { LastName: 'Old' });
    const untouched = [
      ['CampaignStatus__c', await enrol({ Lead__c: otherId }), null],
      ['CampaignStatus__c', await enrol({ Lead__c: leadId, Contact__c: contactOfOld }), contactOfOld],
      ['CampaignStatus__c', await enrol({}), null],
      ['TrackedRecipient__c', await writeTo({ Lead__c: otherId }, 'other'), null],
      ['TrackedRecipient__c', await writeTo({ Lead__c: leadId, Contact__c: contactOfOld }, 'old'), contactOfOld],
      ['TrackedRecipient__c', await writeTo({}, 'nobody'), null],
    ] as const;
    await convert();
    for (const [object, id, contactId] of untouched) {
      expect(await stage.read(object, id), `${object} ${id}`).to.include({ Contact__c: contactId });
    }
  });

  it('writes nothing when a lead is saved that is not being converted', async () => {
    const statusId = await enrol({ Lead__c: leadId });
    await stage.update('Lead', leadId, { Company: 'Buyers and Sons' });
    expect(stage.org.lastTransaction).to.include({ statements: 0, queries: 0 });
    expect(await stage.read('CampaignStatus__c', statusId)).to.include({ Contact__c: null });
  });

  it('converts the lead all the same when an org refuses to change a status, and tells the admin', async () => {
    const statusId = await enrol({ Lead__c: leadId });
    const allow = stage.org.refuseRows(({ object, operation }) =>
      object === 'CampaignStatus__c' && operation === 'update' ? REFUSED : undefined,
    );
    const { contactId } = await convert().finally(allow);
    expect(await stage.read('Lead', leadId)).to.include({ IsConverted: true, ConvertedContactId: contactId });
    expect(await stage.read('CampaignStatus__c', statusId)).to.include({ Contact__c: null });
    const [problem, ...others] = await stage.takeProblems();
    expect(others).to.deep.equal([]);
    expect(problem).to.include({ Source__c: 'Lead_AfterSave_FollowConversion', RecordId__c: leadId });
    expect(problem?.['Problem__c']).to.contain('Ask the owner first');
    expect(new Date(String(problem?.['OccurredAt__c']))).to.deep.equal(stage.now);
  });

  it('lets the statuses follow when an org refuses to change a recipient, and tells the admin', async () => {
    const statusId = await enrol({ Lead__c: leadId });
    await writeTo({ Lead__c: leadId }, 'lead');
    const allow = stage.org.refuseRows(({ object }) => (object === 'TrackedRecipient__c' ? REFUSED : undefined));
    const { contactId } = await convert().finally(allow);
    expect(await stage.read('CampaignStatus__c', statusId)).to.include({ Contact__c: contactId });
    expect(await stage.takeProblems()).to.have.lengthOf(1);
  });
});
