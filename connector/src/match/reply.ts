import type { Kind } from '../mail/kind.ts';
import type { Confidence } from './confidence.ts';
import type { Replier } from './replier.ts';

/** What led to the tracked mail: a header field, a delivery report or the provider's thread. */
export type MatchedBy =
  'In-Reply-To' | 'References' | 'Exchange Parent' | 'Delivery Report' | 'Thread-Index' | 'Provider Thread';

/** One answer of one person to one tracked mail, as it is written into Salesforce: one Task. */
export interface Reply {
  /** Hex SHA-256, 64 characters; see `replyKey`. */
  readonly replyKey: string;
  readonly kind: Kind;
  /** The address the answer came from, in lower case; empty when the message named none. */
  readonly from: string;
  /** Decoded (RFC 2047) and unfolded. */
  readonly subject: string;
  /** When the mailbox received it, not what its Date field claims. */
  readonly receivedAt: Date;
  readonly matchedBy: MatchedBy;
  /** How sure it is that `messageKey` names the mail that was answered; absent where it was not weighed. */
  readonly confidence?: Confidence;
  readonly replier: Replier;
  /** Message key of the nearest tracked mail: TrackedEmail__c.MessageKey__c. */
  readonly messageKey: string;
  readonly ownerId: string;
  /** Contact or Lead, when known. */
  readonly personId?: string;
  readonly campaignStatusId?: string;
  /** When the writer of an automatic reply is back, if its subject says so; see `resumeDate`. */
  readonly resumeAt?: Date;
}
