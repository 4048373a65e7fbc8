import { expect } from 'chai';

import { createUnitBudget } from '../../../../connector/src/mailbox/gmail/unit-budget.ts';

describe('the budget of quota units', () => {
  let clock: number;
  let waits: number[];
  const never = new AbortController().signal;

  beforeEach(() => {
    clock = 5_000;
    waits = [];
  });

  const open = (unitsPerMinute: number) =>
    createUnitBudget(
      unitsPerMinute,
      () => clock,
      (milliseconds = 0) => {
        waits.push(milliseconds);
        clock += milliseconds;
        return Promise.resolve();
      },
    );

  it('lets units be spent at once as long as the minute has some', async () => {
    const budget = open(100);
    for (let call = 0; call < 5; call++) await budget.spend(20, never);
    expect(waits).to.deep.equal([]);
  });

  it('never spends more than a minute has in any minute', async () => {
    const budget = open(100);
    const spent: number[] = [];
    for (let call = 0; call < 40; call++) {
      await budget.spend(20, never);
      spent.push(clock);
      clock += 3_000;
    }
    for (const at of spent) expect(spent.filter((other) => other >= at && other < at + 60_000).length).to.be.at.most(5);
    expect(waits.length).to.be.greaterThan(0);
  });

  it('serves those who wait in the order in which they came', async () => {
    const budget = open(10);
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((call) => budget.spend(10, never).then(() => order.push(call))));
    expect(order).to.deep.equal([1, 2, 3]);
  });

  it('lets a call through that alone is dearer than a minute', async () => {
    await open(10).spend(100, never);
    expect(waits).to.deep.equal([]);
  });

  it('ends the wait of a mailbox that is closed, and goes on for the next', async () => {
    const budget = open(10);
    const closed = budget.spend(10, AbortSignal.abort(new Error('closed')));
    const next = budget.spend(10, never);
    expect(await closed.catch((error: Error) => error.message)).to.equal('closed');
    await next;
  });
});
