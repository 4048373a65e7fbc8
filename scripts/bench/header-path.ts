import PostalMime from 'postal-mime';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { ANSWERS_TRACKED, makeHeaderBlocks } from './header-blocks.ts';
import { countAnswers, createMemoryIndex } from './pure-path.ts';
import { runRounds } from './rounds.ts';
import { trackedId } from './sample-mail.ts';
import { median, rounded, ratioOfRounds, roundedRatio } from './statistics.ts';

const BLOCKS = 5000;
const TRACKED = 1_000_000;
const ROUNDS = 7;
const AT_LEAST_MS = 600;

/** CPU of the pure header path beside that of postal-mime, which parses the same blocks and matches nothing. */
export async function measureHeaderPath(surroundings: Surroundings): Promise<Measured> {
  const { progress } = surroundings;
  const tracked = scaled(TRACKED, surroundings);
  progress(`making an index of ${tracked} ids`);
  const index = createMemoryIndex(tracked);
  const samples = makeHeaderBlocks({ count: scaled(BLOCKS, surroundings, 50), seed: 1, trackedId, tracked });
  const blocks = samples.map(({ bytes }) => bytes);
  const expected = samples.filter(({ answers }) => answers !== undefined).length;
  const own = (): number => {
    const { answers } = countAnswers(samples, index);
    if (answers !== expected) throw new Error(`The pure path found ${answers} of ${expected} answers.`);
    return blocks.length;
  };
  const postalMime = async (): Promise<number> => {
    for (const bytes of blocks) await PostalMime.parse(bytes);
    return blocks.length;
  };
  const costs = await runRounds(
    [
      { name: 'own', run: own, repeatable: true },
      { name: 'postal-mime', run: postalMime, repeatable: true },
    ],
    {
      rounds: scaled(ROUNDS, surroundings),
      atLeastMs: scaled(AT_LEAST_MS, surroundings),
      onRound: (round) => progress(`round ${round}`),
    },
  );
  const cpu = (name: string): number[] => costs.get(name)!.map(({ cpuMicros }) => cpuMicros);
  const ratio = ratioOfRounds(cpu('own'), cpu('postal-mime'));
  const [ownMicros, postalMicros] = [rounded(median(cpu('own'))), rounded(median(cpu('postal-mime')))];
  return {
    ratio: rounded(ratio.median),
    words: `${ownMicros} us a block, postal-mime ${postalMicros} us`,
    detail: {
      what: 'header block in memory -> fields -> ids -> look-up of every cited id in a Map -> match; postal-mime parses the same blocks and matches nothing',
      blocks: blocks.length,
      meanBlockBytes: Math.round(blocks.reduce((sum, { length }) => sum + length, 0) / blocks.length),
      trackedIds: tracked,
      shareThatAnswersTracked: ANSWERS_TRACKED,
      rounds: cpu('own').length,
      cpuMicrosPerBlock: { own: ownMicros, postalMime: postalMicros },
      ratioOfRounds: roundedRatio(ratio),
    },
  };
}
