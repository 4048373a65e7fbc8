import { expect } from 'chai';

import {
  parseHistory,
  parseHistoryId,
  parseMessage,
  parseMessageList,
  UnreadableAnswer,
} from '../../../../connector/src/mailbox/gmail/gmail-answer.ts';

describe('the answers of the Gmail API', () => {
  it('may leave out every list that is empty', () => {
    expect(parseMessageList({})).to.deep.equal({ ids: [], nextPageToken: undefined });
    expect(parseHistory({ historyId: '7' })).to.deep.equal({ records: [], historyId: '7', nextPageToken: undefined });
    expect(parseMessage({ id: 'a', internalDate: '0' })).to.deep.equal({
      id: 'a',
      threadId: undefined,
      labelIds: [],
      internalDate: 0,
      fields: [],
    });
  });

  it('keep a history id that no number holds', () => {
    expect(parseHistoryId({ historyId: '18446744073709551615' })).to.equal('18446744073709551615');
  });

  it('keep repeated header fields in order and a field without a value', () => {
    const headers = [{ name: 'To', value: 'a' }, { name: 'Subject' }, { name: 'to', value: 'b' }];
    expect(parseMessage({ id: 'a', internalDate: '0', payload: { headers } }).fields).to.deep.equal([
      ['To', 'a'],
      ['Subject', ''],
      ['to', 'b'],
    ]);
  });

  const unreadable: readonly (readonly [title: string, read: () => unknown])[] = [
    ['text', () => parseMessageList('<html>')],
    ['null', () => parseHistory(null)],
    ['a member that was not asked for', () => parseMessageList({ status: 'ok' })],
    ['a list', () => parseMessageList([])],
    ['messages that are no list', () => parseMessageList({ messages: { id: 'a' } })],
    ['a message without an id', () => parseMessageList({ messages: [{}] })],
    ['an inherited member', () => parseHistoryId(Object.create({ historyId: '7' }))],
    ['a history id that is a number', () => parseHistoryId({ historyId: 7 })],
    ['a history id that is no number', () => parseHistoryId({ historyId: '7 OR 1' })],
    ['an id that could not be asked for', () => parseMessageList({ messages: [{ id: 'a\ud800' }] })],
    ['a message whose id is a path', () => parseMessage({ id: '../me', internalDate: '0' })],
    ['a history record whose id is no place', () => parseHistory({ historyId: '7', history: [{ id: 'x' }] })],
    ['a page token longer than any', () => parseMessageList({ nextPageToken: '0'.repeat(5000) })],
    ['a history record without an id', () => parseHistory({ historyId: '7', history: [{}] })],
    [
      'an added message that is missing',
      () => parseHistory({ historyId: '7', history: [{ id: '1', messagesAdded: [{}] }] }),
    ],
    ['a message without a time', () => parseMessage({ id: 'a' })],
    ['a time that is null', () => parseMessage({ id: 'a', internalDate: null })],
    ['a time that is none', () => parseMessage({ id: 'a', internalDate: '99999999999999999' })],
    ['a header field without a name', () => parseMessage({ id: 'a', internalDate: '0', payload: { headers: [{}] } })],
  ];
  for (const [title, read] of unreadable) {
    it(`are unreadable with ${title}`, () => {
      expect(read).to.throw(UnreadableAnswer);
    });
  }
});
