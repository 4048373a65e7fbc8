/**
 * What can be asked of the connector, by a command in this process or over the local socket of the service. Requests,
 * answers and events are JSON values (instants are ISO 8601 text), so that the answer is the same either way.
 *
 * Every verb rejects with an `ActionableError`: what is wrong, what to do next, and the exit code of a command that
 * ends with it. No answer, event or error holds a credential.
 */
export interface Facade {
  /** Logs in, reads one header and counts what a first read would cover. Stores nothing. */
  checkMailbox(request: ConnectRequest, told: Told): Promise<MailboxCheck>;
  /** The same, then seals the credential and stores the mailbox; a running service begins to read it. */
  connectMailbox(request: ConnectRequest, told: Told): Promise<ConnectedMailbox>;
  /** Forgets a mailbox, its credential and what waits in it. Replies that were found stay. */
  disconnectMailbox(request: MailboxName, told: Told): Promise<DisconnectedMailbox>;
  mailboxes(request: NoRequest, told: Told): Promise<readonly MailboxStatus[]>;
  /**
   * Pulls from Salesforce, reads the mailboxes to their end and writes what was found. An abort ends it after the page
   * under way: it rejects with the reason of the signal, and what was committed stays.
   */
  sync(request: SyncRequest, told: Told, signal?: AbortSignal): Promise<SyncResult>;
  status(request: NoRequest, told: Told): Promise<ConnectorStatus>;
  /** Looks at everything that the connector depends on, and says what to do about what is wrong. Changes nothing. */
  examine(request: NoRequest, told: Told): Promise<Examination>;
  /** Says what a message is, which tracked mail it answers and why, and what became of it. Changes nothing. */
  explain(request: ExplainRequest, told: Told): Promise<Explanation>;
  /** Sends a saved message through the whole pipeline; nothing is stored or written unless `commit` says so. */
  replay(request: ReplayRequest, told: Told): Promise<Replay>;
  /** What Salesforce will not take, the latest first. */
  deadLetters(request: DeadLettersRequest, told: Told): Promise<DeadLetterList>;
  deadLetter(request: { readonly id: string }, told: Told): Promise<DeadLetterDetail>;
  /** Puts dead letters back among what is to be written, and writes it. */
  retryDeadLetters(request: DeadLetterSelection, told: Told): Promise<RetriedDeadLetters>;
  /** Gives dead letters up for good; why is kept. The people in them stay halted here. */
  dropDeadLetters(request: DropRequest, told: Told): Promise<DroppedDeadLetters>;
  /** Makes the org that the login leads to the one of this database, as after the refresh of a sandbox. */
  rebindOrg(request: NoRequest, told: Told): Promise<OrgRebinding>;
  /** Everything that the connector holds of a person. */
  exportPerson(request: PersonRequest, told: Told): Promise<PersonExport>;
  /** Writes what is due, then removes it all and keeps hashes by which the person is not stored again. */
  erasePerson(request: PersonRequest, told: Told): Promise<PersonErasure>;
  /** Puts every credential under a new master key. Begun anew after an interruption, it goes on where it stood. */
  rotateKeys(request: NoRequest, told: Told): Promise<KeyRotation>;
}

export type Verb = keyof Facade;

/** Told of progress while a verb works; never called after it has settled. */
export type Told = (event: FacadeEvent) => void;

export type NoRequest = Readonly<Record<string, never>>;

export type FacadeEvent =
  /** Reading of a mailbox begins; `expected` is about how many messages, null where the provider cannot tell. */
  | { readonly type: 'mailbox'; readonly address: string; readonly expected: number | null }
  /** A page has been read; the numbers are those of the mailbox since its reading began. */
  | { readonly type: 'page'; readonly address: string; readonly messages: number; readonly newReplies: number }
  /** One step of a longer piece of work, in words for a person, for example `Pulling from Salesforce`. */
  | { readonly type: 'step'; readonly text: string }
  /** A count towards a total, as of credentials under a new key. */
  | { readonly type: 'count'; readonly done: number; readonly total: number };

