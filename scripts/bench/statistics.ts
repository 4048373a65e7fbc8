/** The middle one of some numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** The number below or at which this share of all numbers lies (nearest rank). */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)]!;
}

/** A ratio that was taken in several rounds: what is reported, and how far the rounds lie apart. */
export interface RatioOfRounds {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** The ratio of each round first, then the median: what slowed a whole round down cancels out. */
export function ratioOfRounds(above: readonly number[], below: readonly number[]): RatioOfRounds {
  const ratios = above.map((number, round) => number / below[round]!);
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/** As many digits as mean something: three. */
export function rounded(number: number): number {
  return Number(number.toPrecision(3));
}

/** The same for every number of a ratio. */
export function roundedRatio({ median: middle, lowest, highest }: RatioOfRounds): RatioOfRounds {
  return { median: rounded(middle), lowest: rounded(lowest), highest: rounded(highest) };
}
