import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { occurrences } from '../../scripts/faults/switch-off.ts';
import { runSeeds } from '../../scripts/simulate/run-seeds.ts';
import { BUGS, bugOf } from './bugs.ts';
import { simulateSeed } from './simulate-seed.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('the simulation', function () {
  this.timeout(300_000);

  it('finds every promise held, whatever crashes, pauses and faults the seeds draw', async () => {
    const totals = await runSeeds({ from: 1, count: 120, threads: 2, enough: 10 });
    expect(totals.violations.map(({ seed, violation }) => `seed ${seed}: ${violation?.words}`)).to.deep.equal([]);
    expect(totals.seeds).to.equal(120);
    expect(totals.safety).to.equal(30);
    // That much has to happen for the promises to be tried at all.
    for (const happened of ['tasks', 'crashes', 'faults'] as const) expect(totals[happened]).to.be.above(100);
  });

  it('plays the same morning for the same seed, to the millisecond', async () => {
    const tellings = [[], [], []] as string[][];
    for (const lines of tellings) await simulateSeed(77, { log: (line) => lines.push(line) });
    expect(tellings[0]).to.have.length.above(50);
    expect(tellings[1]).to.deep.equal(tellings[0]);
    expect(tellings[2]).to.deep.equal(tellings[0]);
  });

  describe('with a bug planted', () => {
    // From a seed on that finds it soon; npm run simulate -- --bugs looks for all of them from the first seed on.
    const near = {
      ...{ 'write-skew': 190, 'cursor-before-page': 1, 'no-fence': 1, 'lost-place-from-now': 1 },
      ...{ 'neighbours-go-down': 135, 'own-answer-uncounted': 1, 'settled-for-good': 89 },
    };
    for (const [name, seed] of Object.entries(near)) {
      it(`finds it: ${bugOf(name).what}`, async () => {
        const { violations } = await runSeeds({ from: seed, count: 120, threads: 2, bug: name, enough: 1 });
        expect(violations).to.have.length.above(0);
      });
    }
  });

  for (const { name, file, find } of BUGS) {
    it(`can plant ${name}`, () => {
      expect(occurrences(readFileSync(join(ROOT, file), 'utf8'), find), `${file}: ${find}`).to.equal(1);
    });
  }
});
