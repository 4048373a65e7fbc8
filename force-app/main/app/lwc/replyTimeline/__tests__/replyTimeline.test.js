import { getRecord } from 'lightning/uiRecordApi';
import {
  HOSTILE,
  all,
  answer,
  asked,
  clear,
  dataOf,
  one,
  press,
  record,
  settle,
  show,
  unnamed,
  value,
  wordsOf,
} from 'test/page';
import ReplyTimeline from 'c/replyTimeline';

const JANE = '003000000000001AAA';
const TASK = '00T000000000001AAA';
const HUMAN = {
  ReplyKind__c: 'Human',
  ReplyFrom__c: 'jane@roe.example',
  Replier__c: 'Recipient',
  ReplyReceivedAt__c: '2026-11-24T09:12:00.000Z',
  MatchedBy__c: 'In-Reply-To',
  MatchConfidence__c: 'High',
  TrackedEmail__c: 'a01000000000001AAA',
  TrackedEmail__r: { Id: 'a01000000000001AAA', Subject__c: value('A short question') },
  Who: { Id: JANE, ApiName: 'Contact', Name: value('Jane Roe'), Email: value('jane@northwind.example') },
};
const reply = (fields = {}, id = TASK) => record(id, { ...HUMAN, ...fields });
const replies = (...tasks) => ({ data: dataOf({ Task: tasks }) });

const onContact = (properties = {}) =>
  show('c-reply-timeline', ReplyTimeline, { recordId: JANE, objectApiName: 'Contact', ...properties });

async function choose(element, show) {
  one(element, 'lightning-radio-group').dispatchEvent(new CustomEvent('change', { detail: { value: show } }));
  await settle();
}

