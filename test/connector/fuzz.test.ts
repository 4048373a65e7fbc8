import { createRandom, mutate } from '../../scripts/fuzz/mutate.ts';
import { TARGETS } from '../../scripts/fuzz/targets.ts';

/** Long runs are recorded in `connector/docs/fuzz-run.txt`; this is a moment of one. */
const INPUTS = 1_000;
/** Those who issue tokens are asked by the clients of Google and Microsoft, which take a millisecond. */
const SLOW_INPUTS = 100;

describe('what strangers and providers write', () => {
  for (const [name, { seeds, dialect, check }] of Object.entries(TARGETS)) {
    it(`keeps every promise when the target ${name} is fuzzed for a moment`, async () => {
      const corpus = seeds();
      const random = createRandom(1);
      const mutated = Array.from({ length: name === 'tokens' ? SLOW_INPUTS : INPUTS }, () =>
        mutate(corpus, random, dialect),
      );
      for (const input of [...corpus, ...mutated]) await check(Buffer.from(input, 'latin1'));
    }).timeout(30_000);
  }
});
