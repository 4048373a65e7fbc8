import type { Kind } from '../../../connector/src/mail/kind.ts';
import type { Reply } from '../../../connector/src/match/reply.ts';
import type { TrackedMail, TrackedRecipient } from '../../../connector/src/match/tracked-mail.ts';
import type {
  Digest,
  Enrolment,
  KnownIdRole,
  MailboxRow,
  OutboxItem,
  PinnedOrg,
  PullPosition,
  PushSubscription,
  SealedCredential,
  WaitingMessage,
} from '../../../connector/src/store/store.ts';
import type { Table } from './memory-database.ts';
import type { TurnRecord } from './delivery-turn.ts';
import type { LatchRecord } from './latches.ts';
import type { ServiceRecord } from './services.ts';
import type { SweepRecord } from './sweeps.ts';

/** What became of messages, as far as it is counted and not stored. */
export interface Tally {
  readonly seen: number;
  readonly matched: number;
  readonly repeated: number;
  readonly notReply: number;
  readonly excluded: number;
}

export const NOTHING: Tally = { seen: 0, matched: 0, repeated: 0, notReply: 0, excluded: 0 };

export interface MailboxRecord extends Omit<MailboxRow, 'id' | 'messagesRead'> {
  readonly number: number;
  readonly tally: Tally;
}

export interface MailRecord extends Omit<TrackedMail, 'recipients'> {
  readonly number: number;
  readonly key: string;
  readonly expiresAt: Date;
  readonly recipients: readonly TrackedRecipient[];
}

export interface KnownIdRecord {
  readonly digest: Digest;
  readonly mail: number;
  readonly role: KnownIdRole;
}

export interface OutboxRecord {
  readonly number: number;
  readonly type: OutboxItem['type'];
  readonly key: string;
  readonly reply: Reply | undefined;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly notBefore: Date | undefined;
  readonly reason: string | undefined;
  readonly recordId: string | undefined;
  readonly diedAt?: Date;
  readonly droppedReason?: string;
  readonly createdAt: Date;
  readonly settledAt?: Date;
  /** Of a Task: what the tally of its mail is counted from. */
  readonly counted: CountedReply | undefined;
}

export interface CountedReply {
  readonly mailKey: string;
  readonly answer: Digest;
  readonly kind: Kind;
  readonly byPerson: boolean;
  readonly receivedAt: Date;
}

export interface MatchedRecord {
  readonly at: Date;
  readonly place: { readonly mailboxId: string; readonly reference: string } | undefined;
}

/** Everything that the store remembers, in the shape of its tables on Postgres. */
export class Tables {
  readonly mailboxes: Table<MailboxRecord> = new Map();
  readonly credentials: Table<SealedCredential> = new Map();
  readonly mails: Table<MailRecord> = new Map();
  readonly knownIds: Table<KnownIdRecord> = new Map();
  readonly matched: Table<MatchedRecord> = new Map();
  readonly waiting: Table<WaitingMessage> = new Map();
  readonly fresh: Table<readonly Digest[]> = new Map();
  readonly outbox: Table<OutboxRecord> = new Map();
  readonly latches: Table<LatchRecord> = new Map();
  readonly enrolments: Table<Enrolment & { readonly digest: Digest }> = new Map();
  readonly positions: Table<PullPosition> = new Map();
  readonly staleTallies: Table<{ readonly mail: number; readonly marks: number; readonly dueAt: Date }> = new Map();
  readonly turns: Table<TurnRecord> = new Map();
  /** Calls by the hour in which they were made. */
  readonly calls: Table<{ readonly hour: number; readonly calls: number }> = new Map();
  readonly orgs: Table<PinnedOrg> = new Map();
  readonly sweeps: Table<SweepRecord> = new Map();
  readonly subscriptions: Table<PushSubscription> = new Map();
  readonly services: Table<ServiceRecord> = new Map();
  /** By mailbox: the service that watches it. */
  readonly watches: Table<string> = new Map();
  /** One row: messages that are counted apart from the mailboxes, and those that could never be decided about. */
  readonly counts: Table<Tally & { readonly dead: number }> = new Map();
}
