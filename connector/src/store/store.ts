import type { Kind } from '../mail/kind.ts';
import type { Reply } from '../match/reply.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';

/**
 * Keyed hash of a Message-ID: HMAC-SHA-256 under this installation's own key, its first 128 bits in the text form of a
 * UUID. Ids of mail that is not ours are kept in this form only; the key keeps a sender from choosing collisions.
 */
export type Digest = string;

/** One connected mailbox and how far it has been read. */
export interface MailboxRow {
  readonly id: string;
  readonly provider: string;
  readonly address: string;
  /** Salesforce id of the rep whose mailbox it is. */
  readonly ownerId: string;
  /** The provider's cursor as stored JSON; undefined before the first page. */
  readonly cursor: unknown;
  /** Counts up with every committed page: the fence against a worker that has been overtaken. */
  readonly cursorVersion: number;
  /** Everything received at or after this instant is read. */
  readonly readSince: Date;
  /** When the mailbox was last read to its end. */
  readonly caughtUpAt: Date | undefined;
  readonly state: 'active' | 'reconnect';
  readonly lastError: string | undefined;
}

/** How an id leads to a tracked mail: it is the mail's own id, another id of it, or the id of an answer to it. */
export type KnownIdRole = 'own' | 'rewritten' | 'planted' | 'alias';

export interface KnownId {
  readonly role: KnownIdRole;
  readonly mail: TrackedMail;
}

/** A tracked mail together with every id that answers to it may name. */
export interface Registration {
  readonly mail: TrackedMail;
  readonly ids: readonly { readonly digest: Digest; readonly role: KnownIdRole }[];
  /** When the mail and its aliases may be forgotten. */
  readonly expiresAt: Date;
  /** True when Salesforce does not have the mail yet: a TrackedEmail__c goes to the outbox in the same transaction. */
  readonly deliver: boolean;
}

/** Who wrote a message: it lies in a Sent folder, or came from our own side, or from somebody else. */
export type MessageSide = 'sent' | 'internal' | 'outside';

/**
 * A message that names ids which are not known yet, or a sent mail to people who are not enrolled yet: it is found
 * again when one of them becomes known.
 */
export interface WaitingMessage {
  readonly mailboxId: string;
  /** The provider's reference, to read the header fields again. */
  readonly reference: string;
  /** Digest of its own Message-ID; it waits once, however often it is read. */
  readonly digest: Digest;
  /** Hex SHA-256 of its own Message-ID, the base of its reply keys should the message be gone by then. */
  readonly messageHash: string;
  readonly kind: Kind;
  readonly side: MessageSide;
  readonly receivedAt: Date;
  /** Digests of In-Reply-To, of the first and the last two References; of a sent mail also of its recipients. */
  readonly cites: readonly Digest[];
  readonly expiresAt: Date;
}

/** A waiting message one of whose cited ids has become known, or one of whose recipients has been enrolled. */
export type ResolvedMessage = Omit<WaitingMessage, 'expiresAt'>;

/** A message that answers tracked mail: all its replies (one for each person) are committed together, once. */
export interface MatchedMessage {
  readonly digest: Digest;
  /** The reply of each person it counts for; empty for our own side's mail, which only becomes an alias. */
  readonly replies: readonly Reply[];
  /** People whose sequences the local latch halts from this commit on, by Salesforce id. */
  readonly latches: readonly string[];
  /** Message keys of the tracked mails that its own id leads to from now on. */
  readonly aliasOf: readonly string[];
}

/** Everything one page leads to. It is stored in one transaction or not at all. */
export interface PageCommit {
  readonly mailboxId: string;
  /** Absent when the messages did not come from a page: waiting messages that were resolved. */
  readonly cursor?: {
    readonly expectedVersion: number;
    readonly next: unknown;
    readonly caughtUp: boolean;
  };
  /** Digests of all messages of the page, matched or not, for the count. */
  readonly seen: readonly Digest[];
  readonly registrations: readonly Registration[];
  readonly matched: readonly MatchedMessage[];
  readonly waiting: readonly WaitingMessage[];
  /** Waiting messages that need not wait any more: matched by this commit, or no answer after all. */
  readonly settled: readonly Digest[];
  /** The instant of the commit, for every row it writes. */
  readonly at: Date;
}

export type PageOutcome =
  /** Committed; `newReplies` went to the outbox now, others were there before. */
  | { readonly committed: true; readonly newReplies: number }
  /** Another worker has moved the cursor; nothing was written. */
  | { readonly committed: false };

