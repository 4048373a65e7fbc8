import { expect } from 'chai';

import {
  createConnectionSlots,
  type ConnectionSlot,
  type Purpose,
} from '../../../connector/src/mailbox/connection-slots.ts';
import { until } from '../../servers/poll.ts';

const SERVER = 'imap.example.test:993';
const LONG = 60_000;

describe('connection slots', () => {
  const never = new AbortController().signal;

  /** Asks for a slot and notes the name once it is there. */
  function applicants(slots: ReturnType<typeof createConnectionSlots>) {
    const served: string[] = [];
    const ask = async (name: string, purpose: Purpose = 'read', signal = never): Promise<ConnectionSlot> => {
      const slot = await slots.take(SERVER, purpose, signal);
      served.push(name);
      return slot;
    };
    return { served, ask };
  }

  it('are as many as the limit says, and freed ones go to those who wait, in their order', async () => {
    const { served, ask } = applicants(createConnectionSlots({ open: 2 }));
    const first = await ask('a');
    const second = await ask('b');
    const later = [ask('c'), ask('d')];
    expect(served).to.deep.equal(['a', 'b']);
    second.release();
    await later[0];
    expect(served).to.deep.equal(['a', 'b', 'c']);
    first.release();
    await later[1];
  });

  it('of one server do not count for another', async () => {
    const slots = createConnectionSlots({ open: 1 });
    await slots.take(SERVER, 'read', never);
    await slots.take('other.example.test:993', 'read', never);
  });

  it('are given to those who want to read before those who want to wait', async () => {
    const { served, ask } = applicants(createConnectionSlots({ open: 1 }));
    const slot = await ask('holder');
    const waiting = ask('waits', 'wait');
    const reading = ask('reads');
    slot.release();
    (await reading).release();
    await waiting;
    expect(served).to.deep.equal(['holder', 'reads', 'waits']);
  });

  it('are given up by the one who has waited longest when another wants to read, and by no second one', async () => {
    const { ask } = applicants(createConnectionSlots({ open: 2, turnMs: LONG }));
    const asked: string[] = [];
    const idle = async (name: string): Promise<void> => {
      const slot = await ask(name, 'wait');
      slot.yieldable('wait', () => {
        asked.push(name);
        slot.release();
      });
    };
    await idle('longest');
    await idle('later');
    await ask('reader');
    expect(asked).to.deep.equal(['longest']);
  });

  it('are never taken from one who reads', async () => {
    const { served, ask } = applicants(createConnectionSlots({ open: 1, restMs: 0, turnMs: 0 }));
    const reader = await ask('reader');
    reader.yieldable('rest', () => expect.fail('asked to give way while reading'));
    reader.use();
    const other = ask('other');
    expect(served).to.deep.equal(['reader']);
    reader.release();
    await other;
  });

  it('pass on among those who wait, each after its turn', async () => {
    const slots = createConnectionSlots({ open: 1, turnMs: 1 });
    const { served, ask } = applicants(slots);
    const idle = async (name: string): Promise<void> => {
      const slot = await ask(name, 'wait');
      await new Promise<void>((resolve) => slot.yieldable('wait', resolve));
      slot.release();
    };
    const all = ['a', 'b', 'c'].map(idle);
    await until('all to have had a turn', () => Promise.resolve(served.length === 3));
    const last = await ask('reader');
    last.release();
    await Promise.all(all);
  });

  it('are not kept by one who rests when another wants to wait', async () => {
    const { ask } = applicants(createConnectionSlots({ open: 1, restMs: 1, turnMs: LONG }));
    const slot = await ask('rests');
    slot.yieldable('rest', () => slot.release());
    await ask('waits', 'wait');
  });

  it('are not given to one who no longer wants one', async () => {
    const { served, ask } = applicants(createConnectionSlots({ open: 1 }));
    const slot = await ask('holder');
    const end = new AbortController();
    const leaving = ask('leaves', 'read', end.signal).catch((error: Error) => error.name);
    const staying = ask('stays');
    end.abort();
    expect(await leaving).to.equal('AbortError');
    expect(await ask('late', 'read', end.signal).catch((error: Error) => error.name)).to.equal('AbortError');
    slot.release();
    await staying;
    expect(served).to.deep.equal(['holder', 'stays']);
  });

  it('are fewer for a while once the server refused one, and never none', async () => {
    const { served, ask } = applicants(createConnectionSlots({ open: 3 }));
    const first = await ask('first');
    const refused = await ask('refused');
    refused.refused();
    refused.release();
    const second = ask('second');
    expect(served).to.deep.equal(['first', 'refused']);
    first.release();
    (await second).refused();
    (await second).release();
    await ask('third');
  });

  it('are released once', async () => {
    const { served, ask } = applicants(createConnectionSlots({ open: 1 }));
    const slot = await ask('a');
    slot.release();
    slot.release();
    await ask('b');
    void ask('c');
    expect(served).to.deep.equal(['a', 'b']);
  });

  it('let no more logins than allowed run at the same time, also after one that failed', async () => {
    const slots = createConnectionSlots({ open: 10, logins: 2 });
    let running = 0;
    let most = 0;
    const login = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (most > 0) throw new Error('refused');
    };
    const logins = Array.from({ length: 6 }, async () => (await slots.take(SERVER, 'read', never)).login(login));
    const outcomes = await Promise.allSettled(logins);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(Array(6).fill('rejected'));
    expect(most).to.equal(2);
  });
});
