import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Reply } from '../match/reply.ts';
import type { OwnSide } from '../match/replier.ts';
import type { MailboxRow, Store } from '../store/store.ts';
import type { Undecided } from './decide-page.ts';

/** As much of the store as reading a mailbox needs; a rehearsal puts its own in this place. */
export type SyncStore = Pick<
  Store,
  | 'digest'
  | 'addressDigest'
  | 'mailbox'
  | 'setMailboxState'
  | 'knownIds'
  | 'trackedMailsTo'
  | 'enrolmentsByAddress'
  | 'commitPage'
  | 'resolvedMessages'
>;

/** What reading a mailbox and settling what waits have in common. */
export interface SyncOptions {
  readonly store: SyncStore;
  /** Opens the mailbox of a row, or undefined when this process has no way into it. */
  readonly mailboxOf: (id: string) => Mailbox | undefined;
  readonly ownSide: OwnSide;
  /** Domains, in lower case, whose mail is passed over; none when absent. */
  readonly excludedDomains?: ReadonlySet<string>;
  readonly now: () => Date;
  /** Told of each committed page. */
  readonly onPage?: (page: { mailbox: MailboxRow; messages: number; newReplies: number; trace?: string }) => void;
  /** Told of the replies that a commit put into the outbox, once it is done. */
  readonly onReplies?: (replies: readonly Reply[]) => void;
  /** Told of each message that could not be decided, once its page is committed. */
  readonly onUndecided?: (message: Undecided & { mailbox: MailboxRow }) => void;
  /** Pages that one run reads at most: a long read lets others have their turn. Without it a run reads to the end. */
  readonly pages?: number;
  /** Messages in a page at most, in place of `PAGE_SIZE`: a smaller page costs more and holds others up for less long. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
  /** Names this run in the log, up to the Tasks of the replies that it finds. */
  readonly trace?: string;
}

/** The name of a run as a member that is there or not. */
export function traceOf({ trace }: Pick<SyncOptions, 'trace'>): { readonly trace?: string } {
  return trace === undefined ? {} : { trace };
}
