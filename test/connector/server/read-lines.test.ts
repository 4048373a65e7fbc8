import { expect } from 'chai';
import fc from 'fast-check';
import { readLines } from '../../../connector/src/server/read-lines.ts';

describe('readLines', () => {
  const limit = { maxBytes: 64, tooLong: () => new RangeError('too long') };
  const linesOf = async (chunks: readonly Buffer[]): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of readLines(ReadableStream.from(chunks), limit)) lines.push(line);
    return lines;
  };

  it('gives the same lines wherever the bytes are cut', async () => {
    const line = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\n', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(200)), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        expect(await linesOf(chunks)).to.deep.equal(lines.map((each) => each.toWellFormed()));
      }),
      { numRuns: 100 },
    );
  });

  it('leaves out what no line feed ends', async () => {
    expect(await linesOf([Buffer.from('one\ntw'), Buffer.from('o')])).to.deep.equal(['one']);
  });

  it('holds no more than one line of the greatest length', async () => {
    const error = await linesOf([Buffer.alloc(40, 'x'), Buffer.alloc(40, 'x')]).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(RangeError);
  });
});
