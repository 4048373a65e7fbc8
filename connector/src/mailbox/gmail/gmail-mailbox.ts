import { MailboxError } from '../mailbox-error.ts';
import { inOrderOfCommit } from '../order-of-commit.ts';
import type { Cursor, Mailbox, Page } from '../mailbox.ts';
import { MESSAGE_ID, type GmailMessage } from './gmail-answer.ts';
import { openGmailClient, type GmailClient } from './gmail-client.ts';
import type { GmailCursor, GmailListing } from './gmail-cursor.ts';
import { isMail, toMailboxMessage } from './gmail-message.ts';
import { openingPlace, placeAfterHistory, placeAfterListing } from './gmail-place.ts';
import { createLabelExclusion, type LabelExclusion } from './label-exclusion.ts';
import { surveyMailbox } from './survey-mailbox.ts';
import { createUnitBudget, UNIT_COSTS, UNITS_PER_MINUTE, type UnitBudget, type UnitCosts } from './unit-budget.ts';
import type { AccessTokenSource } from '../keep-token.ts';
import { pause } from '../pause.ts';

export interface GmailMailboxOptions {
  /** The account that is read; a token of another account is refused. */
  readonly address: string;
  /** Bearer tokens with the scope gmail.metadata or a wider one. */
  readonly accessToken: AccessTokenSource;
  /** Where the Gmail API is; default Google's own. */
  readonly rootUrl?: string;
  /** Between two looks of `waitForChange`, in milliseconds; without it nothing is asked and it waits to be aborted. */
  readonly pollIntervalMs?: number;
  /** The Pub/Sub topic that Gmail tells of changes, `projects/.../topics/...`; without it Gmail tells nobody. */
  readonly topic?: string;
  /** The longest time of one call, in milliseconds; default 30 seconds. */
  readonly deadlineMs?: number;
  /** Before the second try of what Gmail has put off, in milliseconds; doubled each time, and jittered. Default 500. */
  readonly backOffMs?: number;
  /** What calls cost, where it differs from the published table. */
  readonly costs?: Partial<UnitCosts>;
  /** Quota units of this user in a minute. */
  readonly unitsPerMinute?: number;
  /** Quota units of the Google Cloud project, shared by its mailboxes. */
  readonly projectBudget?: UnitBudget;
  /** Names of labels whose messages are not read, nor those of labels below them, or ids such as `SPAM`. */
  readonly excludedFolders?: readonly string[];
  /** Told what an operator may want to know. No header text. */
  readonly log?: (message: string) => void;
}

const GOOGLE = 'https://gmail.googleapis.com/';
/** Reading 100 messages costs at most 2,000 of the 6,000 quota units of a minute, so every page can be finished. */
const MOST_MESSAGES = 100;
/** Answers without a message that one page passes over before it shows its place to the caller. */
const MOST_EMPTY_ANSWERS = 20;

/**
 * A Gmail mailbox, read by users.history.list and header fields alone (scope gmail.metadata is enough).
 *
 * Read are Sent, then everything else, spam and trash included: filters make mistakes, and a person whose answer was
 * thrown away has answered nevertheless. Drafts and chats are left out, for they are no mail.
 */
export function openGmailMailbox(options: GmailMailboxOptions): Mailbox {
  const {
    address,
    accessToken,
    rootUrl = GOOGLE,
    pollIntervalMs,
    deadlineMs = 30_000,
    topic,
    backOffMs = 500,
  } = options;
  const closing = new AbortController();
  const costs = { ...UNIT_COSTS, ...options.costs };
  const budget = createUnitBudget(options.unitsPerMinute ?? UNITS_PER_MINUTE.user);
  const client = openGmailClient({
    ...{ address, accessToken, rootUrl, deadlineMs },
    admit: async (method, calls = 1) => {
      const units = costs[method] * calls;
      await budget.spend(units, closing.signal);
      await options.projectBudget?.spend(units, closing.signal);
    },
    backOff: (tries) => pause(backOffMs * 2 ** (tries - 1) * (0.5 + Math.random()), closing.signal),
  });
  const { excludedFolders = [], log = () => undefined } = options;
  const exclusion = createLabelExclusion(client, excludedFolders, { address, log });
  const reading: Reading = { client, exclusion };
  let readUpTo: string | undefined;

  return {
    survey: async (since) => surveyMailbox(client, await exclusion.ids(), since),

    openingCursor: async (since) => openingPlace(await client.historyId(), since),

    changesSince: async (cursor, limit) => {
      const page = await readPage(reading, ownCursor(cursor, address), Math.min(limit, MOST_MESSAGES));
      if (page.caughtUp) readUpTo = page.cursor.historyId;
      return page;
    },

    read: async (references) => {
      const found = await readMessages(
        client,
        references.filter((reference) => MESSAGE_ID.test(reference)),
      );
      return found.filter(({ labelIds }) => isMail(labelIds)).map(toMailboxMessage);
    },

    /**
     * Always undefined: the metadata scope refuses every part of a message, and with gmail.readonly the API gives the
     * parts of a report only together with its text (format full). What kind a report is rests on its header fields.
     */
    readReport: () => Promise.resolve(undefined),

    waitForChange: (signal) =>
      waitForOtherHistoryId(client, readUpTo, pollIntervalMs, AbortSignal.any([signal, closing.signal])),

    ...(topic !== undefined && { renewPush: () => client.watch(topic) }),

    close: () => {
      closing.abort();
      return Promise.resolve();
    },
  };
}

