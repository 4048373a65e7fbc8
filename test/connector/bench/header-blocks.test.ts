import { expect } from 'chai';

import { parseReadFields } from '../../../connector/src/mail/header-block.ts';
import { fieldValue } from '../../../connector/src/mail/header-field.ts';
import { makeHeaderBlocks } from '../../../scripts/bench/header-blocks.ts';
import { countAnswers, createMemoryIndex } from '../../../scripts/bench/pure-path.ts';
import { trackedId } from '../../../scripts/bench/sample-mail.ts';

describe('the mail that is benchmarked', () => {
  const wanted = { count: 2000, seed: 1, trackedId, tracked: 500 };
  const samples = makeHeaderBlocks(wanted);

  it('has header blocks of about 3 KB', () => {
    const mean = samples.reduce((sum, { bytes }) => sum + bytes.length, 0) / samples.length;
    expect(mean).to.be.within(2900, 3400);
  });

  it('is alike for the same seed and never twice the same mail', () => {
    expect(makeHeaderBlocks(wanted)).to.deep.equal(samples);
    const ids = samples.map(({ bytes }) => fieldValue(parseReadFields(bytes), 'Message-ID'));
    expect(new Set(ids).size).to.equal(samples.length);
  });

  it('answers tracked mail about three times in a hundred, and the header path finds each of these', () => {
    const answers = samples.filter((sample) => sample.answers !== undefined).length;
    expect(answers / samples.length).to.be.within(0.015, 0.045);
    expect(countAnswers(samples, createMemoryIndex(500))).to.deep.equal({ blocks: samples.length, answers });
  });
});