export const PROVIDER_NAMES = ['imap', 'gmail', 'graph', 'ews'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** Names one connected mailbox; `provider` is needed only when the address is connected through several. */
export interface MailboxName {
  readonly address: string;
  readonly provider?: ProviderName;
}

/** How an IMAP mailbox is reached (RFC 9051). Stored as it is; holds no secret. */
export interface ImapSettings {
  readonly provider: 'imap';
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS, which only a server on this machine may lack. */
  readonly secure: boolean;
  /** Login name, when it is not the address. */
  readonly user?: string;
  /** Where access tokens are issued for a refresh token. */
  readonly tokenUrl?: string;
  /** PEM of certificate authorities that are trusted besides the well-known ones. */
  readonly certificateAuthorities?: string;
  /** Folders that are not read: paths, or special uses such as `\\Junk` (RFC 6154). */
  readonly excludedFolders?: readonly string[];
  /** Further addresses of the rep: what they write is never an answer. */
  readonly aliases?: readonly string[];
}

/** How a Gmail mailbox is reached. Stored as it is; holds no secret. */
export interface GmailSettings {
  readonly provider: 'gmail';
  readonly address: string;
  /** Where the Gmail API is, when not at Google. */
  readonly rootUrl?: string;
  /** Where tokens are issued, when not at Google. */
  readonly tokenUrl?: string;
  /** Seconds between two looks into the mailbox. */
  readonly pollSeconds?: number;
  /** Labels whose messages are not read. */
  readonly excludedFolders?: readonly string[];
  readonly aliases?: readonly string[];
}

/** How a mailbox on Exchange Server is reached (Exchange Web Services). Stored as it is; holds no secret. */
export interface EwsSettings {
  readonly provider: 'ews';
  readonly address: string;
  /** For example `https://mail.example.com/EWS/Exchange.asmx`. */
  readonly url: string;
  /** How the password is shown to the server; an access token goes as it is. */
  readonly authentication: 'basic' | 'ntlm';
  /** Where access tokens are issued for a refresh token. */
  readonly tokenUrl?: string;
  /** Directory (tenant) ID of an application that acts for the owner, or a domain of the tenant. */
  readonly tenantId?: string;
  /** Where tokens of the tenant are issued, when not at the global service. */
  readonly loginUrl?: string;
  /** When the certificate of the application ends. */
  readonly credentialEndsAt?: string;
  /** Login name (`DOMAIN\user`), when it is not the address. */
  readonly user?: string;
  /** True when the account is not the owner of the mailbox and acts for its owner. */
  readonly impersonate?: boolean;
  /** PEM of certificate authorities that are trusted besides the well-known ones. */
  readonly certificateAuthorities?: string;
  /** Folders that are not read: paths, or distinguished ids such as `junkemail`. */
  readonly excludedFolders?: readonly string[];
  readonly aliases?: readonly string[];
}

/** How a mailbox of Microsoft 365 is reached. Stored as it is; holds no secret. */
export interface GraphSettings {
  readonly provider: 'graph';
  readonly address: string;
  /** Directory (tenant) ID, or a domain of the tenant. */
  readonly tenantId: string;
  /** Where Microsoft Graph is, with its version, when not the global service. */
  readonly rootUrl?: string;
  /** Where tokens are issued, when not the global service. */
  readonly loginUrl?: string;
  /** Seconds between two looks into the mailbox besides the sweep; none without it. */
  readonly pollSeconds?: number;
  /** When the certificate of the application ends. */
  readonly credentialEndsAt?: string;
  /** Folders that are not read: paths, or well-known names. */
  readonly excludedFolders?: readonly string[];
  readonly aliases?: readonly string[];
}

export type MailboxSettings = ImapSettings | GmailSettings | GraphSettings | EwsSettings;

/** What opens a mailbox. Sealed before it is stored, and part of no answer. */
export type MailboxCredential =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'accessToken'; readonly accessToken: string }
  | {
      readonly kind: 'serviceAccount';
      readonly clientEmail: string;
      /** PEM (PKCS #8). */
      readonly privateKey: string;
      readonly privateKeyId?: string;
      /** The number by which an admin delegates authority to the account; named in errors. */
      readonly clientId?: string;
    }
  | {
      readonly kind: 'refreshToken';
      readonly clientId: string;
      readonly clientSecret?: string;
      readonly refreshToken: string;
    }
  | {
      readonly kind: 'certificate';
      /** Application (client) ID. */
      readonly clientId: string;
      /** PEM. */
      readonly certificate: string;
      /** PEM (PKCS #8). */
      readonly privateKey: string;
    };

