import LightningConfirm from 'lightning/confirm';
import { getObjectInfo } from 'lightning/uiObjectInfoApi';
import { notifyRecordUpdateAvailable, updateRecord } from 'lightning/uiRecordApi';
import {
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
import CampaignStatusCard from 'c/campaignStatusCard';
import NotAReplyModal from 'c/notAReplyModal';

const JANE = '003000000000001AAA';
const STATUS = 'a02000000000001AAA';
const TASK = '00T000000000001AAA';

const status = (state, fields = {}, id = STATUS) =>
  record(id, {
    Status__c: state,
    SalesSequence__r: { Id: 'a03000000000001AAA', Name: value(`Sequence ${state}`) },
    CurrentStep__c: 2,
    HaltedByTaskId__c: TASK,
    HaltReason__c: 'A person answered',
    ...fields,
  });

const card = (properties = {}) =>
  show('c-campaign-status-card', CampaignStatusCard, { recordId: JANE, objectApiName: 'Contact', ...properties });

/** The card with these statuses, for a user who may edit them or not; what it tells the page is collected. */
async function filled(statuses, { updateable = true } = {}) {
  const element = await card();
  const refresh = jest.fn().mockResolvedValue();
  const toasts = [];
  const refreshed = jest.fn();
  element.addEventListener('lightning__showtoast', ({ detail }) => toasts.push(detail));
  element.addEventListener('lightning__refresh', refreshed);
  await answer('statuses', { data: dataOf({ CampaignStatus__c: statuses }), refresh });
  getObjectInfo.emit({ updateable, fields: { Status__c: { updateable } } });
  await settle();
  return { element, refresh, toasts, refreshed };
}

describe('campaignStatusCard', () => {
  afterEach(clear);

  it('says that it is reading until an answer is there', async () => {
    expect(wordsOf(await card())).toContain('Reading the sequences ...');
  });

  it('says how somebody gets into a sequence who is in none', async () => {
    const { element } = await filled([]);
    expect(wordsOf(element)).toContain('In no sequence');
    expect(wordsOf(element)).toContain('create a Campaign Status');
  });

  it('shows the words of the platform after an error, and reads again when asked to', async () => {
    const element = await card();
    const refresh = jest.fn().mockResolvedValue();
    await answer('statuses', { errors: [{ message: 'The request limit is reached.' }], refresh });
    expect(one(element, '[role="alert"]').textContent).toContain('The sequences cannot be read');
    expect(wordsOf(element)).toContain('The request limit is reached.');
    await press(element, 'retry');
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('names the permission set to somebody without access', async () => {
    const element = await card();
    await answer('statuses', { errors: [{ message: "Field 'CampaignStatus__c' in type 'RecordQuery' is undefined" }] });
    expect(wordsOf(element)).toContain('You have no access to sequences');
  });

  it('asks for the statuses of a contact, of a lead, or for the one on whose page it is', async () => {
    const fields = { Contact: 'Contact__c', Lead: 'Lead__c', CampaignStatus__c: 'Id' };
    for (const [objectApiName, field] of Object.entries(fields)) {
      await card({ objectApiName });
      expect(asked('statuses')).toEqual({ where: { [field]: { eq: JANE } } });
      clear();
    }
  });

  it('shows what is active first and what is over last', async () => {
    const states = ['Finished', 'Replied', 'Active', 'Stopped', 'Paused', 'Bounced'];
    const { element } = await filled(states.map((state, at) => status(state, {}, `a0200000000000${at}AAA`)));
    const shown = all(element, 'lightning-badge').map(({ label }) => label);
    expect(shown).toEqual(['Active', 'Paused', 'Replied', 'Bounced', 'Stopped', 'Finished']);
  });

  it('offers no change of status to somebody who may not edit it', async () => {
    const { element } = await filled([status('Active')], { updateable: false });
    expect(all(element, '[data-action="stop"]')).toEqual([]);
  });

  it('offers no undo where no reply halted the sequence', async () => {
    const { element } = await filled([status('Replied', { HaltedByTaskId__c: null })]);
    expect(all(element, '[data-action="undo"]')).toEqual([]);
    expect(all(element, '[data-action="resume"]')).toHaveLength(1);
  });

  it('resumes a sequence after a yes, and has the whole page read again', async () => {
    const { element, refresh, toasts, refreshed } = await filled([status('Replied')]);
    LightningConfirm.open.mockResolvedValueOnce(true);
    await press(element, 'resume');
    expect(LightningConfirm.open.mock.calls[0][0].message).toContain('This person has answered.');
    expect(updateRecord.mock.calls).toEqual([[{ fields: { Id: STATUS, Status__c: 'Active' } }]]);
    expect(toasts).toEqual([
      expect.objectContaining({ variant: 'success', title: expect.stringContaining('goes on') }),
    ]);
    expect([refresh.mock.calls.length, refreshed.mock.calls.length]).toEqual([1, 1]);
  });

  it('stops a sequence after a yes', async () => {
    const { element } = await filled([status('Active')]);
    LightningConfirm.open.mockResolvedValueOnce(true);
    await press(element, 'stop');
    expect(updateRecord.mock.calls).toEqual([[{ fields: { Id: STATUS, Status__c: 'Stopped' } }]]);
  });

  it('changes nothing after a no', async () => {
    const { element, toasts } = await filled([status('Active')]);
    LightningConfirm.open.mockResolvedValueOnce(false);
    await press(element, 'stop');
    expect(updateRecord).not.toHaveBeenCalled();
    expect(toasts).toEqual([]);
  });

  it('shows the words of a rule that refuses the change until they are closed, and lets the user try again', async () => {
    const { element, toasts } = await filled([status('Replied')]);
    LightningConfirm.open.mockResolvedValueOnce(true);
    updateRecord.mockRejectedValueOnce({ body: { output: { errors: [{ message: 'Ask your manager.' }] } } });
    await press(element, 'resume');
    expect(toasts).toEqual([
      expect.objectContaining({ variant: 'error', message: 'Ask your manager.', mode: 'sticky' }),
    ]);
    expect(one(element, '[data-announcement]').textContent).toContain('Ask your manager.');
    expect(one(element, '[data-action="resume"]').disabled).toBe(false);
  });

  it('undoes a halt in the dialog of the flow and shows what came of it', async () => {
    const { element, refresh, refreshed } = await filled([status('Replied')]);
    NotAReplyModal.open.mockResolvedValueOnce('ended');
    await press(element, 'undo');
    expect(NotAReplyModal.open.mock.calls[0][0].taskId).toBe(TASK);
    expect(notifyRecordUpdateAvailable.mock.calls).toEqual([[[{ recordId: STATUS }]]]);
    expect([refresh.mock.calls.length, refreshed.mock.calls.length]).toEqual([1, 1]);
  });

  it('reads nothing again when the dialog is closed without an end', async () => {
    const { element, refresh } = await filled([status('Replied')]);
    NotAReplyModal.open.mockResolvedValueOnce(undefined);
    await press(element, 'undo');
    expect(refresh).not.toHaveBeenCalled();
  });

  it('names its buttons for a screen reader', async () => {
    const { element } = await filled([status('Paused')]);
    expect(unnamed(element)).toEqual([]);
    expect(all(element, 'lightning-button').map(({ label }) => label)).toEqual(['Not a Reply', 'Resume', 'Stop']);
  });
});
