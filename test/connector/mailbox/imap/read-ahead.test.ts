import { expect } from 'chai';

import { readAhead } from '../../../../connector/src/mailbox/imap/read-ahead.ts';
import type { Cursor, MailboxMessage, Page } from '../../../../connector/src/mailbox/mailbox.ts';

const cursorAt = (lastUid: number): Cursor => ({
  provider: 'imap',
  version: 1,
  since: '2026-01-01T00:00:00.000Z',
  folders: { INBOX: { uidValidity: '7', lastUid, datedUpTo: 0 } },
});
const lastUid = (cursor: Cursor): number => (cursor.provider === 'imap' ? cursor.folders.INBOX!.lastUid : NaN);

describe('reading ahead', () => {
  /** A mailbox of endless pages, the places from which they were asked for, and the calls that fail, counted from 1. */
  function endless(size: number) {
    const asked: number[] = [];
    const failing = new Set<number>();
    const readPage = readAhead(async (cursor, limit) => {
      const call = asked.push(lastUid(cursor));
      await Promise.resolve();
      if (failing.has(call)) throw new Error(`call ${call} fails`);
      const message = (): MailboxMessage => ({ reference: 'x', folder: 'other', receivedAt: new Date(0), fields: [] });
      const page: Page = {
        messages: Array.from({ length: Math.min(size, limit) }, message),
        cursor: cursorAt(lastUid(cursor) + limit),
        caughtUp: lastUid(cursor) >= 3_000,
      };
      return { page };
    });
    return { asked, failing, readPage };
  }

  it('reads the next page of a large one before it is asked for, and once', async () => {
    const { asked, readPage } = endless(500);
    const first = await readPage(cursorAt(0), 500);
    expect(asked).to.deep.equal([0, 500]);
    const second = await readPage(JSON.parse(JSON.stringify(first.page.cursor)) as Cursor, 500);
    expect(lastUid(second.page.cursor)).to.equal(1_000);
    expect(asked).to.deep.equal([0, 500, 1_000]);
  });

  it('leaves small pages until they are asked for', async () => {
    const { asked, readPage } = endless(20);
    await readPage(cursorAt(0), 500);
    expect(asked).to.deep.equal([0]);
  });

  it('reads nothing behind the last page', async () => {
    const { asked, readPage } = endless(500);
    await readPage(cursorAt(3_000), 500);
    expect(asked).to.deep.equal([3_000]);
  });

  it('reads again for whoever comes with another place or asks for another number', async () => {
    const { asked, readPage } = endless(500);
    await readPage(cursorAt(0), 500);
    expect(lastUid((await readPage(cursorAt(0), 500)).page.cursor)).to.equal(500);
    expect(lastUid((await readPage(cursorAt(500), 200)).page.cursor)).to.equal(700);
    expect(asked).to.deep.equal([0, 500, 0, 500, 500, 700]);
  });

  it('tries a page again that could not be read ahead, and keeps the failure to itself', async () => {
    const { asked, failing, readPage } = endless(500);
    failing.add(2);
    const { page } = await readPage(cursorAt(0), 500);
    expect(lastUid((await readPage(page.cursor, 500)).page.cursor)).to.equal(1_000);
    expect(asked).to.deep.equal([0, 500, 500, 1_000]);
  });

  it('hands on the failure of a page that cannot be read when it is asked for', async () => {
    const { failing, readPage } = endless(500);
    failing.add(2).add(3);
    const { page } = await readPage(cursorAt(0), 500);
    const failure = await readPage(page.cursor, 500).catch((error: Error) => error.message);
    expect(failure).to.equal('call 3 fails');
  });
});