export interface ConnectRequest {
  readonly settings: MailboxSettings;
  readonly credential: MailboxCredential;
  /** Salesforce id of the rep; without it the one active User with the mailbox's address. */
  readonly ownerId?: string;
  /** Instant from which the mailbox is read; 14 days back without it. */
  readonly since?: string;
  /** Gives a mailbox that is connected already this credential and these settings; it is read on from its place. */
  readonly replace?: boolean;
}

export interface SurveyedFolder {
  readonly name: string;
  readonly kind: 'sent' | 'junk' | 'other';
  /** Null where the provider cannot count by date. */
  readonly messages: number | null;
}

export interface MailboxCheck {
  readonly provider: ProviderName;
  readonly address: string;
  readonly owner: { readonly id: string; readonly name: string | null };
  readonly since: string;
  readonly folders: readonly SurveyedFolder[];
  /** Of all folders together; null where the provider cannot tell. */
  readonly messages: number | null;
  /** What the credential has been granted; null where the provider grants a mailbox as a whole. */
  readonly scopes: {
    readonly granted: readonly string[];
    /** Those that go beyond what reading header fields needs. */
    readonly wider: readonly string[];
  } | null;
  /** True when a header was read; false when there is no message to read one of. */
  readonly headerRead: boolean;
}

export interface ConnectedMailbox extends MailboxCheck {
  /** True when the mailbox had been connected before and goes on from its place. */
  readonly replaced: boolean;
  /** The provider that the mailbox has left; null when it has not moved. */
  readonly movedFrom: ProviderName | null;
  /** True when a service is running that reads it from now on. */
  readonly beingRead: boolean;
}

export interface DisconnectedMailbox {
  readonly provider: ProviderName;
  readonly address: string;
  /** Messages that waited for the mail they cite and are forgotten. */
  readonly forgotten: number;
}

/**
 * - `reading`: the first read has not reached the end yet.
 * - `active`: read to the end, and again each time something changes.
 * - `failing`: the last attempt failed; it is tried again.
 * - `reconnect`: the credential does not open it any more; connect it again.
 */
export type MailboxState = 'reading' | 'active' | 'failing' | 'reconnect';

export interface MailboxStatus {
  readonly provider: ProviderName;
  readonly address: string;
  readonly ownerId: string;
  readonly state: MailboxState;
  /** What was wrong at the last attempt, and what to do. */
  readonly lastError: string | null;
  readonly readSince: string;
  /** When it was last read to its end. */
  readonly caughtUpAt: string | null;
  /** Seconds since then. */
  readonly lagSeconds: number | null;
  readonly messagesRead: number;
  /** About how many messages the first read covers. */
  readonly messagesExpected: number | null;
  readonly lastReplyAt: string | null;
  /**
   * Until when the provider has promised to tell of changes; it is renewed long before. Null for a mailbox that is only
   * looked into every few minutes, or that tells by a connection that is kept open (IMAP, Exchange Server).
   */
  readonly toldUntil: string | null;
  /** Why the provider does not promise to tell of changes, though it was asked to; null where it does, or was not. */
  readonly pushError: string | null;
  /** When the certificate of the credential ends; null where it has none. */
  readonly credentialEndsAt: string | null;
}

export interface SyncRequest {
  /** Address of the one mailbox to read; all without it. */
  readonly mailbox?: string;
  /** Instant from which mailboxes are read again; what was found before is recognised. */
  readonly since?: string;
  /** Finds, and writes nothing anywhere. */
  readonly dryRun?: boolean;
}

