import { expect } from 'chai';

import { createTurns } from '../../../connector/src/mailbox/turns.ts';

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

describe('turns', () => {
  it('come one at a time, in the order in which they were asked for', async () => {
    const turns = createTurns();
    const seen: string[] = [];
    const task = (name: string) => async (): Promise<void> => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
    };
    await Promise.all([turns.take(task('first')), turns.take(task('second'))]);
    expect(seen).to.deep.equal(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('tell the holder when another waits', async () => {
    const turns = createTurns();
    const holder = turns.take(aborted);
    expect(await turns.take(() => Promise.resolve('done'))).to.equal('done');
    await holder;
  });

  it('tell a holder at once when others waited before it began', async () => {
    const turns = createTurns();
    const all = [turns.take(() => Promise.resolve()), turns.take(aborted), turns.take(() => Promise.resolve())];
    await Promise.all(all);
  });

  it('go on after a task that failed', async () => {
    const turns = createTurns();
    const failed = turns.take(() => Promise.reject(new Error('no')));
    expect(await turns.take(() => Promise.resolve('next'))).to.equal('next');
    expect(await failed.catch((error: Error) => error.message)).to.equal('no');
  });
});
