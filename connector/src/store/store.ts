import type { Kind } from '../mail/kind.ts';
import type { Reply } from '../match/reply.ts';
import type { ReplyTally } from '../match/reply-tally.ts';
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
  /** How the mailbox is reached, as stored JSON; an empty object when nobody has said. Holds no secret. */
  readonly settings: unknown;
  /** Counts up each time the mailbox is given new settings or a new credential. */
  readonly revision: number;
  /** About how many messages the first read covers. */
  readonly expectedMessages: number | undefined;
  /** Messages that have been read so far; one that is read again, because it moved or the place was lost, counts again. */
  readonly messagesRead: number;
  /** When the newest reply that was found in it was received. */
  readonly lastReplyAt: Date | undefined;
}

/** A credential as the vault seals it. Whoever has the row has nothing without the master key. */
export interface SealedCredential {
  /** The master key that it is sealed under. */
  readonly keyId: string;
  readonly sealed: string;
}

/** The mailbox to be connected. With settings or a credential, one that exists takes these and is read on. */
export interface MailboxToConnect {
  readonly provider: string;
  readonly address: string;
  readonly ownerId: string;
  readonly readSince: Date;
  readonly settings?: object;
  readonly expectedMessages?: number;
  readonly credential?: SealedCredential;
  /**
   * The mailbox that this one is from now on, at another provider: it is read from `readSince`, its place being one of
   * the provider that it has left. What was found and what waits stays with it.
   */
  readonly movedFrom?: string;
}

/** The Salesforce org that a database belongs to. */
export interface PinnedOrg {
  /** 18 characters. */
  readonly id: string;
  readonly name: string | undefined;
}

/**
 * How an id leads to a tracked mail: it is the mail's own id, another id of it, the id of an answer to it, or the thread
 * that it stands in at its provider (`citedThread`).
 */
export type KnownIdRole = 'own' | 'rewritten' | 'planted' | 'alias' | 'thread';

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
  /**
   * Digests of In-Reply-To, of the first and the last two References, and of the provider's thread; of a sent mail also
   * of its recipients, of a delivery report that names no mail of the one recipient it is about.
   */
  readonly cites: readonly Digest[];
  readonly expiresAt: Date;
  /** True when this program could not decide about it; it counts as dead should its time pass so. */
  readonly undecided?: boolean;
}

/** A waiting message one of whose cited ids has become known, or one of whose recipients has been enrolled. */
export type ResolvedMessage = Omit<WaitingMessage, 'expiresAt' | 'undecided'>;

/** A message that answers tracked mail: all its replies (one for each person) are committed together, once. */
export interface MatchedMessage {
  readonly digest: Digest;
  /** The reply of each person it counts for; empty for our own side's mail, which only becomes an alias. */
  readonly replies: readonly Reply[];
  /** People whose sequences the local latch halts from this commit on, by Salesforce id. */
  readonly latches: readonly string[];
  /** Message keys of the tracked mails that its own id leads to from now on. */
  readonly aliasOf: readonly string[];
  /** Where the message lies, to read its header again; absent when it is gone. */
  readonly place?: { readonly mailboxId: string; readonly reference: string };
}

/** Everything one page leads to. It is stored in one transaction or not at all. */
export interface PageCommit {
  readonly mailboxId: string;
  /** Absent when the messages did not come from a page: waiting messages that were resolved, a saved message. */
  readonly cursor?: {
    readonly expectedVersion: number;
    readonly next: unknown;
    readonly caughtUp: boolean;
  };
  /** Messages that are read now, whatever they lead to; 0 when they were counted before and waited. */
  readonly seen: number;
  /** Those of them that lead to no reply and wait for nothing. */
  readonly notReplies: number;
  /** Those of them that are excluded, of which nothing else is kept. */
  readonly excluded: number;
  readonly registrations: readonly Registration[];
  readonly matched: readonly MatchedMessage[];
  readonly waiting: readonly WaitingMessage[];
  /**
   * Waiting messages that need not wait any more: matched by this commit, or no answer after all. One that is among
   * `waiting` too waits from now on for what it cites there, and for that alone.
   */
  readonly settled: readonly Digest[];
  /** The instant of the commit, for every row it writes. */
  readonly at: Date;
  /** Names the page in the log; the delivery of its replies gives it back. */
  readonly trace?: string;
}