/** A reply as it becomes a Task. */
export interface FoundReply {
  readonly replyKey: string;
  /** The value of Task.ReplyKind__c, for example `Auto-Reply`. */
  readonly kind: string;
  readonly from: string;
  readonly subject: string;
  readonly receivedAt: string;
  readonly matchedBy: string;
  readonly replier: string;
  /** Message key of the tracked mail that it answers. */
  readonly messageKey: string;
  readonly personId: string | null;
  /** True when it halts the sequences of its person at once. */
  readonly halts: boolean;
}

export interface FailureReport {
  readonly message: string;
  readonly actions: readonly string[];
}

export interface SyncedMailbox {
  readonly provider: ProviderName;
  readonly address: string;
  readonly messages: number;
  readonly newReplies: number;
  readonly failure: FailureReport | null;
}

export interface DeliveryResult {
  readonly delivered: number;
  readonly retried: number;
  readonly dead: number;
  /** What keeps the whole org from being written to. */
  readonly failure: FailureReport | null;
}

export interface SyncResult {
  readonly dryRun: boolean;
  readonly pulled: {
    readonly trackedMails: number;
    readonly enrolments: number;
    readonly failure: FailureReport | null;
  };
  readonly mailboxes: readonly SyncedMailbox[];
  /** New replies by the value of Task.ReplyKind__c. */
  readonly byKind: Readonly<Record<string, number>>;
  /** The new replies themselves, the first 1,000. */
  readonly replies: readonly FoundReply[];
  /** Null in a dry run. */
  readonly delivery: DeliveryResult | null;
}

/** One service process; with PostgreSQL several share a database. */
export interface ServiceStatus {
  /** Name of its machine. */
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly lastSeenAt: string;
  /** Mailboxes that it watches. */
  readonly mailboxes: number;
}

export interface ConnectorStatus {
  readonly version: string;
  /** The service that answers, else the longest running one on this database; null when nobody serves. */
  readonly service: { readonly pid: number; readonly startedAt: string } | null;
  /** All services on this database that have given a sign of life within the last minute, longest running first. */
  readonly services: readonly ServiceStatus[];
  readonly database: { readonly engine: string; readonly place: string };
  /** The one org that this database belongs to, from its first use on. */
  readonly org: { readonly id: string; readonly name: string | null } | null;
  readonly mailboxes: readonly MailboxStatus[];
  /** Each message that was read is one of the others. */
  readonly messages: {
    readonly seen: number;
    readonly matched: number;
    readonly notReply: number;
    readonly excluded: number;
    readonly waiting: number;
    /** Messages a Task of which Salesforce refused, and those that could not be decided about in their time. */
    readonly dead: number;
  };
  readonly outbox: { readonly pending: number; readonly dead: number; readonly oldestPendingAt: string | null };
  readonly salesforce: {
    /** Of the whole org within 24 hours, as the platform said last. */
    readonly apiUsage: { readonly used: number; readonly limit: number } | null;
    /** Calls that this process has made. */
    readonly apiCalls: number;
    /** How far this machine's clock is ahead of Salesforce's. */
    readonly clockAheadSeconds: number | null;
  };
  readonly writing: WritingStatus;
  /**
   * Ids of the CampaignStatus__c that go on although a person has answered a mail of theirs and the Task is in
   * Salesforce: what should have halted them does not work. Looked at for a month after the answer.
   */
  readonly unhalted: readonly string[];
}

/** How writing into Salesforce stands, for all processes on the database together. */
export interface WritingStatus {
  /** API calls that writing took in the last 24 hours. */
  readonly callsInDay: number;
  /** How many it may take; a tenth of what the org may make, unless REPLY_TRACKING_DAILY_CALLS says otherwise. */
  readonly dailyCalls: number;
  /** `scarce` from four fifths of that, or of the org's own calls, on: replies are then written less often. */
  readonly budget: 'ample' | 'scarce' | 'used-up';
  /** After a failure of the whole org: no write before this instant, unless a person asks for it. */
  readonly pausedUntil: string | null;
}

