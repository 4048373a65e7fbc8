import { expect } from 'chai';

import type { Direction } from '../../../scripts/bench/benchmark.ts';
import { formatTable, resultJson, verdictOn, type Result } from '../../../scripts/bench/report.ts';
import { median, percentile, ratioOfRounds } from '../../../scripts/bench/statistics.ts';

function result(outcome: Result['outcome'], direction: Direction = 'at most', goal = 0.5): Result {
  return { benchmark: { name: 'some-path', title: 'this / that', direction, goal }, outcome };
}

const measured = (ratio: number): Result['outcome'] => ({ ratio, words: '1 of 2', detail: { rounds: 3 } });

describe('the report of a benchmark', () => {
  it('counts a goal that is met exactly as reached', () => {
    expect(verdictOn(result(measured(0.5)))).to.equal('reached');
    expect(verdictOn(result(measured(0.51)))).to.equal('missed');
    expect(verdictOn(result(measured(0.5), 'at least'))).to.equal('reached');
    expect(verdictOn(result(measured(0.49), 'at least'))).to.equal('missed');
  });

  it('gives no ratio and the reason when it was skipped or failed', () => {
    const common = { name: 'some-path', ratio: null, direction: 'at most', goal: 0.5 };
    expect(resultJson(result({ skipped: 'no server' }))).to.deep.equal({ ...common, detail: { skipped: 'no server' } });
    expect(resultJson(result({ failed: 'no disk' }))).to.deep.equal({ ...common, detail: { failed: 'no disk' } });
  });

  it('shows small ratios without an exponent, and the reason where there is none', () => {
    const results = [result(measured(0.0012), 'at most', 0.0012), result({ skipped: 'no server' }, 'at least', 1)];
    const table = formatTable(results, process.stdout);
    expect(table).to.contain('0.0012').and.to.contain('at most 0.0012').and.to.contain('reached');
    expect(table).to.contain('at least 1').and.to.contain('skipped').and.to.contain('no server');
  });
});

describe('the statistics of a benchmark', () => {
  it('take the middle of an odd number of rounds and between the two of an even one', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 3, 2])).to.equal(2.5);
  });

  it('take the percentile by the nearest rank', () => {
    const delays = Array.from({ length: 40 }, (_, place) => place + 1);
    expect(percentile(delays, 0.95)).to.equal(38);
    expect(percentile([7], 0.95)).to.equal(7);
  });

  it('divide round by round, so that a slow round slows both sides', () => {
    expect(ratioOfRounds([1, 10, 3], [2, 20, 4])).to.deep.equal({ median: 0.5, lowest: 0.5, highest: 0.75 });
  });
});
