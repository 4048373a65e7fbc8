import ACCOUNT from '@salesforce/schema/Task.AccountId';
import CAMPAIGN_STATUS from '@salesforce/schema/Task.CampaignStatus__c';
import REPLY_KIND from '@salesforce/schema/Task.ReplyKind__c';
import TRACKED_EMAIL from '@salesforce/schema/Task.TrackedEmail__c';
import WHAT from '@salesforce/schema/Task.WhatId';
import WHO from '@salesforce/schema/Task.WhoId';
import { MACHINE_KINDS, PEOPLE_KINDS } from 'c/replyWords';

/** Values of the filter that a user chooses from. */
export const SHOW = { all: 'all', people: 'people', machines: 'machines' };

const is = (field, value) => ({ [field.fieldApiName]: { eq: value } });
const anyOf = (...conditions) => (conditions.length === 1 ? conditions[0] : { or: conditions });

/** Which Tasks belong to a record, by its object. */
const SCOPES = {
  Account: ({ recordId }) => is(ACCOUNT, recordId),
  CampaignStatus__c: ({ recordId, haltedBy }) =>
    anyOf(is(CAMPAIGN_STATUS, recordId), ...(haltedBy ? [{ Id: { eq: haltedBy } }] : [])),
  Contact: ({ recordId }) => is(WHO, recordId),
  Lead: ({ recordId }) => is(WHO, recordId),
  Opportunity: ({ recordId, contactIds }) =>
    anyOf(is(WHAT, recordId), ...(contactIds?.length ? [{ [WHO.fieldApiName]: { in: contactIds } }] : [])),
  TrackedEmail__c: ({ recordId }) => is(TRACKED_EMAIL, recordId),
};

const KINDS = {
  [SHOW.all]: { ne: null },
  [SHOW.people]: { in: PEOPLE_KINDS },
  [SHOW.machines]: { in: MACHINE_KINDS },
};

/**
 * Which Tasks are the replies of a record, as the argument `where` of GraphQL.
 * @param {string} objectApiName object of the record
 * @param {{recordId: string, contactIds?: string[], haltedBy?: string}} record its Id; for an opportunity the people who
 *   play a role in it, for a status the Task that halted it, which may answer a mail of another sequence
 * @param {string} show one of SHOW
 * @returns {object | undefined} undefined for an object that has no replies
 */
export function replyFilter(objectApiName, record, show) {
  const scope = SCOPES[objectApiName]?.(record);
  return scope && { and: [scope, { [REPLY_KIND.fieldApiName]: KINDS[show] }] };
}
