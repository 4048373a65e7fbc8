const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/**
 * How long a mailbox is left alone after a passing fault, in milliseconds: 1, 2, 4 seconds and so on up to five minutes,
 * a quarter of it at random, and never shorter than its provider asked for.
 *
 * @param tries faults in a row before this one
 * @param random a number in [0, 1)
 */
export function retryWaitMs(retryAfterMs: number | undefined, tries: number, random: number): number {
  const backOff = Math.min(FIRST_MS * 2 ** Math.min(tries, 20), LONGEST_MS) * (1 - random / 4);
  return Math.round(Math.max(backOff, retryAfterMs ?? 0));
}