/** One thing that Salesforce does not have yet. `key` is the external id of the row it becomes. */
export type OutboxItem = {
  readonly id: string;
  readonly key: string;
  readonly attempts: number;
  readonly createdAt: Date;
} & ({ readonly type: 'TrackedEmail'; readonly mail: TrackedMail } | { readonly type: 'Task'; readonly reply: Reply });

/** What became of an outbox item. */
export type DeliveryOutcome =
  /** Salesforce has it; `recordId` is absent when it had it before (DUPLICATE_VALUE names it only sometimes). */
  | { readonly id: string; readonly outcome: 'delivered'; readonly recordId?: string }
  | { readonly id: string; readonly outcome: 'retry'; readonly reason: string; readonly notBefore: Date }
  /** Never again by itself: the reason is in the platform's own words. */
  | { readonly id: string; readonly outcome: 'dead'; readonly reason: string };

/** How far one kind of Salesforce row has been pulled: a keyset of SystemModstamp and Id. */
export interface PullPosition {
  readonly systemModstamp: string;
  readonly id: string;
}

/** A person who is in a sequence, as needed to recognise mail sent to that person; one CampaignStatus__c. */
export interface Enrolment {
  readonly campaignStatusId: string;
  readonly personId: string;
  /** E-mail address of the person, lower case; empty when the Contact or Lead has none. */
  readonly address: string;
  readonly ownerId: string;
  readonly status: string;
}

/** Work that is waiting, for status pages and for knowing when a story has come to rest. */
export interface StoreCounts {
  readonly seen: number;
  readonly matched: number;
  readonly waiting: number;
  readonly outboxPending: number;
  readonly outboxDead: number;
}

/**
 * What the connector remembers. Every method is one transaction; none reads a clock. The implementation is Postgres
 * SQL on PGlite or on a server. Rejects with a `StoreError` when the database cannot be used.
 */
export interface Store {
  digest(messageId: string): Digest;
  /** The keyed hash of a recipient's address, which is no hash of any Message-ID. */
  addressDigest(address: string): Digest;

  /** Adds a mailbox or, for a known provider and address, changes its owner and returns the row as it stands. */
  connectMailbox(mailbox: { provider: string; address: string; ownerId: string; readSince: Date }): Promise<MailboxRow>;
  mailboxes(): Promise<MailboxRow[]>;
  mailbox(id: string): Promise<MailboxRow | undefined>;
  setMailboxState(id: string, state: MailboxRow['state'], lastError: string | undefined): Promise<void>;

  /** The tracked mails that these ids lead to; ids nobody knows are absent. One look-up for a whole page. */
  knownIds(digests: readonly Digest[]): Promise<Map<Digest, KnownId[]>>;
  /** Registers tracked mails that did not come from a page. Registering one again adds what is new of it. */
  register(registrations: readonly Registration[], at: Date): Promise<void>;
  commitPage(commit: PageCommit): Promise<PageOutcome>;
  /**
   * Waiting messages that cite an id known by now or went to a person in a sequence by now, oldest first. Called after
   * each commit until it is empty. Messages of the mailboxes in `except`, by id, are left out and go on waiting: they
   * must not stand in the way of the others.
   */
  resolvedMessages(limit: number, except?: readonly string[]): Promise<ResolvedMessage[]>;
  /** Forgets what has expired: waiting messages, ids of expired mail, seen digests. Returns the number of rows. */
  expire(at: Date): Promise<number>;

  /** Addresses of enrolled people among the given ones. */
  enrolmentsByAddress(addresses: readonly string[]): Promise<Enrolment[]>;
  /** Stores pulled enrolments and the position after them in one transaction. */
  saveEnrolments(enrolments: readonly Enrolment[], position: PullPosition, at: Date): Promise<void>;
  /** Stores pulled tracked mails and the position after them in one transaction. */
  saveTrackedMails(registrations: readonly Registration[], position: PullPosition, at: Date): Promise<void>;
  pullPosition(source: 'TrackedEmail' | 'CampaignStatus'): Promise<PullPosition | undefined>;

  /** Items that are due, oldest first, tracked emails before tasks. */
  outboxDue(at: Date, limit: number): Promise<OutboxItem[]>;
  /** Records outcomes; a delivered Task also acknowledges the latches of its reply. */
  recordDeliveries(outcomes: readonly DeliveryOutcome[], at: Date): Promise<void>;
  /** When the next outbox item that is waiting for a retry becomes due. */
  nextOutboxDue(): Promise<Date | undefined>;
  /** True while the local latch holds this person's sequences. */
  isLatched(personId: string): Promise<boolean>;

  counts(): Promise<StoreCounts>;
  close(): Promise<void>;
}
