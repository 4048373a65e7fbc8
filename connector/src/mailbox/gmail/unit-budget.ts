import { pause } from '../pause.ts';

/** Quota units that may be spent within a minute ("Usage limits"). */
export interface UnitBudget {
  /** Resolves once so many units may be spent, in the order of the calls, and counts them as spent. */
  spend(units: number, signal: AbortSignal): Promise<void>;
}

/** What each call costs, in quota units, by the name of its method without `users.`. */
export type UnitCosts = Readonly<Record<GmailMethod, number>>;

export type GmailMethod = 'getProfile' | 'labels.list' | 'history.list' | 'messages.list' | 'messages.get' | 'watch';

/** The table for new projects; of two published figures for messages.get the dearer. */
export const UNIT_COSTS: UnitCosts = {
  getProfile: 1,
  'labels.list': 1,
  'history.list': 2,
  'messages.list': 5,
  'messages.get': 20,
  watch: 100,
};

export const UNITS_PER_MINUTE = { user: 6_000, project: 1_200_000 };

/** A minute, and what a call may be under way until Google counts it. */
const WINDOW_MS = 61_000;

/**
 * @param now the time in milliseconds, from any beginning
 */
export function createUnitBudget(
  unitsPerMinute: number,
  now: () => number = () => performance.now(),
  wait: typeof pause = pause,
): UnitBudget {
  const spent: { readonly at: number; readonly units: number }[] = [];
  let used = 0;
  let last: Promise<void> = Promise.resolve();

  async function take(units: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      while (spent.length > 0 && spent[0]!.at <= now() - WINDOW_MS) used -= spent.shift()!.units;
      const [oldest] = spent;
      // A call that alone is dearer than a minute's units would otherwise wait for ever.
      if (oldest === undefined || used + units <= unitsPerMinute) break;
      await wait(oldest.at + WINDOW_MS - now(), signal);
    }
    spent.push({ at: now(), units });
    used += units;
  }

  return {
    spend: (units, signal) => {
      const turn = last.then(() => take(units, signal));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
