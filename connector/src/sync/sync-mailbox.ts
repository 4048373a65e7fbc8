import { MailboxError } from '../mailbox/mailbox-error.ts';
import type { Cursor, Mailbox } from '../mailbox/mailbox.ts';
import type { MailboxRow } from '../store/store.ts';
import { decidePage } from './decide-page.ts';
import { gatherFacts } from './gather-facts.ts';
import { isMailboxFault } from './mailbox-fault.ts';
import { newRepliesOf } from './new-replies.ts';
import { readPagesOf, type PageReader } from './page-reader.ts';
import { resolveWaiting } from './resolve-waiting.ts';
import { traceOf, type SyncOptions } from './sync-options.ts';

/** How far before the last complete read a lost place is taken up again; what is read twice is stored once. */
const OVERLAP_MS = 24 * 3_600_000;

/** What one run found. */
export interface SyncSummary {
  readonly messages: number;
  readonly newReplies: number;
  /** True when the run ended, by its own limit or by the signal, before the mailbox was read to its end. */
  readonly more: boolean;
}

/**
 * Reads a mailbox from its stored place to its end, page by page. A page and the place after it are one transaction,
 * so that whoever goes on after a crash goes on exactly there; a worker that was overtaken stores nothing and stops.
 * After each commit, waiting messages that have become answerable are settled. While a page is stored the next one is
 * read; it is decided about once what came before it is stored.
 *
 * A lost place (`cursor_expired`) is taken up again a day before the last complete read. A dead grant is recorded at
 * the mailbox and ends the run. Rejects with a `MailboxError` of code `retry`, or of code `cursor_expired` when the
 * provider refuses the new place as well, or with a `StoreError`.
 */
export async function syncMailbox(id: string, options: SyncOptions): Promise<SyncSummary> {
  const { store, mailboxOf, signal, pages = Infinity, pageSize } = options;
  const mailbox = mailboxOf(id);
  const summary = { messages: 0, newReplies: 0, more: mailbox !== undefined };
  const opened = mailbox && { mailbox, pages: readPagesOf(mailbox, pageSize) };
  let page: PageSummary | undefined;
  for (let left = pages; summary.more && left > 0 && signal?.aborted !== true; left -= 1) {
    const row = await store.mailbox(id);
    if (row === undefined) return { ...summary, more: false };
    page = await readPage(opened!, row, { startedAgain: page?.startedAgain === true, last: left === 1 }, options);
    summary.messages += page?.messages ?? 0;
    summary.newReplies += page?.newReplies ?? 0;
    summary.more = page?.more === true;
  }
  return summary;
}

/**
 * Stores `since` as the place from which a mailbox is read on, so that the next run reads it again from there. What was
 * found before is recognised. Does nothing for a mailbox that this process cannot open. Rejects as `syncMailbox` does.
 */
export async function readAgainFrom(id: string, since: Date, options: SyncOptions): Promise<void> {
  const mailbox = options.mailboxOf(id);
  if (mailbox === undefined) return;
  for (let stored = false; !stored;) {
    const row = await options.store.mailbox(id);
    stored = row === undefined || (await storeOpening(mailbox, row, since, options));
  }
}

/** A mailbox and its pages, as far as they have been read in this run. */
interface OpenedMailbox {
  readonly mailbox: Mailbox;
  readonly pages: PageReader;
}

type PageSummary = SyncSummary & { readonly startedAgain?: boolean };

/** Where a page stands in its run. */
interface PlaceInRun {
  /** The place was lost and has just been taken up again. */
  readonly startedAgain: boolean;
  /** No page is read after it in this run. */
  readonly last: boolean;
}

/** One page, and what it tells of the mailbox. Undefined when it cannot be read any further in this run. */
async function readPage(
  opened: OpenedMailbox,
  row: MailboxRow,
  place: PlaceInRun,
  options: SyncOptions,
): Promise<PageSummary | undefined> {
  const { store } = options;
  try {
    const page = await readOn(opened, row, place, options);
    if (row.state !== 'active' || row.lastError !== undefined) await store.setMailboxState(row.id, 'active', undefined);
    return page;
  } catch (error) {
    if (!isMailboxFault(error)) throw error;
    const dead = error instanceof MailboxError && error.code === 'reconnect';
    await store.setMailboxState(row.id, dead ? 'reconnect' : row.state, error.message);
    if (dead) return undefined;
    throw error;
  }
}

/** A provider that refuses the place it has just given is not asked for another one in the same run. */
async function readOn(
  { mailbox, pages }: OpenedMailbox,
  row: MailboxRow,
  place: PlaceInRun,
  options: SyncOptions,
): Promise<PageSummary | undefined> {
  try {
    const cursor = (row.cursor as Cursor | null | undefined) ?? (await mailbox.openingCursor(row.readSince));
    return await commitChanges(pages, row, { cursor, last: place.last }, options);
  } catch (error) {
    const lost = error instanceof MailboxError && error.code === 'cursor_expired';
    if (!lost || place.startedAgain) throw error;
    return startAgain(mailbox, row, options);
  }
}

/** Reads, decides and stores one page. Undefined when another worker has stored it. */
async function commitChanges(
  pages: PageReader,
  row: MailboxRow,
  { cursor, last }: { cursor: Cursor; last: boolean },
  options: SyncOptions,
): Promise<PageSummary | undefined> {
  const { store, ownSide, now, onPage, onUndecided } = options;
  const { page, messages } = await pages.read(cursor, row.cursorVersion);
  const at = now();
  const facts = await gatherFacts(messages, row, { ...options, store, ownSide, at });
  const { undecided, ...decision } = decidePage(messages, facts);
  const committing = store.commitPage({
    ...decision,
    mailboxId: row.id,
    cursor: { expectedVersion: row.cursorVersion, next: page.cursor, caughtUp: page.caughtUp },
    settled: [],
    at,
    ...traceOf(options),
  });
  if (!page.caughtUp && !last && options.signal?.aborted !== true) pages.begin(page.cursor, row.cursorVersion + 1);
  const outcome = await committing;
  if (!outcome.committed) return undefined;
  options.onReplies?.(newRepliesOf(decision.matched, outcome));
  for (const message of undecided) onUndecided?.({ ...message, mailbox: row });
  const newReplies = outcome.newReplies + (await resolveWaiting(options));
  onPage?.({ mailbox: row, messages: messages.length, newReplies, ...traceOf(options) });
  return { messages: messages.length, newReplies, more: !page.caughtUp };
}

/** Takes up again, before the last complete read, a place that the provider does not know any more. */
async function startAgain(mailbox: Mailbox, row: MailboxRow, options: SyncOptions): Promise<PageSummary | undefined> {
  const lastRead = row.caughtUpAt ?? row.readSince;
  const since = new Date(Math.max(row.readSince.getTime(), lastRead.getTime() - OVERLAP_MS));
  const stored = await storeOpening(mailbox, row, since, options);
  return stored ? { messages: 0, newReplies: 0, more: true, startedAgain: true } : undefined;
}

/** False when another worker has moved the place meanwhile. */
async function storeOpening(mailbox: Mailbox, row: MailboxRow, since: Date, options: SyncOptions): Promise<boolean> {
  const outcome = await options.store.commitPage({
    mailboxId: row.id,
    cursor: { expectedVersion: row.cursorVersion, next: await mailbox.openingCursor(since), caughtUp: false },
    ...{ seen: 0, notReplies: 0, excluded: 0, registrations: [], matched: [], waiting: [], settled: [] },
    at: options.now(),
  });
  return outcome.committed;
}
