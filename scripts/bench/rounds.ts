import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one unit of work took, on average over a round. */
export interface UnitCost {
  readonly wallMicros: number;
  /** CPU time of this process, its garbage collector included; no server's. */
  readonly cpuMicros: number;
}

/** One way of doing the work. */
export interface Contender {
  readonly name: string;
  /** Does the work of a round once and returns the number of units. */
  readonly run: (round: number) => Promise<number> | number;
  /** Whether the work of a round may be repeated until the round has lasted long enough; it is measured anew each time. */
  readonly repeatable: boolean;
}

export interface RoundsWanted {
  readonly rounds: number;
  /** A repeatable contender works at least this long in each round. */
  readonly atLeastMs: number;
  /** Makes ready what a round needs; not measured. */
  readonly prepare?: (round: number) => Promise<void> | void;
  readonly onRound?: (round: number) => void;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * Lets contenders work in turns, so that whatever else the machine does meets all of them, and begins each round with
 * another one. A round that is not measured comes first: code is compiled and caches are filled by then.
 */
export async function runRounds(
  contenders: readonly Contender[],
  { rounds, atLeastMs, prepare, onRound }: RoundsWanted,
): Promise<Map<string, UnitCost[]>> {
  const costs = new Map(contenders.map(({ name }): [string, UnitCost[]] => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    onRound?.(round);
    await prepare?.(round);
    for (const contender of inTurn(contenders, round)) {
      collectGarbage();
      const cost = await runOnce(contender, round, atLeastMs);
      if (round > 0) costs.get(contender.name)?.push(cost);
    }
  }
  return costs;
}

function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

async function runOnce({ run, repeatable }: Contender, round: number, atLeastMs: number): Promise<UnitCost> {
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  let units = 0;
  do units += await run(round);
  while (repeatable && performance.now() - begun < atLeastMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallMicros: ((performance.now() - begun) * 1000) / units, cpuMicros: (user + system) / units };
}