/** What `examine` looks at; each is a row or, for those about a mailbox, a row for each. */
export type CheckName =
  | 'database'
  | 'schema'
  | 'masterKey'
  | 'messages'
  | 'outbox'
  | 'jobs'
  | 'service'
  | 'mailbox'
  | 'grant'
  | 'scopes'
  | 'push'
  | 'certificate'
  | 'org'
  | 'clock'
  | 'apiBudget'
  | 'permissionSet'
  | 'userPermissions'
  | 'fields'
  | 'replyKey'
  | 'fieldBudget'
  | 'flows'
  | 'halts';

export interface CheckResult {
  readonly check: CheckName;
  /** The address of the mailbox that it is about; null for what concerns all of it. */
  readonly mailbox: string | null;
  /** `skipped`: it could not be looked at, and `found` says why. */
  readonly state: 'ok' | 'warning' | 'failure' | 'skipped';
  /** A sentence for a person. */
  readonly found: string;
  /** What to do, one step an entry; empty when nothing has to be done. */
  readonly actions: readonly string[];
}

export interface Examination {
  readonly checks: readonly CheckResult[];
}

/** Exactly one of the two. */
export type ExplainRequest =
  /** A message or its header, as text; what follows the header is not looked at. */
  | { readonly headers: string; readonly mailbox?: string }
  /** The Message-ID of a message that was read, or of a tracked mail; with or without angle brackets. */
  | { readonly messageId: string; readonly mailbox?: string };

export interface ExplainedMail {
  readonly messageKey: string;
  readonly subject: string | null;
  readonly sentAt: string;
  readonly ownerId: string;
  /** Id of the TrackedEmail__c, when Salesforce has it. */
  readonly trackedEmailId: string | null;
  readonly recipients: readonly { readonly address: string; readonly role: string; readonly personId: string | null }[];
}

export interface ExplainedCite {
  /** A Message-ID; for the field `Provider Thread` the provider's name of it, for `Failed Recipient` an address. */
  readonly id: string;
  readonly field: string;
  /**
   * What the id is to a tracked mail: its own, another id of it, the id of an answer, its thread or its recipient; null
   * when unknown.
   */
  readonly role: 'own' | 'rewritten' | 'planted' | 'alias' | 'thread' | 'recipient' | null;
  readonly messageKey: string | null;
}

/** What became, or would become, of one reply. */
export interface ExplainedReply extends FoundReply {
  readonly campaignStatusId: string | null;
  readonly task: {
    /** `none`: nothing is stored; it is what would be written. */
    readonly state: 'none' | 'pending' | 'delivered' | 'dead';
    readonly recordId: string | null;
    readonly reason: string | null;
  };
}

export interface Explanation {
  readonly messageId: string;
  /**
   * `headers`: what was given. `mailbox`: read again from the mailbox. `store`: the message is gone or was never an
   * answer, and this is what is remembered of it.
   */
  readonly source: 'headers' | 'mailbox' | 'store';
  readonly from: string | null;
  readonly subject: string | null;
  readonly kind: string | null;
  /** The header field, or its absence, that decided the kind. */
  readonly signal: string | null;
  readonly cites: readonly ExplainedCite[];
  /** Tracked mails that it answers, nearest first. */
  readonly answers: readonly ExplainedMail[];
  readonly replies: readonly ExplainedReply[];
  /** The tracked mail that it is itself. */
  readonly tracked: ExplainedMail | null;
  /** When it was matched for the first time. */
  readonly matchedAt: string | null;
  /** True while it waits for a mail that it cites to become known. */
  readonly waiting: boolean;
  /** All of that in one sentence for a person. */
  readonly verdict: string;
}

export interface ReplayRequest {
  /** A saved message or its header, as text. */
  readonly message: string;
  /** Address of the connected mailbox in which it counts as received; the only one without it. */
  readonly mailbox?: string;
  /** Stores what it leads to and writes it into Salesforce. */
  readonly commit?: boolean;
}

