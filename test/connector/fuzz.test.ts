import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { createRandom, mutate } from '../../scripts/fuzz/mutate.ts';
import { TARGETS } from '../../scripts/fuzz/targets.ts';

/** Long runs are recorded in `connector/docs/fuzz-run.txt`; this is a moment of one. */
const INPUTS = 1_000;
/** Those who issue tokens are asked by the clients of Google and Microsoft, which take a millisecond. */
const SLOW_INPUTS = 100;

const WATCH = new URL('../../scripts/fuzz/watch-for-hangs.ts', import.meta.url).href;

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

describe('an input that never comes to an end', () => {
  it('is printed, and ends the process', async () => {
    const program = `import { watchForHangs } from ${JSON.stringify(WATCH)};
      const begins = await watchForHangs(50, 7);
      begins(Buffer.from('first'));
      begins(Buffer.from('hang'));
      for (;;);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 2] });
    const printed = text(child.stdout!);
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    expect(signal).to.equal('SIGKILL');
    expect(await printed).to.equal(`fuzz: failed with seed 7: has not ended after 50 ms\n68616e67\n`);
  });
});
