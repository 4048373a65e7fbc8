import type { ReportParts } from '../../connector/src/mail/delivery-report.ts';
import { MailboxError } from '../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, MailboxMessage, Page } from '../../connector/src/mailbox/mailbox.ts';
import type { GmailCursor } from '../../connector/src/mailbox/gmail/gmail-cursor.ts';
import type { Random } from './random.ts';
import type { Life, VirtualTime } from './virtual-time.ts';

/** A message as it lies in one mailbox. */
export interface StoredMessage {
  readonly id: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly receivedAt: number;
  readonly report: ReportParts | undefined;
  folder: MailboxMessage['folder'];
  reference: string;
  deleted: boolean;
  moved: boolean;
}

/** What a mailbox may do to whoever reads it, each as a probability of one call. */
export interface ProviderFaults {
  readonly throttled: number;
  readonly broken: number;
}

/**
 * One account at a provider that keeps a history, as Gmail does: a page is a stretch of it, a cursor is a place in it
 * that expires, and a message that is moved or marked comes up in it again.
 */
export class MailAccount {
  readonly address: string;
  readonly messages: StoredMessage[] = [];
  /** What happened, oldest first. */
  readonly history: StoredMessage[] = [];
  /** Places before this one are not known any more. */
  expiredBefore = 0;
  grantRevoked = false;
  faults: ProviderFaults = { throttled: 0, broken: 0 };
  /** Calls that were made to fail. */
  injected = 0;
  readonly #hints = new Set<() => void>();
  #references = 0;

  constructor(address: string) {
    this.address = address;
  }

  deliver(message: Pick<StoredMessage, 'id' | 'fields' | 'receivedAt' | 'folder' | 'report'>): StoredMessage {
    const stored = { ...message, reference: this.#reference(), deleted: false, moved: false };
    this.messages.push(stored);
    this.history.push(stored);
    return stored;
  }

  /** It comes up again; where providers name messages by their place, under another reference. */
  move(message: StoredMessage): void {
    message.reference = this.#reference();
    message.moved = true;
    this.history.push(message);
  }

  /** It is read or flagged, and comes up again as it is. */
  mark(message: StoredMessage): void {
    this.history.push(message);
  }

  hint(): void {
    for (const told of [...this.#hints]) told();
  }

  onHint(told: () => void): () => void {
    this.#hints.add(told);
    return () => void this.#hints.delete(told);
  }

  #reference(): string {
    this.#references += 1;
    return `${this.address}/${this.#references}`;
  }
}

/** The way into an account for one process; each call takes a while and may fail before or after it was answered. */
export function openAccount(
  account: MailAccount,
  { time, random, life }: { readonly time: VirtualTime; readonly random: Random; readonly life: Life },
): Mailbox {
  const fails = (probability: number): boolean => {
    const does = random.chance(probability);
    if (does) account.injected += 1;
    return does;
  };
  async function call<T>(answer: () => T): Promise<T> {
    await time.sleep(random.between(5, 400), life);
    if (account.grantRevoked) throw new MailboxError('reconnect', 'The grant was revoked.');
    if (fails(account.faults.throttled)) {
      throw new MailboxError('retry', 'Too many requests.', { retryAfterMs: random.between(1, 90) * 1000 });
    }
    const given = answer();
    await time.sleep(random.between(5, 400), life);
    if (fails(account.faults.broken)) throw new MailboxError('retry', 'Half of an answer.');
    return given;
  }
  return {
    survey: () => Promise.reject(new Error('Nothing that is simulated surveys a mailbox.')),
    openingCursor: (since) => call(() => openingCursor(account, since)),
    changesSince: (cursor, limit) => call(() => pageOf(account, cursor, Math.min(limit, random.between(1, 4)))),
    read: (references) =>
      call(() => account.messages.filter((m) => !m.deleted && references.includes(m.reference)).map(shown)),
    readReport: (reference) =>
      call(() => account.messages.find((m) => !m.deleted && m.reference === reference)?.report),
    waitForChange: () => Promise.reject(new Error('Hints are taken from the account.')),
    close: () => Promise.resolve(),
  };
}

function openingCursor({ history, messages }: MailAccount, since: Date): Cursor {
  return {
    ...{ provider: 'gmail', version: 1, historyId: String(history.length) },
    listing: { since: since.toISOString(), stage: 'sent', pageToken: `0 ${messages.length}` },
  };
}

function pageOf(account: MailAccount, cursor: Cursor, limit: number): Page {
  if (cursor.provider !== 'gmail') throw new MailboxError('cursor_expired', 'A place of another provider.');
  return cursor.listing === undefined ? historyPage(account, cursor, limit) : listingPage(account, cursor, limit);
}

function historyPage(account: MailAccount, cursor: GmailCursor, limit: number): Page {
  const from = Number(cursor.historyId);
  if (from < account.expiredBefore) throw new MailboxError('cursor_expired', 'The place is not known any more.');
  const end = Math.min(from + limit, account.history.length);
  const messages = new Set(account.history.slice(from, end).filter(({ deleted }) => !deleted));
  return {
    messages: inOrderOfCommit([...messages].map(shown)),
    cursor: { provider: 'gmail', version: 1, historyId: String(end) },
    caughtUp: end === account.history.length,
  };
}

/** Of what lay there when the listing began and was received since its date: Sent first, then everything else. */
function listingPage(account: MailAccount, cursor: GmailCursor, limit: number): Page {
  const { since, pageToken = '' } = cursor.listing!;
  const [from = 0, count = 0] = pageToken.split(' ').map(Number);
  const listed = account.messages
    .slice(0, count)
    .filter(({ receivedAt }) => receivedAt >= Date.parse(since))
    .sort((a, b) => Number(b.folder === 'sent') - Number(a.folder === 'sent'));
  const end = from + limit;
  const { historyId } = cursor;
  const listing = { since, stage: 'all', pageToken: `${end} ${count}` } as const;
  return {
    messages: listed
      .slice(from, end)
      .filter(({ deleted }) => !deleted)
      .map(shown),
    cursor: { provider: 'gmail', version: 1, historyId, ...(end < listed.length && { listing }) },
    caughtUp: false,
  };
}

function inOrderOfCommit(messages: readonly MailboxMessage[]): MailboxMessage[] {
  return messages.toSorted((a, b) => Number(b.folder === 'sent') - Number(a.folder === 'sent'));
}

function shown({ reference, folder, receivedAt, fields }: StoredMessage): MailboxMessage {
  return { reference, folder, receivedAt: new Date(receivedAt), fields };
}
