import type { MessageId } from '../mail/message-id.ts';

/** One person or address a tracked mail was sent to; one TrackedRecipient__c. */
export interface TrackedRecipient {
  /** Bare address in lower case, for example `lead@example.org`. */
  readonly address: string;
  readonly role: 'To' | 'Cc';
  /** Salesforce id (18 characters) of the Contact or Lead, when the address is one. */
  readonly personId?: string;
  /** The CampaignStatus__c of which the mail was a step, when it was one. */
  readonly campaignStatusId?: string;
}

/** Where a tracked mail became known: the values of TrackedEmail__c.Source__c. */
export type TrackedMailSource = 'Sequence' | 'Sent Folder' | 'Salesforce';

/** One sent mail whose answers are looked for; one TrackedEmail__c. */
export interface TrackedMail {
  /** The Message-ID it was sent with, without angle brackets. */
  readonly messageId: MessageId;
  readonly subject?: string;
  readonly sentAt: Date;
  /** Salesforce id of the rep who owns the mail and every reply to it. */
  readonly ownerId: string;
  readonly senderAddress?: string;
  readonly source: TrackedMailSource;
  /** Salesforce id of the TrackedEmail__c, once it exists there. */
  readonly trackedEmailId?: string;
  /** Its `conversationOf` Thread-Index, when it has one: it tells which of several mails an answer belongs to. */
  readonly conversation?: string;
  readonly recipients: readonly TrackedRecipient[];
}