describe('replyTimeline', () => {
  afterEach(clear);

  it('says that it is reading until an answer is there', async () => {
    const element = await onContact();
    expect(wordsOf(element)).toContain('Reading the replies ...');
    expect(all(element, 'li')).toHaveLength(0);
  });

  it('shows who really answered, to which mail, and by which evidence that is known', async () => {
    const element = await onContact();
    await answer('replies', replies(reply()));
    const words = wordsOf(element);
    expect(words).toContain('Reply from jane@roe.example');
    expect(words).toContain('Another address');
    expect(words).toContain('A short question');
    expect(words).toContain('Matched: its In-Reply-To header names the mail; high confidence.');
  });

  it('leaves the person out on the page of that person and names it on every other', async () => {
    const own = await onContact();
    await answer('replies', replies(reply()));
    expect(wordsOf(own)).not.toContain('Jane Roe');
    clear();
    const other = await onContact({ recordId: '001000000000001AAA', objectApiName: 'Account' });
    await answer('replies', replies(reply()));
    expect(wordsOf(other)).toContain('Jane Roe');
  });

  it('shows what a sender wrote as text', async () => {
    const element = await onContact();
    const mail = { Id: 'a01000000000001AAA', Subject__c: value(HOSTILE) };
    await answer('replies', replies(reply({ ReplyFrom__c: HOSTILE, TrackedEmail__r: mail })));
    expect(wordsOf(element)).toContain(`Reply from ${HOSTILE}`);
    expect(all(element, 'img, b')).toHaveLength(0);
  });

  it('says that a mail exists which is not shared with the user', async () => {
    const element = await onContact();
    await answer('replies', replies(reply({ TrackedEmail__r: null })));
    expect(wordsOf(element)).toContain('To a mail of somebody else, which is not shared with you');
  });

  it('shows a dismissed reply with the reason', async () => {
    const element = await onContact();
    const dismissed = { ReplyDismissedAt__c: '2026-11-24T10:00:00.000Z', ReplyDismissedReason__c: 'Another matter' };
    await answer('replies', replies(reply(dismissed)));
    expect(wordsOf(element)).toContain('Not a reply: Another matter');
    expect(wordsOf(element)).toContain('Dismissed');
  });

  it('shows a reply of which the user may see hardly a field', async () => {
    const element = await onContact();
    await answer('replies', replies({ Id: TASK }));
    expect(all(element, 'li')).toHaveLength(1);
    expect(wordsOf(element)).toContain('Other answer');
  });

  it('says what makes a reply appear when there is none', async () => {
    const element = await onContact();
    await answer('replies', replies());
    expect(wordsOf(element)).toContain('No reply yet');
    expect(wordsOf(element)).toContain('appear here within a minute');
  });

  it('shows the words of the platform after an error, and reads again when asked to', async () => {
    const element = await onContact();
    const refresh = jest.fn().mockResolvedValue();
    await answer('replies', { errors: [{ message: 'The request limit is reached.' }], refresh });
    expect(wordsOf(element)).toContain('The request limit is reached.');
    expect(one(element, '[role="alert"]')).toBeTruthy();
    await press(element, 'retry');
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('names the permission set to somebody without access', async () => {
    const element = await onContact();
    await answer('replies', { errors: [{ message: "argument 'where' has no field 'ReplyKind__c'" }] });
    expect(wordsOf(element)).toContain('You have no access to replies');
    expect(wordsOf(element)).toContain('Reply Tracking: User');
    expect(all(element, '[role="alert"]')).toHaveLength(0);
  });

  it('asks for the kinds that are chosen, from the first page on', async () => {
    const element = await onContact({ pageSize: 2 });
    await answer('replies', { data: dataOf({ Task: [reply()] }, true) });
    await press(element, 'more');
    expect(asked('replies').first).toBe(4);
    await choose(element, 'people');
    expect(asked('replies')).toEqual({
      where: { and: [{ WhoId: { eq: JANE } }, { ReplyKind__c: { in: ['Human', 'Forward'] } }] },
      first: 2,
    });
    await answer('replies', replies());
    expect(wordsOf(element)).toContain('No reply of this kind');
    await choose(element, 'machines');
    expect(asked('replies').where.and[1].ReplyKind__c.in).toEqual(expect.arrayContaining(['Bounce', 'Auto-Reply']));
    expect(asked('replies').where.and[1].ReplyKind__c.in).not.toContain('Human');
  });

  it('offers more only where there is more, and keeps what is shown while it reads', async () => {
    const element = await onContact({ pageSize: 1 });
    await answer('replies', { data: dataOf({ Task: [reply()] }, true) });
    await press(element, 'more');
    expect(all(element, 'li')).toHaveLength(1);
    await answer('replies', replies(reply(), reply({}, '00T000000000002AAA')));
    expect(all(element, 'li')).toHaveLength(2);
    expect(all(element, '[data-action="more"]')).toHaveLength(0);
  });

  it('tells a screen reader how many replies are shown', async () => {
    const element = await onContact();
    await answer('replies', { data: dataOf({ Task: [reply()] }, true) });
    expect(one(element, '[data-announcement]').textContent).toBe('1 reply shown. There are more.');
    expect(one(element, '[data-announcement]').getAttribute('aria-live')).toBe('polite');
  });

  it('names its filter and its buttons for a screen reader', async () => {
    const element = await onContact();
    expect(one(element, 'lightning-radio-group').label).toBe('Who answered');
    expect(unnamed(element)).toEqual([]);
  });

  it('reads again when the user refreshes it', async () => {
    const element = await onContact();
    const refresh = jest.fn().mockResolvedValue();
    await answer('replies', { ...replies(reply()), refresh });
    await press(element, 'refresh');
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('asks for the replies of a lead, an account and a tracked mail by their own field', async () => {
    const fields = { Lead: 'WhoId', Account: 'AccountId', TrackedEmail__c: 'TrackedEmail__c' };
    for (const [objectApiName, field] of Object.entries(fields)) {
      await onContact({ objectApiName });
      expect(asked('replies').where.and[0]).toEqual({ [field]: { eq: JANE } });
      clear();
    }
  });

  it('finds on an opportunity the replies of everybody who plays a role in it', async () => {
    const recordId = '006000000000001AAA';
    await onContact({ recordId, objectApiName: 'Opportunity' });
    expect(asked('replies')).toBeUndefined();
    const roles = [
      record('00K1', { ContactId: JANE }),
      record('00K2', { ContactId: JANE }),
      record('00K3', { ContactId: null }),
    ];
    await answer('contactRoles', { data: dataOf({ OpportunityContactRole: roles }) });
    expect(asked('replies').where.and[0]).toEqual({ or: [{ WhatId: { eq: recordId } }, { WhoId: { in: [JANE] } }] });
  });

  it('shows on an opportunity what is linked to it where the roles are hidden', async () => {
    const recordId = '006000000000001AAA';
    await onContact({ recordId, objectApiName: 'Opportunity' });
    await answer('contactRoles', { errors: [{ message: 'hidden' }] });
    expect(asked('replies').where.and[0]).toEqual({ WhatId: { eq: recordId } });
  });

  it('shows on a status the reply that halted it, even when it answers another sequence', async () => {
    const recordId = 'a02000000000001AAA';
    await onContact({ recordId, objectApiName: 'CampaignStatus__c' });
    getRecord.emit({ apiName: 'CampaignStatus__c', fields: { HaltedByTaskId__c: value(TASK) } });
    await settle();
    expect(asked('replies').where.and[0]).toEqual({
      or: [{ CampaignStatus__c: { eq: recordId } }, { Id: { eq: TASK } }],
    });
  });

  it('asks for nothing before the page has told which record it is on', async () => {
    await show('c-reply-timeline', ReplyTimeline, {});
    expect(asked('replies')).toBeUndefined();
  });
});