export type PageOutcome =
  /** Committed; the replies of these keys went to the outbox now, `newReplies` in number; others were there before. */
  | { readonly committed: true; readonly newReplies: number; readonly newReplyKeys: readonly string[] }
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
  | {
      readonly id: string;
      readonly outcome: 'retry';
      readonly reason: string;
      readonly notBefore: Date;
      /** False when the call failed before anybody looked at the row. */
      readonly isTry?: false;
    }
  /** Never again by itself: the reason is in the platform's own words. */
  | { readonly id: string; readonly outcome: 'dead'; readonly reason: string };

/** A reply whose Task Salesforce has from now on. */
export interface DeliveredReply {
  readonly replyKey: string;
  /** Salesforce id of the Task, where it was told. */
  readonly recordId: string | undefined;
  /** Names the page that the reply was read from. */
  readonly trace: string | undefined;
  /** That of the mailbox in which it was found; undefined when this is gone. */
  readonly provider: string | undefined;
  /** From its receipt to its Task; undefined when it was received before its mailbox was read to its end first. */
  readonly seconds: number | undefined;
}

/** A mailbox of which Salesforce is to be told something. */
export interface DueMailboxReport {
  /** Undefined when it has been disconnected. */
  readonly mailboxId: string | undefined;
  readonly provider: string;
  readonly address: string;
  readonly ownerId: string;
  readonly state: 'Active' | 'Reconnect' | 'Disconnected';
  readonly caughtUpAt: Date | undefined;
  readonly lastReplyAt: Date | undefined;
  readonly lastError: string | undefined;
  /** Median and 95th percentile, in seconds, of the replies of a week, of the latest thousand. */
  readonly detection: { readonly p50: number; readonly p95: number } | undefined;
  /** What it says, for the comparison with the next one; to be given back with the outcome. */
  readonly told: string;
}

/** What became of a report: written, unless it is to be tried again. */
export interface MailboxReportOutcome {
  readonly report: DueMailboxReport;
  readonly notBefore?: Date;
}

/** A row that Salesforce will not take, as it was refused last. */
export interface DeadLetter extends Pick<OutboxItem, 'id' | 'key' | 'type' | 'attempts' | 'createdAt'> {
  readonly reason: string;
  readonly diedAt: Date;
  /** Of a Task. */
  readonly reply?: Reply;
  /** Why a person has given it up. */
  readonly droppedReason?: string;
}

/** Which dead letters are meant: those with these ids, and with this error code of Salesforce; all when neither is given. */
export interface DeadLetterChoice {
  readonly ids?: readonly string[];
  readonly code?: string;
}

/** Numbers of a tracked mail that Salesforce does not have yet. */
export interface StaleTally {
  readonly mailId: string;
  /** How often they have changed since they were written last; to be given back with the outcome. */
  readonly marks: number;
  /** Salesforce id of the TrackedEmail__c. */
  readonly trackedEmailId: string;
  readonly tally: ReplyTally;
}

/** What became of the numbers of one mail: written, unless they are to be tried again. */
export interface TallyOutcome extends Pick<StaleTally, 'mailId' | 'marks'> {
  readonly notBefore?: Date;
}

/** How writing into the org stands, for all processes on this database together. */
export interface DeliveryTurn {
  /** The process that is writing, and until when it may; undefined when none is. */
  readonly holder: string | undefined;
  readonly heldUntil: Date | undefined;
  /** Until when the writes so far have used up the pace at which there may be writes. */
  readonly usedUntil: Date | undefined;
  /** Writes in a row that the org as a whole failed. */
  readonly failures: number;
  /** After a failure: no write before this instant. */
  readonly pausedUntil: Date | undefined;
  /** API calls that writing took in the last 24 hours, to the hour. */
  readonly callsInDay: number;
}

export interface TurnRequest {
  readonly holder: string;
  readonly at: Date;
  readonly until: Date;
}

/** What a turn came to. Without calls it says nothing about the org. */
export interface TurnEnd extends Pick<DeliveryTurn, 'usedUntil' | 'failures' | 'pausedUntil'> {
  readonly holder: string;
  readonly at: Date;
  readonly calls: number;
}

/** How far one kind of Salesforce row has been pulled: a keyset of SystemModstamp and Id. */
export interface PullPosition {
  readonly systemModstamp: string;
  readonly id: string;
}

