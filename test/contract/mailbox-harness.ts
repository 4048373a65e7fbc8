import type { Cursor, Mailbox } from '../../connector/src/mailbox/mailbox.ts';

/**
 * Where a message stands on the provider's side: `filed` is a folder or label of the user's own making that a filter
 * may file into, outside the inbox; `trash` is what the user has thrown away but the provider still keeps.
 */
export type Place = 'inbox' | 'sent' | 'filed' | 'junk' | 'trash';

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

/** The provider's own name for a stored message; opaque to the suite. */
export type Handle = string;

/**
 * One fresh, empty mailbox at a provider, and the provider's side of it: what other programs, filters and the user do
 * there while the adapter reads. Everything but `openMailbox` goes around the adapter under test.
 */
export interface MailboxHarness {
  /** The adapter under test with the credential that is valid until `revoke`; each call opens another one. */
  openMailbox(): Mailbox;
  /** Resolves once the provider shows the message to readers. */
  store(message: StoredMessage): Promise<Handle>;
  /** Deletes a message for good. */
  remove(handle: Handle): Promise<void>;
  isRead(handle: Handle): Promise<boolean>;
  /** Makes the provider forget the place that a cursor holds (IMAP: new UIDVALIDITY; Gmail: history cut off). */
  forget(cursor: Cursor): Promise<void>;
  /** Makes the credential worthless. */
  revoke(): Promise<void>;
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
