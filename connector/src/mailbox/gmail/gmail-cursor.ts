/**
 * How far a Gmail mailbox has been read. A first read (or a bounded re-read after an expired history) pages through
 * messages.list, Sent first; from then on history.list is followed. `historyId` is the place from which the history
 * continues once the list is done; it is decimal text, because it is an unsigned 64-bit number.
 */
export interface GmailCursor {
  readonly provider: 'gmail';
  readonly version: 1;
  readonly historyId: string;
  /** Present while a first read is under way. */
  readonly listing?: GmailListing;
  /** Present while one answer of history.list has further pages. */
  readonly historyPageToken?: string;
}

export interface GmailListing {
  /** ISO 8601 instant: older messages end the listing. */
  readonly since: string;
  readonly stage: 'sent' | 'all';
  readonly pageToken?: string;
}
