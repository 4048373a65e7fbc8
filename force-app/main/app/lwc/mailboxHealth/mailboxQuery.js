import { gql } from 'lightning/graphql';

/** Every connected mailbox that the user may see. A field that is hidden from the user is left out of the answer. */
export const MAILBOXES = gql`
  query mailboxes($first: Int) {
    uiapi {
      query {
        ConnectedMailbox__c(first: $first, orderBy: { Address__c: { order: ASC } }) {
          edges {
            node {
              Id
              Address__c {
                value
              }
              Provider__c @optional {
                value
              }
              State__c {
                value
              }
              LagMinutes__c @optional {
                value
              }
              LastReadAt__c @optional {
                value
              }
              LastError__c @optional {
                value
              }
              DetectionP50__c @optional {
                value
              }
              DetectionP95__c @optional {
                value
              }
              ReportedAt__c @optional {
                value
              }
              InTrouble__c @optional {
                value
              }
              CreatedDate {
                value
              }
            }
          }
        }
      }
    }
  }
`;
