import type { GmailHistory, GmailHistoryRecord, GmailMessageList } from './gmail-answer.ts';
import type { GmailCursor } from './gmail-cursor.ts';
import { isMail } from './gmail-message.ts';

/** The place of a first read. `historyId` was asked before anything is listed, so that nothing falls in between. */
export function openingPlace(historyId: string, since: Date): GmailCursor {
  return { provider: 'gmail', version: 1, historyId, listing: { since: since.toISOString(), stage: 'sent' } };
}

/**
 * The place after one answer of messages.list. Gmail lists the newest message first, so a page whose messages are all
 * older than the first day asked for ends its stage; one old message alone does not, because an imported message may
 * stand anywhere. Sent is read first, then everything, then the history.
 *
 * @param dates internalDate of the listed messages that still exist, in milliseconds
 */
export function placeAfterListing(
  cursor: GmailCursor,
  { nextPageToken }: GmailMessageList,
  dates: readonly number[],
): GmailCursor {
  const { listing, ...rest } = cursor;
  if (listing === undefined) return cursor;
  const since = Date.parse(listing.since);
  const passedSince = dates.length > 0 && dates.every((date) => date < since);
  const { stage } = listing;
  if (nextPageToken !== undefined && !passedSince) {
    return { ...rest, listing: { since: listing.since, stage, pageToken: nextPageToken } };
  }
  return stage === 'sent' ? { ...rest, listing: { since: listing.since, stage: 'all' } } : rest;
}

/** The messages of one answer of history.list that are to be read, and the place after them. */
export interface HistoryPlace {
  readonly ids: readonly string[];
  readonly cursor: GmailCursor;
  readonly caughtUp: boolean;
}

/**
 * Takes at most `limit` messages; `excluded` are ids of labels whose loss brings a message in. A record may hold several: when they do not fit, the place is the last record that
 * did, for a history goes on after the id of any of its records; a single record that alone holds more is taken whole.
 */
export function placeAfterHistory(
  cursor: GmailCursor,
  history: GmailHistory,
  limit: number,
  excluded: ReadonlySet<string> = new Set(),
): HistoryPlace {
  const { provider, version, historyId } = cursor;
  const ids = new Set<string>();
  let taken: GmailHistoryRecord | undefined;
  for (const record of history.records) {
    const fresh = arrivals(record, excluded).filter((id) => !ids.has(id));
    if (taken !== undefined && ids.size > 0 && ids.size + fresh.length > limit) {
      return { ids: [...ids], cursor: { provider, version, historyId: taken.id }, caughtUp: false };
    }
    for (const id of fresh) ids.add(id);
    taken = record;
  }
  const { nextPageToken } = history;
  return nextPageToken === undefined
    ? { ids: [...ids], cursor: { provider, version, historyId: history.historyId }, caughtUp: true }
    : { ids: [...ids], cursor: { provider, version, historyId, historyPageToken: nextPageToken }, caughtUp: false };
}

/** Labels that bring a message in without adding it: moved back to the inbox from trash or spam, or a draft sent. */
const ARRIVING = ['INBOX', 'SENT'];

function arrivals({ added, labelled, unlabelled }: GmailHistoryRecord, excluded: ReadonlySet<string>): string[] {
  return [
    ...added.filter(({ labelIds }) => isMail(labelIds)),
    ...labelled.filter(({ labelIds }) => labelIds.some((label) => ARRIVING.includes(label))),
    ...unlabelled.filter(({ labelIds }) => labelIds.some((label) => excluded.has(label))),
  ].map(({ id }) => id);
}
