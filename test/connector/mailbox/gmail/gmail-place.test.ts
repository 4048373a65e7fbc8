import { expect } from 'chai';

import type { GmailHistory } from '../../../../connector/src/mailbox/gmail/gmail-answer.ts';
import type { GmailCursor } from '../../../../connector/src/mailbox/gmail/gmail-cursor.ts';
import {
  openingPlace,
  placeAfterHistory,
  placeAfterListing,
} from '../../../../connector/src/mailbox/gmail/gmail-place.ts';

const SINCE = '2026-11-01T00:00:00.000Z';
const AT = Date.parse(SINCE);
const base = { provider: 'gmail', version: 1, historyId: '100' } as const;
const listing = (stage: 'sent' | 'all', pageToken?: string): GmailCursor => ({
  ...base,
  listing: { since: SINCE, stage, ...(pageToken !== undefined && { pageToken }) },
});

describe('openingPlace', () => {
  it('begins with the sent mail', () => {
    expect(openingPlace('100', new Date(SINCE))).to.deep.equal(listing('sent'));
  });
});

describe('placeAfterListing', () => {
  const rows: readonly {
    readonly title: string;
    readonly from: GmailCursor;
    readonly nextPageToken?: string;
    readonly dates: readonly number[];
    readonly to: GmailCursor;
  }[] = [
    {
      title: 'follows the page token',
      from: listing('sent'),
      nextPageToken: 'p2',
      dates: [AT],
      to: listing('sent', 'p2'),
    },
    {
      title: 'replaces the page token by the next one',
      from: listing('all', 'p2'),
      nextPageToken: 'p3',
      dates: [AT + 1],
      to: listing('all', 'p3'),
    },
    {
      title: 'goes from sent to all after the last page',
      from: listing('sent', 'p2'),
      dates: [AT],
      to: listing('all'),
    },
    { title: 'goes from all to the history after the last page', from: listing('all'), dates: [], to: base },
    {
      title: 'ends the stage when every message is older',
      from: listing('sent'),
      nextPageToken: 'p2',
      dates: [AT - 1, AT - 2],
      to: listing('all'),
    },
    {
      title: 'goes on when one message is old and another is not',
      from: listing('all'),
      nextPageToken: 'p2',
      dates: [AT - 1, AT],
      to: listing('all', 'p2'),
    },
    {
      title: 'goes on when every message of the page has vanished',
      from: listing('all'),
      nextPageToken: 'p2',
      dates: [],
      to: listing('all', 'p2'),
    },
    { title: 'leaves a place in the history alone', from: base, nextPageToken: 'p2', dates: [], to: base },
  ];
  for (const { title, from, nextPageToken, dates, to } of rows) {
    it(title, () => {
      expect(placeAfterListing(from, { ids: [], nextPageToken }, dates)).to.deep.equal(to);
    });
  }
});

describe('placeAfterHistory', () => {
  const added = (
    id: string,
    ...messages: readonly (string | readonly [string, string])[]
  ): GmailHistory['records'][0] => ({
    id,
    added: messages.map((message) =>
      typeof message === 'string' ? { id: message, labelIds: ['INBOX'] } : { id: message[0], labelIds: [message[1]] },
    ),
    labelled: [],
    unlabelled: [],
  });
  const labelled = (id: string, message: string, label: string): GmailHistory['records'][0] => ({
    id,
    added: [],
    labelled: [{ id: message, labelIds: [label] }],
    unlabelled: [],
  });
  const end = { historyId: '900', nextPageToken: undefined };

  const rows: readonly {
    readonly title: string;
    readonly history: GmailHistory;
    readonly limit?: number;
    readonly ids: readonly string[];
    readonly cursor: GmailCursor;
    readonly caughtUp: boolean;
  }[] = [
    {
      title: 'takes the id of the answer at the end',
      history: { records: [], ...end },
      ids: [],
      cursor: { ...base, historyId: '900' },
      caughtUp: true,
    },
    {
      title: 'keeps the start and follows the page token in the middle',
      history: { records: [added('101', 'a')], historyId: '900', nextPageToken: 'p2' },
      ids: ['a'],
      cursor: { ...base, historyPageToken: 'p2' },
      caughtUp: false,
    },
    {
      title: 'reads a message once that was added and moved',
      history: { records: [added('101', 'a'), labelled('102', 'a', 'INBOX'), added('103', 'b')], ...end },
      ids: ['a', 'b'],
      cursor: { ...base, historyId: '900' },
      caughtUp: true,
    },
    {
      title: 'passes over drafts, chats and labels of the user',
      history: {
        records: [added('101', ['a', 'DRAFT'], ['b', 'CHAT'], ['c', 'TRASH']), labelled('102', 'd', 'STARRED')],
        ...end,
      },
      ids: ['c'],
      cursor: { ...base, historyId: '900' },
      caughtUp: true,
    },
    {
      title: 'stops before the record that passes the limit',
      history: { records: [added('101', 'a'), labelled('102', 'x', 'Label_1'), added('103', 'b', 'c')], ...end },
      limit: 2,
      ids: ['a'],
      cursor: { ...base, historyId: '102' },
      caughtUp: false,
    },
    {
      title: 'takes a single record whole although it passes the limit',
      history: { records: [added('101', 'a', 'b', 'c'), added('102', 'd')], ...end },
      limit: 2,
      ids: ['a', 'b', 'c'],
      cursor: { ...base, historyId: '101' },
      caughtUp: false,
    },
  ];
  for (const { title, history, limit = 10, ...place } of rows) {
    it(title, () => {
      expect(placeAfterHistory(base, history, limit)).to.deep.equal(place);
    });
  }
});
