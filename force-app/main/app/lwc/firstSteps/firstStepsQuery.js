import { gql } from 'lightning/graphql';

/** One record of each kind that shows that a step is done. */
export const FIRST_RECORDS = gql`
  query firstRecords($first: Int) {
    uiapi {
      query {
        ConnectedMailbox__c(first: $first) {
          edges {
            node {
              Id
            }
          }
        }
        SalesSequenceStep__c(first: $first) {
          edges {
            node {
              Id
            }
          }
        }
        CampaignStatus__c(first: $first) {
          edges {
            node {
              Id
            }
          }
        }
        TrackedEmail__c(first: $first) {
          edges {
            node {
              Id
            }
          }
        }
        Task(where: { ReplyKind__c: { ne: null } }, first: $first) {
          edges {
            node {
              Id
            }
          }
        }
      }
    }
  }
`;