/** A person who is in a sequence, as needed to recognise mail sent to that person; one CampaignStatus__c. */
export interface Enrolment {
  readonly campaignStatusId: string;
  /** Empty when the Contact or Lead is gone. */
  readonly personId: string;
  /** E-mail address of the person, lower case; empty when the Contact or Lead has none or is gone. */
  readonly address: string;
  readonly ownerId: string;
  readonly status: string;
  /** When the sequence was halted: for a reply the moment the mailbox received it. Absent while it is Active. */
  readonly haltedAt?: Date;
  /** Answers that came before count for nothing. */
  readonly enrolledAt?: Date;
  /** Key of the reply that a user marked as none: it does not halt this sequence. */
  readonly undoneReplyKey?: string;
}

/**
 * What became of every message since the database was made, and the work that is waiting; one view of the database. At
 * any moment seen = matched + not a reply + excluded + waiting + dead (`conservationDifference`).
 */
export interface StoreCounts {
  /** Messages read. One that is read again counts again, unless it is known to have matched or to wait. */
  readonly seen: number;
  /** Messages that were replies, without those that are dead. */
  readonly matched: number;
  /** Messages that were none of our business, our own side's mail, and what nothing arrived for in its time. */
  readonly notReply: number;
  /** Messages of excluded domains. */
  readonly excluded: number;
  readonly waiting: number;
  /** Messages a Task of which is a dead letter, and those that could not be decided about until their time was over. */
  readonly dead: number;
  readonly outboxPending: number;
  readonly outboxDead: number;
  /** When the oldest pending item went to the outbox. */
  readonly outboxPendingSince: Date | undefined;
}

/** What is remembered of one message by the digest of its id. */
export interface MessageFate {
  readonly matchedAt: Date | undefined;
  /** Where it was when it was matched. */
  readonly place: { readonly mailboxId: string; readonly reference: string } | undefined;
  /** What is kept of it while it waits for a mail that it cites. */
  readonly waiting: ResolvedMessage | undefined;
}

/** How well the provider of a mailbox tells of changes. */
export interface PushHealth {
  /** Until when it has promised to (Gmail watch, Graph subscription); undefined where it has promised nothing. */
  readonly until: Date | undefined;
  /** When that promise has to be renewed. */
  readonly renewAt: Date | undefined;
  /** News that it told of, in a row; the first that only a sweep finds ends the row. */
  readonly told: number;
}

/** How news of a mailbox became known: its provider told of it, or it was found by looking. */
export type NewsTold = 'by the provider' | 'by nobody';

/** A mailbox that is to be looked into, whatever its hints say. */
export interface DueSweep {
  readonly mailboxId: string;
  readonly push: PushHealth;
}

export interface NextSweep {
  readonly mailboxId: string;
  readonly at: Date;
}

/** A service process as it begins. */
export interface ServiceStart {
  /** A UUID of its own. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: Date;
}

/** A service process on this database. */
export interface Service extends ServiceStart {
  /** Its last sign of life, by its own clock. */
  readonly beatAt: Date;
  /** Mailboxes that it watches. */
  readonly watched: number;
}

/** What a service sees with a sign of life of its own. */
export interface ServiceBeat {
  /** All services, itself included; `beats` counts the signs of life of each. */
  readonly services: readonly { readonly id: string; readonly beats: number; readonly watched: number }[];
  readonly mailboxes: number;
}

/** How far one outbox item has come. */
export interface OutboxState {
  readonly key: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly recordId: string | undefined;
  readonly reason: string | undefined;
}

/** A provider's promise to tell of the changes of one mailbox (Microsoft Graph subscription). */
export interface PushSubscription {
  readonly mailboxId: string;
  /** The provider's id of it. */
  readonly subscriptionId: string;
  /** SHA-256, in base64url, of the secret that each notification has to show. */
  readonly secretHash: string;
  readonly expiresAt: Date;
}

/**
 * What the connector remembers. Every method is one transaction; none reads a clock. The implementation is Postgres
 * SQL on PGlite or on a server. Rejects with a `StoreError` when the database cannot be used.
 */
export interface Store {
  digest(messageId: string): Digest;
  /** The keyed hash of a recipient's address, which is no hash of any Message-ID. */
  addressDigest(address: string): Digest;

  /** Names this installation among others; not secret, and the same for as long as the database lives. */
  readonly installationId: string;
  /** Makes an org the one that this database belongs to, unless there is one; returns the one that stands. */
  pinOrg(org: PinnedOrg): Promise<PinnedOrg>;
  pinnedOrg(): Promise<PinnedOrg | undefined>;
  /** Makes another org the one that this database belongs to, and forgets what was learnt from the one before. */
  rebindOrg(org: PinnedOrg): Promise<void>;

