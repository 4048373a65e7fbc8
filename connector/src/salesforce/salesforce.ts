import type { Reply } from '../match/reply.ts';
import type { ReplyTally } from '../match/reply-tally.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';

/** How one connected mailbox stands, for those who look after it in Salesforce; one ConnectedMailbox__c. */
export interface MailboxReport {
  readonly provider: string;
  readonly address: string;
  /** Salesforce id of the rep. */
  readonly ownerId: string;
  readonly state: 'Active' | 'Reconnect' | 'Disconnected';
  /** When it was last read to its end. */
  readonly lastReadAt: Date | undefined;
  /** Whole minutes since then; undefined while the first read goes on. */
  readonly lagMinutes: number | undefined;
  readonly lastError: string | undefined;
  readonly lastReplyAt: Date | undefined;
  /** Seconds from the receipt of a reply to its Task: the median and the 95th percentile. */
  readonly detection: { readonly p50: number; readonly p95: number } | undefined;
  readonly at: Date;
}

/**
 * One row to write. `key` comes back in the result; it is the external id of the record, of a `ReplyTally` the id of its
 * TrackedEmail__c, which has to be there.
 */
export type SalesforceWrite =
  | { readonly key: string; readonly type: 'TrackedEmail'; readonly mail: TrackedMail }
  | { readonly key: string; readonly type: 'Task'; readonly reply: Reply }
  | { readonly key: string; readonly type: 'ReplyTally'; readonly tally: ReplyTally }
  | { readonly key: string; readonly type: 'ConnectedMailbox'; readonly report: MailboxReport };

/** The reply of a person who was deleted: a Task without a person, or a refusal for somebody to decide about. */
export type DeletedPerson = 'task' | 'deadletter';

/** What the platform said of one row. */
export type SalesforceWriteResult =
  | { readonly key: string; readonly outcome: 'written'; readonly recordId: string | undefined }
  | { readonly key: string; readonly outcome: 'refused'; readonly errorCode: string; readonly message: string };

/** A keyset over rows that change: SystemModstamp (ISO 8601) and Id. */
export interface Position {
  readonly systemModstamp: string;
  readonly id: string;
}

/** One page of pulled rows; `next` is undefined when nothing was left at the time of the query. */
export interface Pulled<Row> {
  readonly rows: readonly Row[];
  /**
   * Where a later pull goes on: after the last row, but never inside the last minutes, so that rows which commit late are
   * read too; rows of these minutes come again.
   */
  readonly position: Position | undefined;
  /** Where this pull goes on. */
  readonly next: Position | undefined;
}

/** One CampaignStatus__c with the address of its person. */
export interface PulledEnrolment {
  readonly campaignStatusId: string;
  /** Empty when the Contact or Lead is gone. */
  readonly personId: string;
  readonly address: string;
  readonly ownerId: string;
  readonly status: string;
  /** When an answer or a user took the person out of the sequence, or paused it. */
  readonly haltedAt?: Date;
  /** Answers that came before count for nothing. */
  readonly enrolledAt?: Date;
  /** Key of the reply that a user marked as none: it does not halt this sequence. */
  readonly undoneReplyKey?: string;
}

/** Where each of the two pulls goes on; undefined for one that has never been made. */
export interface PullPositions {
  readonly enrolments: Position | undefined;
  readonly trackedMails: Position | undefined;
}

/** The next page of each of the two pulls. */
export interface Changes {
  readonly enrolments: Pulled<PulledEnrolment>;
  readonly trackedMails: Pulled<TrackedMail>;
}

/** Which org this is, as far as its login tells. */
export interface OrgIdentity {
  /** 18 characters that begin with 00D. A sandbox and every refresh of it have ids of their own. */
  readonly id: string;
  /** As Setup > Company Information shows it; known once `orgName` or `changesSince` has been asked. */
  readonly name?: string;
  /** For example `https://acme.my.salesforce.com`. */
  readonly instanceUrl: string;
  /** The user that the connector logs in as. */
  readonly userId?: string;
  readonly username?: string;
}

/** API calls of the whole org in the last 24 hours, by whatever program, and how many it may make. */
export interface ApiUsage {
  readonly used: number;
  readonly limit: number;
  /** When the answer came that told this, by this machine's clock. */
  readonly at: Date;
}

/** One field as the connector's user sees it. */
export interface FieldSetup {
  readonly isCustom: boolean;
  /** At creation or later. */
  readonly isWritable: boolean;
  readonly isExternalId: boolean;
  readonly isUnique: boolean;
  readonly isCaseSensitive: boolean;
}

/** One object as the connector's user sees it. */
export interface ObjectSetup {
  readonly isCreateable: boolean;
  /** By API name; what the user may not see is not among them. */
  readonly fields: ReadonlyMap<string, FieldSetup>;
}

/** How an org is set up, as far as the connector depends on it and its user may see it. */
export interface OrgSetup {
  /** The objects of the table of API names; undefined where the user sees none of that name. */
  readonly objects: ReadonlyMap<string, ObjectSetup | undefined>;
  /** Whether each flow of the package has an active version; undefined when the user may not see flows. */
  readonly flows: ReadonlyMap<string, boolean> | undefined;
  /** API names of the permission sets of the user; undefined when it may not see them. */
  readonly permissionSets: readonly string[] | undefined;
}

/**
 * The Salesforce org, as far as the connector needs it. Every method rejects with a `SalesforceError` whose code says
 * what to do; a refused row is a result, not an error.
 */
export interface Salesforce {
  /**
   * Writes up to 1,000 rows, tracked emails with their recipients first, then tasks, then what reports need: one API
   * call for 1,000 tasks or for 200 tracked emails with up to 400 recipients, more calls one after the other for more.
   * One result for each row, in order. What an org lacks for its reports refuses these rows alone.
   */
  write(rows: readonly SalesforceWrite[]): Promise<SalesforceWriteResult[]>;
  /**
   * The next page of both pulls in one API call, more calls only where many rows have changed. Pages behind it are
   * asked for with the two methods below.
   */
  changesSince(positions: PullPositions): Promise<Changes>;
  /** TrackedEmail__c rows with their recipients that changed since a position, oldest change first. */
  trackedMailsSince(position: Position | undefined): Promise<Pulled<TrackedMail>>;
  /** CampaignStatus__c rows that changed since a position, oldest change first. */
  enrolmentsSince(position: Position | undefined): Promise<Pulled<PulledEnrolment>>;
  /** Ids of active Users by their e-mail address, lower case. */
  usersByEmail(addresses: readonly string[]): Promise<Map<string, string>>;
  /** Which org the connector is logged in to. Logs in when that has not happened yet; needs no API call as a rule. */
  org(): Promise<OrgIdentity>;
  /** The name of the org: one API call unless it is known already. */
  orgName(): Promise<string>;
  /** How the org is set up, as the connector's user sees it: one API call, or two. */
  setup(): Promise<OrgSetup>;
  /** Calls made by this process since it started, for budgets and reports. Logins are not among them: they are free. */
  readonly apiCalls: number;
  /** What the last answer told of the API budget of the org; undefined before the first answer. */
  readonly apiUsage: ApiUsage | undefined;
  /**
   * How far the clock of this machine was off at the last answer, in milliseconds and to about a second; positive when
   * it is ahead. Undefined before the first answer.
   */
  readonly clockSkewMs: number | undefined;
}
