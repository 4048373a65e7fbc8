import { expect } from 'chai';
import { openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const KEYS = Array.from({ length: 16 }, (_, at) => at.toString(16).repeat(64));

describe('Task - Before Save - Link Opportunity', () => {
  let stage: SequenceOrg;
  let contactId: string;

  before(async () => {
    stage = await openSequenceOrg();
  });

  after(() => stage.close());

  beforeEach(async () => {
    await stage.changeSettings({ LinkOpportunity__c: true });
    contactId = await stage.create('Contact', { LastName: 'Buyer' });
  });

  /** An opportunity in which the contact plays a part, created a day after the last one. */
  async function opportunity(StageName: string, ContactId = contactId): Promise<string> {
    stage.now = new Date(stage.now.getTime() + 86_400_000);
    const OpportunityId = await stage.create('Opportunity', { Name: 'Deal', StageName, CloseDate: '2027-06-01' });
    await stage.create('OpportunityContactRole', { OpportunityId, ContactId });
    return OpportunityId;
  }

  /** What the Task of a reply is related to after its save. */
  async function relationOf(row: Row): Promise<unknown> {
    const id = await stage.create('Task', {
      ...{ Subject: 'Reply: offer', Status: 'Completed', ReplyKey__c: KEYS.pop()!, ReplyKind__c: 'Delay', ...row },
    });
    return (await stage.read('Task', id))['WhatId'];
  }

  it('relates a reply to the open opportunity of its contact that was created last', async () => {
    await opportunity('Prospecting');
    const newest = await opportunity('Prospecting');
    await opportunity('Closed Won');
    await opportunity('Closed Lost');
    expect(await relationOf({ WhoId: contactId })).to.equal(newest);
  });

  it('leaves the reply unrelated while the setting is off', async () => {
    await opportunity('Prospecting');
    await stage.changeSettings({ LinkOpportunity__c: false });
    expect(await relationOf({ WhoId: contactId })).to.equal(null);
    expect(stage.org.lastTransaction?.queries).to.equal(0);
  });

  it('leaves the reply unrelated when every opportunity of the contact is closed', async () => {
    await opportunity('Closed Won');
    expect(await relationOf({ WhoId: contactId })).to.equal(null);
  });

  it('looks for no opportunity when the contact plays a part in none', async () => {
    await opportunity('Prospecting', await stage.create('Contact', { LastName: 'Somebody Else' }));
    expect(await relationOf({ WhoId: contactId })).to.equal(null);
    expect(stage.org.lastTransaction?.queries).to.equal(1);
  });

  it('keeps a relation that is there', async () => {
    await opportunity('Prospecting');
    const accountId = await stage.create('Account', { Name: 'Buyers' });
    expect(await relationOf({ WhoId: contactId, WhatId: accountId })).to.equal(accountId);
  });

  it('saves the reply of a lead and the reply of nobody as they are', async () => {
    const leadId = await stage.create('Lead', { LastName: 'Buyer', Company: 'Buyers' });
    expect(await relationOf({ WhoId: leadId })).to.equal(null);
    expect(await relationOf({})).to.equal(null);
    expect(stage.org.lastTransaction?.queries).to.equal(0);
  });

  it('leaves a Task alone that is no reply, and one that is not new', async () => {
    await opportunity('Prospecting');
    const id = await stage.create('Task', { Subject: 'Call', WhoId: contactId });
    expect(await stage.read('Task', id)).to.include({ WhatId: null });
    await stage.update('Task', id, { ReplyKey__c: KEYS.pop()! });
    expect(await stage.read('Task', id)).to.include({ WhatId: null });
  });

  it('relates each reply of a batch to the opportunity of its own contact, with two queries', async () => {
    const others = await Promise.all(['One', 'Two'].map((LastName) => stage.create('Contact', { LastName })));
    const opportunities = [await opportunity('Prospecting', others[0]), await opportunity('Prospecting', others[1])];
    const rows = others.map((WhoId) => ({ Subject: 'Reply', WhoId, ReplyKey__c: KEYS.pop()!, ReplyKind__c: 'Delay' }));
    const saved = await stage.admin.sobject('Task').create(rows);
    const tasks = await Promise.all(saved.map(({ id }) => stage.read('Task', id!)));
    expect(tasks.map(({ WhatId }) => WhatId)).to.deep.equal(opportunities);
    expect(stage.org.lastTransaction?.queries).to.equal(2);
  });
});
