/** A mailbox that the service has to be connected to. */
export interface MailboxToRead {
  readonly address: string;
  readonly token: string;
  readonly rootUrl: string;
}

/** What the services had stored at one instant. */
export interface StoredState {
  /** History id by the address of each mailbox. */
  readonly places: Readonly<Record<string, string>>;
  /** Addresses of replies that are still on their way to Salesforce. */
  readonly onTheWay: readonly string[];
  /** Ids at the provider of messages that wait for the mail they cite. */
  readonly waiting: readonly string[];
}

/** What the ledger is asked. */
export type LedgerRequest =
  | { readonly ask: 'begin' }
  /** Lets so many more replies arrive. */
  | { readonly ask: 'deliver'; readonly count: number }
  /** How many replies the org holds. */
  | { readonly ask: 'tasks' }
  /** Which replies the service has read past without keeping them. */
  | { readonly ask: 'ahead'; readonly state: StoredState }
  | { readonly ask: 'judge' };

/** What it answers; each request has one of these members. */
export interface LedgerAnswer {
  readonly variables?: Readonly<Record<string, string>>;
  readonly mailboxes?: readonly MailboxToRead[];
  readonly ownerId?: string;
  readonly replies?: number;
  readonly tasks?: number;
  readonly ahead?: readonly string[];
  readonly verdict?: Verdict;
  readonly failed?: string;
}

/** What the ledger holds of the outcome. */
export interface Verdict {
  readonly replies: number;
  readonly tasks: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Tasks of nobody. */
  readonly unknown: readonly string[];
  /** Calls that were made to fail. */
  readonly faults: number;
  readonly notSimulated: readonly string[];
}
