import { gql } from 'lightning/graphql';
import CONTACT from '@salesforce/schema/CampaignStatus__c.Contact__c';
import LEAD from '@salesforce/schema/CampaignStatus__c.Lead__c';

/** Where a person stands in each sequence, or one such status. A field that is hidden from the user is left out. */
export const STATUSES = gql`
  query statuses($where: CampaignStatus__c_Filter) {
    uiapi {
      query {
        CampaignStatus__c(where: $where, first: 50, orderBy: { EnrolledAt__c: { order: DESC, nulls: LAST } }) {
          edges {
            node {
              Id
              Status__c {
                value
              }
              SalesSequence__r @optional {
                Id
                Name @optional {
                  value
                }
              }
              CurrentStep__c @optional {
                value
              }
              NextStepAt__c @optional {
                value
              }
              ResumeAt__c @optional {
                value
              }
              HaltedAt__c @optional {
                value
              }
              HaltReason__c @optional {
                value
              }
              HaltedByTaskId__c @optional {
                value
              }
            }
          }
        }
      }
    }
  }
`;

const FIELDS = {
  CampaignStatus__c: 'Id',
  Contact: CONTACT.fieldApiName,
  Lead: LEAD.fieldApiName,
};

/**
 * Which statuses belong to a record, as the argument `where` of GraphQL.
 * @param {string} objectApiName object of the record: a status itself, a contact or a lead
 * @param {string} recordId its Id
 * @returns {object} the condition
 */
export function statusFilter(objectApiName, recordId) {
  return { [FIELDS[objectApiName]]: { eq: recordId } };
}
