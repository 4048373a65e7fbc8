const FIRST_MS = 1_000;

/** The longest wait for a fault that passes by itself. */
const LONGEST_PASSING_MS = 60_000;

/** The longest wait for what a person has to repair in the org first. */
export const LONGEST_HELD_MS = 3_600_000;

/** Longer than the longest pause of a whole org, so that another row is tried after it. */
const LONGEST_ASIDE_MS = 2 * LONGEST_PASSING_MS;

/**
 * How patient a retry is: the fault passes by itself, or somebody has to act, or the row stands aside because a call
 * failed in which it was alone.
 */
export type Patience = 'passing' | 'held' | 'aside';

/** The first wait and the longest. */
const WAITS: Readonly<Record<Patience, readonly [firstMs: number, longestMs: number]>> = {
  passing: [FIRST_MS, LONGEST_PASSING_MS],
  held: [FIRST_MS, LONGEST_HELD_MS],
  aside: [4 * FIRST_MS, LONGEST_ASIDE_MS],
};

/**
 * How long to wait before the next attempt, in milliseconds: 1, 2, 4 seconds and so on, up to one minute for a fault
 * that passes and up to one hour for one that is held. `attempts` counts those made before the one that just failed;
 * `random` lies in [0, 1) and takes up to a quarter off, so that rows that failed together do not all return together.
 */
export function backOffMs(attempts: number, random: number, patience: Patience = 'passing'): number {
  const [first, longest] = WAITS[patience];
  return Math.round(Math.min(first * 2 ** Math.max(attempts, 0), longest) * (1 - random / 4));
}
