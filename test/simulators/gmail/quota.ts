import { quotaExceeded } from './google-error.ts';

/** What each method costs, in quota units. */
export type QuotaCosts = Readonly<Record<string, number>>;

/** Units of the table that holds for new projects; `messages.get` at 20 is the dearer of the two published figures. */
export const DEFAULT_COSTS: QuotaCosts = {
  'users.getProfile': 1,
  'users.labels.list': 1,
  'users.history.list': 2,
  'users.messages.list': 5,
  'users.messages.get': 20,
  'users.watch': 100,
  'users.stop': 50,
  'users.messages.send': 100,
  'users.messages.modify': 5,
  'users.messages.trash': 5,
  'users.messages.untrash': 5,
  'users.messages.delete': 10,
};

export const DEFAULT_UNITS_PER_MINUTE = 6000;

/** Counts one user's units over the last minute and refuses the call that would pass the limit. */
export function createQuota(unitsPerMinute: number, now: () => Date): { spend(units: number): void } {
  let spent: { at: number; units: number }[] = [];
  return {
    spend: (units) => {
      if (unitsPerMinute === Infinity) return;
      const at = now().getTime();
      spent = spent.filter((call) => call.at > at - 60_000);
      if (spent.reduce((sum, call) => sum + call.units, units) > unitsPerMinute) throw quotaExceeded();
      spent.push({ at, units });
    },
  };
}
