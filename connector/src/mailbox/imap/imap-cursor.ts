/** How far each folder of an IMAP mailbox has been read (RFC 9051 section 2.3.1). */
export interface ImapCursor {
  readonly provider: 'imap';
  readonly version: 1;
  /** ISO 8601 instant of the first read; a folder that appears later is read from here. */
  readonly since: string;
  /** By mailbox name as the server spells it. */
  readonly folders: Readonly<Record<string, ImapFolderPlace>>;
}

export interface ImapFolderPlace {
  /** UIDVALIDITY as decimal text: it may exceed what a JSON number keeps exactly. */
  readonly uidValidity: string;
  /** The highest UID whose message has been handed out; 0 when none has. */
  readonly lastUid: number;
  /**
   * The highest UID that was there when the folder was first seen. Up to it only what was received since the date of
   * the first read is handed out; everything above it came later and is handed out whatever its date.
   */
  readonly datedUpTo: number;
  /**
   * UIDs up to `lastUid` whose message was marked `\Draft` when it was passed over: some programs send a mail where
   * its draft lies and only take the mark away. Absent when there is none.
   */
  readonly drafts?: readonly number[];
  /** HIGHESTMODSEQ (RFC 7162), as decimal text, when the drafts were last looked at; absent without CONDSTORE. */
  readonly draftsSeenAt?: string;
}
