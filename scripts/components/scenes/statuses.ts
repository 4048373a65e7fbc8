import type { Page } from 'puppeteer-core';
import { record, value, type GraphqlRecord, type Scene } from '../scene.ts';

/** One person in a sequence of this name. */
function status(id: number, sequence: string, fields: Parameters<typeof record>[1]): GraphqlRecord {
  return record(`a02${String(id).padStart(12, '0')}AAA`, {
    SalesSequence__r: { Id: `a03${String(id).padStart(12, '0')}AAA`, Name: value(sequence) },
    EnrolledAt__c: '2026-11-02T08:00:00.000Z',
    ...fields,
  });
}

const REPLIED = status(1, 'Warehouse decision makers', {
  Status__c: 'Replied',
  CurrentStep__c: 2,
  HaltedAt__c: '2026-11-24T09:12:00.000Z',
  HaltReason__c: 'A person answered: jane@roe-family.example',
  HaltedByTaskId__c: '00T000000000001AAA',
});
const ACTIVE = status(2, 'Spring fair follow-up', {
  Status__c: 'Active',
  CurrentStep__c: 0,
  NextStepAt__c: '2026-11-26T08:30:00.000Z',
});
const PAUSED = status(3, 'Renewal reminders', {
  Status__c: 'Paused',
  CurrentStep__c: 1,
  ResumeAt__c: '2026-12-01T23:59:59.000Z',
  HaltedAt__c: '2026-11-20T07:02:00.000Z',
  HaltReason__c: 'Automatic reply: jane.roe@northwind.example',
  HaltedByTaskId__c: '00T000000000003AAA',
});
const BOUNCED = status(4, 'Partner newsletter', {
  Status__c: 'Bounced',
  CurrentStep__c: 1,
  HaltedAt__c: '2026-11-12T08:15:00.000Z',
  HaltReason__c: 'The mail could not be delivered',
  HaltedByTaskId__c: '00T000000000005AAA',
});
const FINISHED = status(5, 'Welcome', { Status__c: 'Finished', CurrentStep__c: 4 });
const STOPPED = status(6, 'Cold calls north', {
  Status__c: 'Stopped',
  CurrentStep__c: 1,
  HaltedAt__c: '2026-10-02T14:00:00.000Z',
});

const onContact = { recordId: '003000000000001AAA', objectApiName: 'Contact' };
const scene = (name: string, answer: Scene['answers']['operations'][string], more: Partial<Scene> = {}): Scene => ({
  name: `campaign-status-card-${name}`,
  component: 'campaignStatusCard',
  properties: onContact,
  answers: { operations: { statuses: answer } },
  ...more,
});

const of = (...statuses: readonly GraphqlRecord[]): Scene['answers']['operations'][string] => ({
  records: { CampaignStatus__c: statuses },
});

/** Presses a button wherever it lies below the card. */
const press =
  (action: string) =>
  async (page: Page): Promise<void> => {
    await page.setViewport({ width: 900, height: 560 });
    await page.click(`[data-action="${action}"] button`);
    await page.waitForSelector('.slds-modal.slds-fade-in-open');
    await page.waitForNetworkIdle({ idleTime: 200 });
  };

export const STATUS_SCENES: readonly Scene[] = [
  scene('wide', of(REPLIED, ACTIVE, PAUSED, BOUNCED, FINISHED, STOPPED)),
  scene('narrow', of(REPLIED, ACTIVE, PAUSED), { width: 400 }),
  scene('own-page', of(REPLIED), { properties: { recordId: REPLIED.Id, objectApiName: 'CampaignStatus__c' } }),
  scene('resume', of(REPLIED), { act: press('resume') }),
  scene('undo', of(REPLIED), { act: press('undo') }),
  scene('read-only', of(ACTIVE), {
    answers: { operations: { statuses: of(ACTIVE) }, isReadOnly: true },
  }),
  scene('empty', of()),
  scene('loading', { pending: true }),
  scene('error', { errors: [{ message: 'The request limit of the org is reached.' }] }),
  scene('no-access', {
    errors: [{ message: "Field 'CampaignStatus__c' in type 'RecordQuery' is undefined" }],
  }),
];