export interface Replay {
  readonly committed: boolean;
  readonly explanation: Explanation;
  /** Replies that this replay put, or would put, into the outbox; those that were there before are not counted. */
  readonly newReplies: number;
  /** Null when nothing was to be written. */
  readonly delivery: DeliveryResult | null;
}

export interface PersonRequest {
  /** An e-mail address, or the id of a Contact or Lead with 18 characters. */
  readonly person: string;
}

/** Who somebody is: addresses in lower case, ids of Contacts and Leads. */
export interface NamedPerson {
  readonly addresses: readonly string[];
  readonly ids: readonly string[];
}

/** Records in Salesforce that the connector does not touch, and the query that finds them. */
export interface SalesforceTraces {
  readonly holds: string;
  readonly soql: string;
}

/** A row as the database holds it; instants are ISO 8601 text. */
export type StoredRow = Readonly<Record<string, string | null>>;

export interface PersonExport {
  readonly person: NamedPerson;
  /** When the person was erased; null when that has not happened. */
  readonly erasedAt: string | null;
  /** The sequences that the person is in. */
  readonly enrolments: readonly StoredRow[];
  /** Tracked mails that went to the person. */
  readonly mails: readonly StoredRow[];
  /** Replies by, or for, the person. */
  readonly replies: readonly StoredRow[];
  /** Halts of the person's sequences. */
  readonly halts: readonly StoredRow[];
  /** Messages in a mailbox that are looked at again once a mail to the person is tracked. */
  readonly waiting: readonly StoredRow[];
  readonly salesforce: readonly SalesforceTraces[];
}

export interface PersonErasure {
  readonly person: NamedPerson;
  readonly enrolments: number;
  readonly mails: number;
  readonly recipients: number;
  readonly replies: number;
  /** Those of the replies that could not be written into Salesforce before. */
  readonly undelivered: number;
  readonly halts: number;
  readonly waiting: number;
  readonly salesforce: readonly SalesforceTraces[];
}

export interface KeyRotation {
  readonly keyId: string;
  readonly previousKeyIds: readonly string[];
  readonly credentials: number;
  /** True when it went on with a rotation that had been interrupted. */
  readonly resumed: boolean;
  /** What is left to do for a person. */
  readonly nextSteps: readonly string[];
}

/** Dead letters by their ids, by the error code of Salesforce, or all of them; exactly one is given. */
export type DeadLetterSelection =
  { readonly ids: readonly string[] } | { readonly code: string } | { readonly all: true };

export interface DeadLettersRequest {
  /** Only those that were refused with this error code of Salesforce. */
  readonly code?: string;
}

export interface DeadLetterSummary {
  readonly id: string;
  readonly type: 'Task' | 'TrackedEmail';
  /** In Salesforce's own words; begins with its error code. */
  readonly reason: string;
  readonly diedAt: string;
}

export interface DeadLetterList {
  /** How many there are. */
  readonly total: number;
  /** The first 1,000 of those that were asked for. */
  readonly letters: readonly DeadLetterSummary[];
}

export interface DeadLetterDetail extends DeadLetterSummary {
  /** External id of the record that it was to become. */
  readonly key: string;
  readonly attempts: number;
  readonly foundAt: string;
  /** Of a Task: what it says, without the subject of the mail. */
  readonly reply: {
    readonly kind: string;
    readonly from: string;
    readonly receivedAt: string;
    readonly messageKey: string;
    readonly ownerId: string;
    readonly personId: string | null;
  } | null;
  /** Why a person gave it up. */
  readonly droppedReason: string | null;
}

export interface RetriedDeadLetters {
  readonly retried: number;
  /** What the write came to; null when there was nothing to retry. */
  readonly delivery: DeliveryResult | null;
}

export type DropRequest = DeadLetterSelection & {
  /** Why, in a person's words. */
  readonly because: string;
};

export interface DroppedDeadLetters {
  readonly dropped: number;
}

export interface OrgRebinding {
  readonly before: { readonly id: string; readonly name: string | null } | null;
  readonly org: { readonly id: string; readonly name: string | null };
}