/** What one mailbox is read with. */
interface Reading {
  readonly client: GmailClient;
  readonly exclusion: LabelExclusion;
}

interface GmailPage extends Page {
  readonly cursor: GmailCursor;
}

function ownCursor(cursor: Cursor, address: string): GmailCursor {
  if (cursor.provider === 'gmail' && cursor.version === 1) return cursor;
  throw new MailboxError('cursor_expired', `The place stored for ${address} is not one of Gmail. Read from a date.`);
}

/** Passes over answers without a message, so that an empty list does not look like a page of its own. */
async function readPage(reading: Reading, from: GmailCursor, limit: number): Promise<GmailPage> {
  let page = await readAnswer(reading, from, limit);
  for (let empty = 1; page.messages.length === 0 && !page.caughtUp && empty < MOST_EMPTY_ANSWERS; empty++) {
    page = await readAnswer(reading, page.cursor, limit);
  }
  return page;
}

function readAnswer(reading: Reading, cursor: GmailCursor, limit: number): Promise<GmailPage> {
  return cursor.listing === undefined
    ? readHistory(reading, cursor, limit)
    : readListing(reading, cursor, cursor.listing, limit);
}

async function readListing(
  { client, exclusion }: Reading,
  cursor: GmailCursor,
  { stage, since, pageToken }: GmailListing,
  limit: number,
): Promise<GmailPage> {
  const label = stage === 'sent' ? 'SENT' : undefined;
  const answer = await client.listMessages({ label, maxResults: limit, pageToken });
  const found = await readMessages(client, answer.ids);
  const dates = found.map(({ internalDate }) => internalDate);
  const messages = (await withoutExcluded(found, exclusion))
    .filter(({ internalDate, labelIds }) => internalDate >= Date.parse(since) && isMail(labelIds))
    .filter(({ labelIds }) => stage === 'sent' || !labelIds.includes('SENT'))
    .map(toMailboxMessage);
  return { messages: inOrderOfCommit(messages), cursor: placeAfterListing(cursor, answer, dates), caughtUp: false };
}

async function readHistory({ client, exclusion }: Reading, from: GmailCursor, limit: number): Promise<GmailPage> {
  const { historyId, historyPageToken } = from;
  const excluded = await exclusion.ids();
  const query = { startHistoryId: historyId, maxResults: limit, pageToken: historyPageToken };
  const history = await client.listHistory({ ...query, withRemovedLabels: excluded.size > 0 });
  const { ids, cursor, caughtUp } = placeAfterHistory(from, history, limit, excluded);
  const found = await readMessages(client, ids);
  const read = await withoutExcluded(found, exclusion);
  const messages = read.filter(({ labelIds }) => isMail(labelIds)).map(toMailboxMessage);
  return { messages: inOrderOfCommit(messages), cursor, caughtUp };
}

async function withoutExcluded(found: readonly GmailMessage[], exclusion: LabelExclusion): Promise<GmailMessage[]> {
  const excluded = await exclusion.ids(found.flatMap(({ labelIds }) => labelIds));
  return found.filter(({ labelIds }) => !labelIds.some((label) => excluded.has(label)));
}

/** Those that still exist; a message may be deleted between its listing and its reading. */
async function readMessages(client: GmailClient, ids: readonly string[]): Promise<GmailMessage[]> {
  const found = await client.getMessages(ids);
  return found.filter((message) => message !== undefined);
}

async function waitForOtherHistoryId(
  client: GmailClient,
  readUpTo: string | undefined,
  pollIntervalMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (pollIntervalMs === undefined) return await pause(undefined, signal);
    const known = readUpTo ?? (signal.aborted ? '' : await client.historyId(signal));
    do await pause(pollIntervalMs, signal);
    while ((await client.historyId(signal)) === known);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
