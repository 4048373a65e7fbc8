import type { Cursor, Mailbox } from '../../connector/src/mailbox/mailbox.ts';

/**
 * Where a message stands on the provider's side: `filed` is a folder or label of the user's own making that a filter
 * may file into, outside the inbox; `archive` is where mail programs put what is done with, where there is such a place; `trash` is what the user has thrown away but the provider still keeps.
 */
export type Place = 'inbox' | 'sent' | 'filed' | 'archive' | 'junk' | 'trash';

/** What goes wrong at a provider: `throttled` asks for a pause of 30 seconds, `silence` never answers. */
export type Failure = 'throttled' | 'error page' | 'half an answer' | 'silence';

/** What a harness can do beyond what every one can; the cases of the contract that need it run where it can. */
export type Ability = 'archive' | 'move' | 'rename' | 'fail' | 'fill';

/** One message as it lies in the mailbox. */
export interface StoredMessage {
  /** The whole message, header and body, with CRLF line ends. */
  readonly raw: string;
  /** Default `inbox`. */
  readonly place?: Place;
  /** The provider's own time of receipt (IMAP INTERNALDATE, Gmail internalDate); default: the time of the call. */
  readonly receivedAt?: Date;
  /** Marked as read from the start, as a filter does it; default false. */
  readonly read?: boolean;
}

/** What is special about the mailbox that is opened. */
export interface MailboxChoices {
  readonly excluded?: Place;
  readonly credentialFault?: Error;
}

/** The provider's own name for a stored message; opaque to the suite. */
export type Handle = string;

/**
 * One fresh, empty mailbox at a provider, and the provider's side of it: what other programs, filters and the user do
 * there while the adapter reads. Everything but `openMailbox` goes around the adapter under test.
 */
export interface MailboxHarness {
  /**
   * The adapter under test with the credential that is valid until `revoke`; each call opens another one. The place
   * `excluded` is left out by its setting, in the provider's own words. With a `credentialFault` the credential cannot
   * be had, for that reason.
   */
  openMailbox(settings?: MailboxChoices): Mailbox;
  /** Resolves once the provider shows the message to readers. */
  store(message: StoredMessage): Promise<Handle>;
  /** Deletes a message for good. */
  remove(handle: Handle): Promise<void>;
  isRead(handle: Handle): Promise<boolean>;
  /** Makes the provider forget the place that a cursor holds (IMAP: new UIDVALIDITY; Gmail: history cut off). */
  forget(cursor: Cursor): Promise<void>;
  /** Makes the credential worthless. */
  revoke(): Promise<void>;
  /** The user, or a filter, files a message elsewhere; gives its handle there. Absent where nothing can be moved. */
  move?(handle: Handle, place: Place): Promise<Handle>;
  /** The user calls the folder of the place `filed` otherwise. Absent where folders cannot be renamed. */
  rename?(): Promise<void>;
  /** Lets the provider answer the next call otherwise than it should. Absent for a real server, which will not. */
  fail?(how: Failure): void;
  /** How many messages are a large mailbox here: 100,000, or as many as are read within seconds. Goes with `fill`. */
  readonly many?: number;
  /** Puts many messages into the inbox, each made by its number from 0 on. Absent where that would take too long. */
  fill?(count: number, write: (number: number) => string): Promise<void>;
  /**
   * How the adapter answers a forgotten place: `reports` it as `cursor_expired`, or `rereads` what it lost by itself,
   * from the date of the opening cursor.
   */
  readonly forgottenPlace: 'reports' | 'rereads';
  /** Whether the granted scope lets the parts of a delivery report be read. */
  readonly readsReports: boolean;
  /** Closes what the harness opened; the suite has closed the mailboxes before. */
  stop(): Promise<void>;
}
