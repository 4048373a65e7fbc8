import { expect } from 'chai';

import { noteListening } from '../../../connector/src/watch/note-listening.ts';
import { NOW } from '../../contract/store-samples.ts';

describe('what is stored of the connection of a watch', () => {
  let now: number;
  let stored: unknown[];
  let note: (listens: boolean) => void;
  const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    now = 0;
    stored = [];
    note = noteListening('7', {
      store: {
        recordPush: (id, until, renewAt) => Promise.resolve(void stored.push([id, until, renewAt])),
        scheduleSweeps: (sweeps) => Promise.resolve(void stored.push(...sweeps)),
      },
      onError: (error) => stored.push(error),
      now: () => minutes(now),
    });
  });

  it('is that it can be relied on for a quarter of an hour, once in five minutes of signs of life', async () => {
    for (; now < 10; now += 1) note(true);
    await settled();
    expect(stored).to.deep.equal([
      ['7', minutes(15), undefined],
      ['7', minutes(20), undefined],
    ]);
  });

  it('is that nobody tells of anything any more, and that the mailbox is to be looked into, once', async () => {
    note(true);
    now = 1;
    note(false);
    note(false);
    await settled();
    expect(stored.slice(1)).to.deep.equal([['7', undefined, undefined], { mailboxId: '7', at: minutes(1) }]);
    note(true);
    await settled();
    expect(stored.slice(3)).to.deep.equal([['7', minutes(16), undefined]]);
  });

  it('is the same for one that was never there: a process before this one may have relied on it', async () => {
    note(false);
    await settled();
    expect(stored).to.deep.equal([['7', undefined, undefined], { mailboxId: '7', at: NOW }]);
  });
});