  /**
   * Adds a mailbox. One of the same provider and address keeps its place and takes the owner and, where they are given,
   * settings and credential, which also ends its need to be connected again. Returns the row as it stands.
   */
  connectMailbox(mailbox: MailboxToConnect): Promise<MailboxRow>;
  /** Forgets a mailbox, its credential and what waits in it; returns how many messages waited. */
  disconnectMailbox(id: string): Promise<number>;
  credential(mailboxId: string): Promise<SealedCredential | undefined>;
  /** The mailboxes whose credential is sealed under another key than this one, by id. */
  mailboxesSealedOtherwise(keyId: string): Promise<string[]>;
  /** Puts a credential in the place of another, unless that has been replaced meanwhile; tells whether it did. */
  replaceCredential(mailboxId: string, before: SealedCredential, after: SealedCredential): Promise<boolean>;
  mailboxes(): Promise<MailboxRow[]>;
  mailbox(id: string): Promise<MailboxRow | undefined>;
  /** What a provider was asked to tell of this mailbox; undefined when it was not, or its promise was lost. */
  pushSubscription(mailboxId: string): Promise<PushSubscription | undefined>;
  /** Those of these ids that are known. */
  pushSubscriptions(ids: readonly string[]): Promise<PushSubscription[]>;
  /** In place of the former one of the mailbox. */
  savePushSubscription(subscription: PushSubscription): Promise<void>;
  removePushSubscription(subscriptionId: string): Promise<void>;
  setMailboxState(id: string, state: MailboxRow['state'], lastError: string | undefined): Promise<void>;

  registerService(service: ServiceStart): Promise<void>;
  /** Gives a sign of life. Undefined when others have taken this service for dead: it watches nothing any more. */
  beatService(id: string, at: Date): Promise<ServiceBeat | undefined>;
  /**
   * Forgets a service that has died, what it watches, and the turn to write that it had; false when it has given a sign
   * of life since.
   */
  forgetService(seen: { readonly id: string; readonly beats: number }): Promise<boolean>;
  /** Forgets a service that ends, and what it watches. */
  endService(id: string): Promise<void>;
  services(): Promise<Service[]>;
  /** Lets a service watch up to so many of the mailboxes that nobody watches; returns their ids. */
  watchMailboxes(serviceId: string, limit: number): Promise<string[]>;
  unwatchMailboxes(serviceId: string, mailboxIds: readonly string[]): Promise<void>;
  watchedBy(serviceId: string): Promise<string[]>;

  /** Mailboxes that are to be looked into at an instant, those that wait longest first; one never swept is due. */
  dueSweeps(at: Date, limit: number): Promise<DueSweep[]>;
  scheduleSweeps(sweeps: readonly NextSweep[]): Promise<void>;
  /** Records until when a mailbox's provider has promised to tell of changes; undefined when it does not any more. */
  recordPush(mailboxId: string, until: Date | undefined, renewAt: Date | undefined): Promise<void>;
  /** How every mailbox is told of changes, by id; one that was never asked about is absent. */
  pushHealth(): Promise<Map<string, PushHealth>>;
  /** Records how news became known, which is what a provider's promise is judged by. */
  recordNews(mailboxId: string, told: NewsTold): Promise<void>;

  /** The tracked mails that these ids lead to; ids nobody knows are absent. One look-up for a whole page. */
  knownIds(digests: readonly Digest[]): Promise<Map<Digest, KnownId[]>>;
  /** Tracked mails of one rep to any of these addresses (lower case), sent at or after an instant, latest first. */
  trackedMailsTo(addresses: readonly string[], ownerId: string, since: Date): Promise<TrackedMail[]>;
  /** Registers tracked mails that did not come from a page. Registering one again adds what is new of it. */
  register(registrations: readonly Registration[], at: Date): Promise<void>;
  commitPage(commit: PageCommit): Promise<PageOutcome>;
  /**
   * Waiting messages that cite an id known by now, or went to a person who is in a sequence by now or was when they were
   * sent, oldest first. Called after
   * each commit until it is empty. Messages of the mailboxes in `except`, by id, are left out and go on waiting: they
   * must not stand in the way of the others.
   */
  resolvedMessages(limit: number, except?: readonly string[]): Promise<ResolvedMessage[]>;
  /** Forgets what has expired: waiting messages, expired mail with its ids. Returns the number of rows. */
  expire(at: Date): Promise<number>;

