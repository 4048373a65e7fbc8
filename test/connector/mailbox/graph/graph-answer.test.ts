import { expect } from 'chai';

import { createFolderExclusion } from '../../../../connector/src/mailbox/graph/folder-exclusion.ts';
import {
  parseCount,
  parseFolderId,
  parseMessage,
  parseMessageDelta,
  parseMessageList,
  UnreadableAnswer,
} from '../../../../connector/src/mailbox/graph/graph-answer.ts';
import { parseBatch } from '../../../../connector/src/mailbox/graph/graph-batch.ts';

const MESSAGE = { id: 'AAMkAGI2_-mail-0001=', receivedDateTime: '2026-03-02T08:30:00Z' };
const message = (more: object): object => ({ ...MESSAGE, ...more });

describe('the answers of Microsoft Graph', () => {
  it('may hold a message of which nothing is known but its id and its time', () => {
    expect(parseMessage(MESSAGE)).to.deep.equal({
      ...{ id: MESSAGE.id, receivedAt: Date.parse(MESSAGE.receivedDateTime), isDraft: false, isMeetingMessage: false },
      ...{ headers: undefined, properties: [] },
    });
  });

  it('may hold a draft, whose time is the first that can be written', () => {
    expect(parseMessage(message({ receivedDateTime: '0001-01-01T00:00:00Z' })).receivedAt).to.be.lessThan(0);
  });

  const unreadable: readonly (readonly [title: string, read: () => unknown])[] = [
    ['text', () => parseMessageList('<html>')],
    ['no list', () => parseMessageList({})],
    ['an id that could not be asked for again', () => parseMessage(message({ id: 'a/../../me' }))],
    ['an id longer than any', () => parseMessage(message({ id: 'A'.repeat(2000) }))],
    ['a folder whose id is half a character', () => parseFolderId({ id: 'AAMk\ud800' })],
    ['a time before all times', () => parseMessage(message({ receivedDateTime: '-271821-04-20T00:00:00Z' }))],
    ['a time after all times', () => parseMessage(message({ receivedDateTime: '+275760-09-13T00:00:00Z' }))],
    ['fewer messages than none', () => parseCount({ '@odata.count': -1 })],
    ['a link that no server takes', () => parseMessageDelta({ value: [], '@odata.deltaLink': 'x'.repeat(20_000) })],
    ['a batch without an answer to each call', () => parseBatch({ responses: [{ id: '1', status: 200 }] }, 2)],
  ];
  for (const [title, read] of unreadable) {
    it(`are unreadable with ${title}`, () => {
      expect(read).to.throw(UnreadableAnswer);
    });
  }

  it('are taken to an end when the uppermost folder lies in itself', () => {
    const names = new Map([['AAMkRoot=', 'msgfolderroot']]);
    const exclusion = createFolderExclusion(['Private'], names, [], { address: 'a@b', log: () => undefined });
    const folder = { removed: false, holdsMessages: true };
    exclusion.learn([
      { ...folder, id: 'AAMkRoot=', name: 'Top', parentId: 'AAMkRoot=' },
      { ...folder, id: 'AAMkPrivate=', name: 'Private', parentId: 'AAMkRoot=' },
    ]);
    expect(['AAMkRoot=', 'AAMkPrivate='].map((id) => exclusion.excludes(id))).to.deep.equal([false, true]);
  });
});
