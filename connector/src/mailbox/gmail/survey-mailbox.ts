import type { MailboxSurvey } from '../mailbox.ts';
import type { GmailClient } from './gmail-client.ts';
import { NOT_MAIL } from './gmail-message.ts';

/** The largest page of users.messages.list. */
const PAGE = 500;
/** Pages that one count may take: all five counts together stay below the quota units that a user has in a minute. */
const MOST_PAGES = 20;

/**
 * What a first read would cover. The scope gmail.metadata cannot search by date, so the newest messages of a label are
 * listed by id, and the date of single ones (internalDate, no header field) says how far back the list reaches. More
 * than 10,000 messages of one label are not counted.
 *
 * Trash is read with the rest of the mail. A message with several of the labels (spam that the rep sent) is counted in
 * each, so a number may be off by as many.
 */
export async function surveyMailbox(
  client: GmailClient,
  excluded: ReadonlySet<string>,
  since: Date,
): Promise<MailboxSurvey> {
  const count = (label?: string): Promise<number | undefined> => countSince(client, label, since.getTime());
  const all = await count();
  const sent = await count('SENT');
  const spam = await count('SPAM');
  const others: (number | undefined)[] = [];
  for (const label of new Set([...NOT_MAIL, ...excluded])) if (label !== 'SPAM') others.push(await count(label));
  return {
    folders: [
      { name: 'Sent', kind: 'sent', messages: sent },
      { name: 'All Mail and Trash', kind: 'other', messages: without(all, [sent, spam, ...others]) },
      ...(excluded.has('SPAM') ? [] : [{ name: 'Spam', kind: 'junk' as const, messages: spam }]),
    ],
  };
}

function without(all: number | undefined, parts: readonly (number | undefined)[]): number | undefined {
  const rest = parts.reduce<number>((left, part) => left - (part ?? NaN), all ?? NaN);
  return Number.isNaN(rest) ? undefined : Math.max(rest, 0);
}

/** Messages received at or after an instant; undefined when there are too many to be listed. */
async function countSince(client: GmailClient, label: string | undefined, since: number): Promise<number | undefined> {
  let counted = 0;
  let pageToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { ids, nextPageToken } = await client.listMessages({ label, maxResults: PAGE, pageToken });
    const last = await firstDate(client, ids.toReversed());
    if (last !== undefined && last < since) return counted + (await firstOlder(client, ids, since));
    counted += ids.length;
    if (nextPageToken === undefined) return counted;
    pageToken = nextPageToken;
  }
  return undefined;
}

/** The place of the first message older than an instant in a list that begins with the newest. */
async function firstOlder(client: GmailClient, ids: readonly string[], since: number): Promise<number> {
  let from = 0;
  let to = ids.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const date = await firstDate(client, ids.slice(middle, to));
    if (date !== undefined && date >= since) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The date of the first of these messages that is not gone. */
async function firstDate(client: GmailClient, ids: readonly string[]): Promise<number | undefined> {
  for (const id of ids) {
    const date = await client.internalDate(id);
    if (date !== undefined) return date;
  }
  return undefined;
}