  /** Addresses of enrolled people among the given ones. */
  enrolmentsByAddress(addresses: readonly string[]): Promise<Enrolment[]>;
  /** Stores pulled enrolments and the position after them in one transaction. */
  saveEnrolments(enrolments: readonly Enrolment[], position: PullPosition, at: Date): Promise<void>;
  /** Stores pulled tracked mails and the position after them in one transaction. */
  saveTrackedMails(registrations: readonly Registration[], position: PullPosition, at: Date): Promise<void>;
  pullPosition(source: 'TrackedEmail' | 'CampaignStatus'): Promise<PullPosition | undefined>;

  /**
   * Items that are due, oldest first, tracked emails before tasks. One that is to wait for more than two hours, longer
   * than any wait, got its time from a clock that has been set back since, and is due.
   */
  outboxDue(at: Date, limit: number): Promise<OutboxItem[]>;
  /**
   * Records outcomes; a delivered Task also acknowledges the latches of its reply, and changes the tally of its mail.
   * Returns the replies that were delivered by it.
   */
  recordDeliveries(outcomes: readonly DeliveryOutcome[], at: Date): Promise<DeliveredReply[]>;
  /**
   * Tallies that are due, those that wait longest first. The Tasks of one mail are gathered for a minute; mails that
   * Salesforce does not have, or that are forgotten, are left out.
   */
  staleTallies(at: Date, limit: number): Promise<StaleTally[]>;
  /** Records what became of tallies; one that has changed since it was read stays stale. */
  settleTallies(outcomes: readonly TallyOutcome[], at: Date): Promise<void>;
  deliveryTurn(at: Date): Promise<DeliveryTurn>;
  /** Takes the turn to write, or holds it for longer; false while another process has it. */
  takeDeliveryTurn(request: TurnRequest): Promise<boolean>;
  endDeliveryTurn(end: TurnEnd): Promise<void>;
  /**
   * Mailboxes of which Salesforce is to be told: a new state at once, other changes at most every five minutes, and all
   * of them once an hour; those that nothing has been told of come first.
   */
  dueMailboxReports(at: Date, limit: number): Promise<DueMailboxReport[]>;
  settleMailboxReports(outcomes: readonly MailboxReportOutcome[], at: Date): Promise<void>;
  /** Dead letters that nobody has dropped, those that died last first. */
  deadLetters(choice: DeadLetterChoice, limit: number): Promise<DeadLetter[]>;
  /** One by its id, dropped or not. */
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  /** Puts dead letters back among what is to be written, as if found now; returns how many. */
  retryDeadLetters(choice: DeadLetterChoice, at: Date): Promise<number>;
  /** Gives dead letters up for good and keeps why; returns how many. */
  dropDeadLetters(choice: DeadLetterChoice, why: string): Promise<number>;
  /** When the next outbox item that is waiting for a retry becomes due. */
  nextOutboxDue(): Promise<Date | undefined>;
  /**
   * To be called before statuses are pulled from Salesforce: marks the latches whose Tasks it has acknowledged. Returns
   * what `endReadBack` takes.
   */
  beginReadBack(): Promise<string>;
  /**
   * To be called once everybody's statuses were pulled: lets go of the latches that were marked before. Returns the ids
   * of the CampaignStatus__c that go on although a person has answered a mail of theirs, after the enrolment, and the Task
   * is in Salesforce; not those whose halt a user has undone.
   */
  endReadBack(pull: string, at: Date): Promise<readonly string[]>;
  /** The ids of those that were returned within the last month and go on still. */
  unhalted(): Promise<readonly string[]>;
  /**
   * True while the local latch holds this person's sequences: until the Task of the reply is acknowledged and the
   * person's statuses, which that Task has changed, were read back. From then on Salesforce is the truth, also of an undo.
   */
  isLatched(personId: string): Promise<boolean>;

  messageFate(digest: Digest): Promise<MessageFate>;
  /** How far the Tasks of these reply keys have come; keys that nothing is known of are absent. */
  taskStates(replyKeys: readonly string[]): Promise<OutboxState[]>;
  /** Those of these messages that have been matched before. */
  matchedBefore(digests: readonly Digest[]): Promise<Set<Digest>>;
  /** Waiting messages that cite any of these ids. */
  waitingFor(digests: readonly Digest[]): Promise<ResolvedMessage[]>;

  counts(): Promise<StoreCounts>;
  close(): Promise<void>;
}
