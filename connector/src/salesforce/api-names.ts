import { SalesforceError } from './salesforce-error.ts';

/** Every name of the org that the connector uses, by what it means here. Standard names never carry a prefix. */
export type ApiNames = ReturnType<typeof apiNames>;

/** A namespace as Salesforce registers it: 1 to 15 letters, digits and single underscores inside. */
const NAMESPACE = /^[A-Za-z](?:_?[A-Za-z0-9]){0,14}$/;

/**
 * The one table of API names. `namespace` is the prefix of a package that was installed with one, without the two
 * underscores; every own object, field and relationship then begins with it.
 *
 * @throws SalesforceError `refused` when the text cannot be a namespace: it would become part of queries.
 */
export function apiNames(namespace = '') {
  if (namespace !== '' && !NAMESPACE.test(namespace)) throw impossibleNamespace();
  const own = (name: string): string => (namespace === '' ? name : `${namespace}__${name}`);
  return {
    task: {
      object: 'Task',
      subject: 'Subject',
      status: 'Status',
      subtype: 'TaskSubtype',
      activityDate: 'ActivityDate',
      owner: 'OwnerId',
      who: 'WhoId',
      replyKey: own('ReplyKey__c'),
      replyKind: own('ReplyKind__c'),
      replyFrom: own('ReplyFrom__c'),
      replyReceivedAt: own('ReplyReceivedAt__c'),
      replyResumeAt: own('ReplyResumeAt__c'),
      matchedBy: own('MatchedBy__c'),
      matchConfidence: own('MatchConfidence__c'),
      replier: own('Replier__c'),
      trackedEmailByKey: own('TrackedEmail__r'),
      campaignStatus: own('CampaignStatus__c'),
    },
    trackedEmail: {
      object: own('TrackedEmail__c'),
      messageKey: own('MessageKey__c'),
      subject: own('Subject__c'),
      sentAt: own('SentAt__c'),
      owner: 'OwnerId',
      senderAddress: own('SenderAddress__c'),
      source: own('Source__c'),
      recipients: own('Recipients__r'),
      replyCount: own('ReplyCount__c'),
      firstReplyAt: own('FirstReplyAt__c'),
      lastReplyAt: own('LastReplyAt__c'),
      lastReplyKind: own('LastReplyKind__c'),
    },
    trackedRecipient: {
      object: own('TrackedRecipient__c'),
      recipientKey: own('RecipientKey__c'),
      trackedEmailByKey: own('TrackedEmail__r'),
      address: own('Address__c'),
      role: own('Role__c'),
      contact: own('Contact__c'),
      lead: own('Lead__c'),
      campaignStatus: own('CampaignStatus__c'),
    },
    connectedMailbox: {
      object: own('ConnectedMailbox__c'),
      mailboxKey: own('MailboxKey__c'),
      name: 'Name',
      owner: 'OwnerId',
      address: own('Address__c'),
      provider: own('Provider__c'),
      state: own('State__c'),
      lastReadAt: own('LastReadAt__c'),
      lagMinutes: own('LagMinutes__c'),
      lastError: own('LastError__c'),
      lastReplyAt: own('LastReplyAt__c'),
      detectionP50: own('DetectionP50__c'),
      detectionP95: own('DetectionP95__c'),
      reportedAt: own('ReportedAt__c'),
    },
    campaignStatus: {
      object: own('CampaignStatus__c'),
      status: own('Status__c'),
      haltedAt: own('HaltedAt__c'),
      enrolledAt: own('EnrolledAt__c'),
      undoneReplyKey: own('UndoneReplyKey__c'),
      owner: 'OwnerId',
      contact: own('Contact__c'),
      lead: own('Lead__c'),
      contactRecord: own('Contact__r'),
      leadRecord: own('Lead__r'),
    },
  } as const;
}

/** What every own name of a table begins with: empty without a namespace. */
export function ownPrefix({ trackedEmail }: ApiNames): string {
  return trackedEmail.object.slice(0, -'TrackedEmail__c'.length);
}

function impossibleNamespace(): SalesforceError {
  return new SalesforceError('refused', 'The namespace prefix of the package is not one that Salesforce can have.', [
    'Set it to the prefix that Setup > Installed Packages shows, without underscores at its end.',
    'Leave it empty when the package has no namespace.',
  ]);
}
