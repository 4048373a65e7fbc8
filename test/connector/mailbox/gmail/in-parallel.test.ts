import { expect } from 'chai';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { inParallel } from '../../../../connector/src/mailbox/gmail/in-parallel.ts';

describe('inParallel', () => {
  it('keeps the order of the items and the width', async () => {
    let running = 0;
    let widest = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (turns) => {
      widest = Math.max(widest, ++running);
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      running -= 1;
      return turns * 10;
    });
    expect(results).to.deep.equal([50, 10, 40, 20, 30]);
    expect(widest).to.equal(2);
  });

  it('begins nothing more after a failure', async () => {
    const begun: number[] = [];
    const attempt = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item);
      await nextTurn();
      if (item === 1) throw new Error('first');
    });
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(error).to.have.property('message', 'first');
    expect(begun.length).to.be.at.most(3);
  });

  it('gives nothing for nothing', async () => {
    expect(await inParallel([], 8, () => Promise.resolve(1))).to.deep.equal([]);
  });
});
