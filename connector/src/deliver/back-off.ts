const FIRST_MS = 1_000;

/** The longest wait for a fault that passes by itself. */
const LONGEST_PASSING_MS = 60_000;

/** The longest wait for what a person has to repair in the org first. */
const LONGEST_HELD_MS = 3_600_000;

/** How patient a retry is: the fault passes by itself, or somebody has to act. */
export type Patience = 'passing' | 'held';

/**
 * How long to wait before the next attempt, in milliseconds: 1, 2, 4 seconds and so on, up to one minute for a fault
 * that passes and up to one hour for one that is held. `attempts` counts those made before the one that just failed;
 * `random` lies in [0, 1) and takes up to a quarter off, so that rows that failed together do not all return together.
 */
export function backOffMs(attempts: number, random: number, patience: Patience = 'passing'): number {
  const longest = patience === 'held' ? LONGEST_HELD_MS : LONGEST_PASSING_MS;
  const full = Math.min(FIRST_MS * 2 ** Math.max(attempts, 0), longest);
  return Math.round(full * (1 - random / 4));
}
