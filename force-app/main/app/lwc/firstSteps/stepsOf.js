import CAMPAIGN_STATUS from '@salesforce/schema/CampaignStatus__c';
import CONNECTED_MAILBOX from '@salesforce/schema/ConnectedMailbox__c';
import SALES_SEQUENCE from '@salesforce/schema/SalesSequence__c';
import SALES_SEQUENCE_STEP from '@salesforce/schema/SalesSequenceStep__c';
import TASK from '@salesforce/schema/Task';
import TRACKED_EMAIL from '@salesforce/schema/TrackedEmail__c';
import { recordsOf } from 'c/graphqlRecords';

const listOf = ({ objectApiName }, filterName) => ({
  page: { type: 'standard__objectPage', attributes: { objectApiName, actionName: 'list' }, state: { filterName } },
  href: `/lightning/o/${objectApiName}/list?filterName=${filterName}`,
});

const SETUP = '/lightning/setup/PermSets/home';

/**
 * The way from the installation to the first reply, in its order.
 * @type {{name: string, title: string, todo: string, command?: string, proof?: object, link: string, page: object, href: string}[]}
 */
const STEPS = [
  {
    name: 'permissions',
    title: 'Give people their permission sets',
    todo: 'Assign Reply Tracking: Admin to yourself and Reply Tracking: User to every rep. Until then nobody sees a field of the package.',
    link: 'Open Permission Sets',
    page: { type: 'standard__webPage', attributes: { url: SETUP } },
    href: SETUP,
  },
  {
    name: 'mailbox',
    title: 'Connect the first mailbox',
    todo: 'Where the connector runs, connect the mailbox of a rep and start the service:',
    command: 'sf reply mailbox connect --address rep@example.com --host imap.example.com\nsf reply serve',
    proof: CONNECTED_MAILBOX,
    link: 'Open Connected Mailboxes',
    ...listOf(CONNECTED_MAILBOX, 'AllConnectedMailboxes'),
  },
  {
    name: 'sequence',
    title: 'Make a sequence',
    todo: 'Create a Sales Sequence, and below it a step for each mail.',
    proof: SALES_SEQUENCE_STEP,
    link: 'Open Sales Sequences',
    ...listOf(SALES_SEQUENCE, 'AllSalesSequences'),
  },
  {
    name: 'enrolment',
    title: 'Put somebody into it',
    todo: 'Create a Campaign Status with a contact that has an address of your own, and the status Active.',
    proof: CAMPAIGN_STATUS,
    link: 'Open Campaign Statuses',
    ...listOf(CAMPAIGN_STATUS, 'AllCampaignStatuses'),
  },
  {
    name: 'mail',
    title: 'Send the first tracked mail',
    todo: 'Write to that address from the mailbox of the rep. Within a minute the mail is among the tracked ones.',
    proof: TRACKED_EMAIL,
    link: 'Open Tracked Emails',
    ...listOf(TRACKED_EMAIL, 'AllTrackedEmails'),
  },
  {
    name: 'reply',
    title: 'Answer it',
    todo: 'Reply from that address. Within seconds there is a task on the contact, and the Campaign Status is Replied.',
    proof: TASK,
    link: 'Open Replies Today',
    ...listOf(TRACKED_EMAIL, 'RepliesToday'),
  },
];

/**
 * The steps with what is done. Whoever can read the records has a permission set.
 * @param {object | undefined} data answer of the GraphQL wire adapter; undefined when the user may not see the package
 * @returns {object[]} each step with `isDone`
 */
export function stepsOf(data) {
  return STEPS.map((step) => ({
    ...step,
    isDone: Boolean(data) && (!step.proof || recordsOf(data, step.proof.objectApiName).length > 0),
  }));
}
