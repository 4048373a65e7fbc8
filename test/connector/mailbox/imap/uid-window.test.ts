import { expect } from 'chai';

import { hasNews, nextWindow, startingPlace } from '../../../../connector/src/mailbox/imap/uid-window.ts';

const status = (uidNext: number, messages = 1, uidValidity = '7') => ({ uidValidity, uidNext, messages });
const place = (lastUid: number, datedUpTo = 0, uidValidity = '7') => ({ uidValidity, lastUid, datedUpTo });

describe('startingPlace', () => {
  it('goes on from a place whose UIDs still count', () => {
    expect(startingPlace(place(40, 30), status(100))).to.deep.equal(place(40, 30));
  });

  it('begins a folder that was never read, and dates what is in it', () => {
    expect(startingPlace(undefined, status(100))).to.deep.equal(place(0, 99));
  });

  it('begins again where UIDVALIDITY changed', () => {
    expect(startingPlace(place(40, 30), status(100, 1, '8'))).to.deep.equal(place(0, 99, '8'));
  });

  it('passes over UIDs that no message has any more', () => {
    expect(startingPlace(undefined, status(100, 0))).to.deep.equal(place(99, 99));
  });
});

describe('hasNews', () => {
  it('is true as long as a UID may be unread', () => {
    expect([0, 98, 99, 200].map((lastUid) => hasNews(place(lastUid), status(100)))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is false in a folder that never held a message', () => {
    expect(hasNews(place(0), status(1, 0))).to.equal(false);
  });
});

describe('nextWindow', () => {
  it('covers what is new, whatever its date', () => {
    expect(nextWindow(place(99, 50), status(103), 0)).to.deep.equal({ from: 100, to: 102, dated: false });
  });

  it('ends where the dated part ends', () => {
    expect(nextWindow(place(10, 50), status(103), 0)).to.deep.equal({ from: 11, to: 50, dated: true });
  });

  it('is bounded in a large folder', () => {
    expect(nextWindow(place(0, 999_999), status(1_000_000), 0)).to.deep.equal({ from: 1, to: 5000, dated: true });
  });

  it('widens over empty stretches until the largest UID is reached', () => {
    const largest = 0xffff_ffff;
    let [last, steps] = [0, 0];
    for (let window; (window = nextWindow(place(last, largest), status(largest + 1), steps)); steps += 1)
      last = window.to;
    expect([last, steps < 25]).to.deep.equal([largest, true]);
  });

  it('is absent at the end', () => {
    expect(nextWindow(place(102), status(103), 0)).to.equal(undefined);
  });
});
