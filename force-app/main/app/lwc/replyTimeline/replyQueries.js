import { gql } from 'lightning/graphql';

/** Replies, newest first. A field that is hidden from the user is left out of the answer instead of failing it. */
export const REPLIES = gql`
  query replies($where: Task_Filter, $first: Int) {
    uiapi {
      query {
        Task(where: $where, first: $first, orderBy: { ReplyReceivedAt__c: { order: DESC, nulls: LAST } }) {
          edges {
            node {
              Id
              ReplyKind__c @optional {
                value
              }
              ReplyFrom__c @optional {
                value
              }
              Replier__c @optional {
                value
              }
              ReplyReceivedAt__c @optional {
                value
              }
              MatchedBy__c @optional {
                value
              }
              MatchConfidence__c @optional {
                value
              }
              ReplyDismissedAt__c @optional {
                value
              }
              ReplyDismissedReason__c @optional {
                value
              }
              TrackedEmail__c @optional {
                value
              }
              TrackedEmail__r @optional {
                Id
                Subject__c @optional {
                  value
                }
              }
              Who @optional {
                ... on Contact {
                  Id
                  ApiName
                  Name {
                    value
                  }
                  Email @optional {
                    value
                  }
                }
                ... on Lead {
                  Id
                  ApiName
                  Name {
                    value
                  }
                  Email @optional {
                    value
                  }
                }
              }
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  }
`;

/** The people who play a role in an opportunity. */
export const CONTACT_ROLES = gql`
  query contactRoles($opportunityId: ID) {
    uiapi {
      query {
        OpportunityContactRole(where: { OpportunityId: { eq: $opportunityId } }, first: 200) {
          edges {
            node {
              Id
              ContactId {
                value
              }
            }
          }
        }
      }
    }
  }
`;
