import { expect } from 'chai';
import fc from 'fast-check';

import {
  AT_ONCE,
  budgetState,
  LONGEST_MS,
  nextWriteAt,
  paceMs,
  SHORTEST_MS,
  usedUntilAfter,
  type CallBudget,
} from '../../../connector/src/deliver/pace.ts';
import { NOW } from '../../contract/store-samples.ts';

const budget = (changes: Partial<CallBudget> = {}): CallBudget => ({
  callsInDay: 0,
  dailyCalls: 1000,
  usage: undefined,
  ...changes,
});
const usage = (used: number, limit = 100_000): CallBudget['usage'] => ({ used, limit, at: NOW });
const budgets = fc.record({
  callsInDay: fc.nat(100_000),
  dailyCalls: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
  usage: fc.option(
    fc.record({ used: fc.nat(200_000), limit: fc.integer({ min: 1, max: 100_000 }), at: fc.constant(NOW) }),
    { nil: undefined },
  ),
});
const later = (ms: number, from = NOW): Date => new Date(from.getTime() + ms);

/** Writes as often as the pace allows for a while; returns when. */
function writes(durationMs: number, current: (written: number) => CallBudget): Date[] {
  const times: Date[] = [];
  let used: Date | undefined;
  for (let at = NOW; at < later(durationMs);) {
    const next = nextWriteAt(used, at, current(times.length));
    if (next > at) {
      at = next;
      continue;
    }
    times.push(at);
    used = usedUntilAfter(used, at, current(times.length));
  }
  return times;
}

describe('the pace of writes', () => {
  it('is never faster than the shortest nor slower than the longest, and slows as calls are used', () => {
    fc.assert(
      fc.property(budgets, fc.nat(1000), (before, more) => {
        const pace = paceMs(before);
        expect(pace).to.be.within(SHORTEST_MS, LONGEST_MS);
        expect(paceMs({ ...before, callsInDay: before.callsInDay + more })).to.be.at.least(pace);
        const { usage: told } = before;
        if (told) expect(paceMs({ ...before, usage: { ...told, used: told.used + more } })).to.be.at.least(pace);
      }),
    );
  });

  it('writes the first replies after a quiet while at once, and a stream of them at the pace', () => {
    const times = writes(600_000, () => budget()).map((at) => at.getTime() - NOW.getTime());
    expect(times.slice(0, AT_ONCE + 2)).to.deep.equal([
      ...Array<number>(AT_ONCE).fill(0),
      SHORTEST_MS,
      2 * SHORTEST_MS,
    ]);
    expect(times).to.have.length(AT_ONCE + 600_000 / SHORTEST_MS - 1);
  });

  it('never lets a reply wait for longer than one pace, whatever was written before', () => {
    fc.assert(
      fc.property(budgets, fc.integer({ min: -1e10, max: 1e10 }), fc.nat(20), (current, offset, count) => {
        let used: Date | undefined = later(offset);
        for (let index = 0; index < count; index += 1) used = usedUntilAfter(used, NOW, current);
        const wait = nextWriteAt(used, NOW, current).getTime() - NOW.getTime();
        expect(wait).to.be.within(0, LONGEST_MS);
      }),
    );
  });

  it('makes a day last on any budget, with a stream of replies that never ends', () => {
    for (const dailyCalls of [200, 1000, 5000]) {
      const times = writes(86_400_000, (written) => budget({ callsInDay: written, dailyCalls }));
      expect(times.length).to.be.at.most(dailyCalls);
    }
  });

  it('takes a tenth of what the org may make when nobody has set a budget', () => {
    const at = (callsInDay: number) => budgetState({ callsInDay, dailyCalls: undefined, usage: usage(0) });
    expect([at(7_999), at(8_000), at(10_000)]).to.deep.equal(['ample', 'scarce', 'used-up']);
  });

  it('tells of calls that others in the org have used up', () => {
    const states = [79_999, 80_000, 100_000].map((used) => budgetState(budget({ usage: usage(used) })));
    expect(states).to.deep.equal(['ample', 'scarce', 'used-up']);
  });

  it('does not wait for a time that the clock had before it was set back', () => {
    expect(nextWriteAt(later(3 * 86_400_000), NOW, budget())).to.deep.equal(NOW);
  });
});
