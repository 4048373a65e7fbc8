import type { ReportParts } from '../mail/delivery-report.ts';
import type { HeaderBlock } from '../mail/header-field.ts';
import type { EwsCursor } from './ews/ews-cursor.ts';
import type { GmailCursor } from './gmail/gmail-cursor.ts';
import type { GraphCursor } from './graph/graph-cursor.ts';
import type { ImapCursor } from './imap/imap-cursor.ts';

/**
 * How far a mailbox has been read. Each provider's words stay in its own variant; everybody else stores and returns a
 * cursor as the JSON value that it is. `version` lets a variant change its shape without losing its place.
 */
export type Cursor = ImapCursor | GmailCursor | GraphCursor | EwsCursor;

export type Provider = Cursor['provider'];

/** A provider's own reference to one message, enough to read its header fields again. Opaque outside the adapter. */
export type MessageReference = string;

/** The header fields of one message and where it was found. */
export interface MailboxMessage {
  readonly reference: MessageReference;
  /** `sent` decides between what we wrote and what we were answered; `junk` is read, because filters make mistakes. */
  readonly folder: 'sent' | 'junk' | 'other';
  /** When the provider received it (IMAP INTERNALDATE, Gmail internalDate): its own clock, not the Date field. */
  readonly receivedAt: Date;
  /** Only the fields of `READ_FIELDS`, in original order. */
  readonly fields: HeaderBlock;
  /** The provider's own name of the conversation (Gmail threadId), where it has one. */
  readonly thread?: string;
  /** True for the message that began its conversation, which answers nothing in it. Absent where that is not known. */
  readonly startsThread?: boolean;
}

/** What changed since a cursor, in the order in which it has to be committed. */
export interface Page {
  readonly messages: readonly MailboxMessage[];
  /** The place after this page: stored in the same transaction as what the page led to. */
  readonly cursor: Cursor;
  /** True when the mailbox held nothing more at the time of the call. */
  readonly caughtUp: boolean;
}

/** What a first read would cover, in the order in which the folders are read. */
export interface MailboxSurvey {
  readonly folders: readonly SurveyedFolder[];
}

export interface SurveyedFolder {
  /** As the provider or its owner calls it. */
  readonly name: string;
  readonly kind: MailboxMessage['folder'];
  /**
   * Messages that would be handed out, to within those of the first day, because providers count by days. Undefined
   * where the provider cannot count by date.
   */
  readonly messages: number | undefined;
}

/** The scopes or permissions of a credential, as the provider calls them. */
export interface GrantedScopes {
  readonly granted: readonly string[];
  /** Those that go beyond what reading header fields needs. */
  readonly wider: readonly string[];
}

/**
 * One mailbox of one rep, read by its header fields alone. An adapter never asks for a body or a snippet and never
 * changes a read mark. Folders are listed Sent first, so that what was sent is known before its answers are read.
 *
 * Every method rejects with a `MailboxError`, whose code says what to do next; where the stored credential does not open,
 * or opens somebody else's mailbox, with the `ActionableError` that says why.
 */
export interface Mailbox {
  /** What a first read from `since` on would cover, counted without reading a header. */
  survey(since: Date): Promise<MailboxSurvey>;
  /** The place from which a first read starts: everything received at or after `since`, older mail left alone. */
  openingCursor(since: Date): Promise<Cursor>;
  /** The next page after a cursor, at most `limit` messages. A message that vanished meanwhile is left out. */
  changesSince(cursor: Cursor, limit: number): Promise<Page>;
  /** Header fields of messages seen before; those that are gone are left out. */
  read(references: readonly MessageReference[]): Promise<MailboxMessage[]>;
  /**
   * The machine-readable parts of a multipart/report, at most 64 KB each, or undefined where the message has none, is
   * gone, or the granted scope cannot read a part.
   */
  readReport(reference: MessageReference): Promise<ReportParts | undefined>;
  /**
   * Settles when the provider says that something changed, or when the signal aborts. A hint, never the truth.
   *
   * @param listening told true whenever the connection over which the provider tells of changes shows life, and false
   *   when there is none any more although the wait goes on; never called where no connection tells of them
   */
  waitForChange(signal: AbortSignal, listening?: (listens: boolean) => void): Promise<void>;
  /**
   * Asks the provider to tell of changes from now on, or to go on telling (Gmail watch, Graph subscription), and gives
   * the instant at which its promise ends; undefined when there is nobody whom it could tell. Called when the promise
   * has to be renewed; absent where a connection tells of changes (IMAP IDLE).
   */
  renewPush?(): Promise<Date | undefined>;
  /** What the credential has been granted; absent where the provider grants a mailbox as a whole. */
  grantedScopes?(): Promise<GrantedScopes>;
  close(): Promise<void>;
}
