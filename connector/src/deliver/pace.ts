import type { ApiUsage } from '../salesforce/salesforce.ts';

/** Between two writes while calls are plenty and nobody has said otherwise: two replies a second are then thirty to a call. */
export const SHORTEST_MS = 15_000;
/** Writes that may follow each other without that time between them, after a while without any. */
export const AT_ONCE = 8;
/** However scarce calls are, a reply waits no longer than this for its call. */
export const LONGEST_MS = 900_000;
const DAY_MS = 86_400_000;
/** Up to this share of a budget the pace is not slowed. */
const AMPLE_SHARE = 0.5;
/** From this share on the budget is nearly used up, and somebody should know. */
const SCARCE_SHARE = 0.8;
/** What is taken for the connector's own budget when nobody has set one: a tenth of what the org may make. */
const OWN_SHARE = 0.1;
/** The smallest number of calls that a production org may make in 24 hours, until an answer tells more. */
const SMALLEST_LIMIT = 15_000;

/** How many API calls have been made in the last 24 hours, and how many may be. */
export interface CallBudget {
  /** By this connector, to write. */
  readonly callsInDay: number;
  /** What it may make; a tenth of the limit of the org when nobody has set it. */
  readonly dailyCalls: number | undefined;
  /** By the whole org, as its last answer told. */
  readonly usage: ApiUsage | undefined;
  /** Between two writes while calls are plenty, in milliseconds; `SHORTEST_MS` without it. */
  readonly shortestMs?: number;
}

/** `scarce`: four fifths of the connector's budget, or of the org's, are used. */
export type BudgetState = 'ample' | 'scarce' | 'used-up';

/** The calls that the connector may make in 24 hours to write. */
export function dailyCallsOf({ dailyCalls, usage }: CallBudget): number {
  return dailyCalls ?? Math.max(1, Math.floor(OWN_SHARE * (usage?.limit ?? SMALLEST_LIMIT)));
}

/**
 * The time from one write to the next, in milliseconds: the shortest until half of the connector's budget is used,
 * then so long that the other half lasts for a day; and ever longer as the calls of the org run out. A budget that is
 * used up stops nothing: the org says by itself when it takes no more.
 */
export function paceMs(budget: CallBudget): number {
  const { callsInDay, usage, shortestMs = SHORTEST_MS } = budget;
  const dailyCalls = dailyCallsOf(budget);
  const forOwn = callsInDay > AMPLE_SHARE * dailyCalls ? DAY_MS / (dailyCalls * (1 - AMPLE_SHARE)) : shortestMs;
  const orgLeft = usage === undefined ? 1 : Math.max(1 - usage.used / usage.limit, 0);
  const forOrg = (shortestMs * (1 - AMPLE_SHARE)) / orgLeft;
  return Math.round(Math.min(Math.max(shortestMs, forOwn, forOrg), LONGEST_MS));
}

/**
 * The first instant at which the next write may be, given until when those before have used the pace up. After a while
 * without replies the next few are written at once; a steady stream is written at the pace; when calls get scarce none
 * is written out of turn (the generic cell rate algorithm of ITU-T I.371).
 */
export function nextWriteAt(usedUntil: Date | undefined, at: Date, budget: CallBudget): Date {
  const pace = paceMs(budget);
  return new Date(Math.max(believed(usedUntil, at) - allowanceMs(pace, budget) + pace, at.getTime()));
}

/** Until when a write at an instant uses the pace up. */
export function usedUntilAfter(usedUntil: Date | undefined, at: Date, budget: CallBudget): Date {
  const pace = paceMs(budget);
  const until = Math.max(believed(usedUntil, at), at.getTime()) + pace;
  return new Date(Math.min(until, at.getTime() + allowanceMs(pace, budget)));
}

function allowanceMs(pace: number, { shortestMs = SHORTEST_MS }: CallBudget): number {
  return pace === shortestMs ? AT_ONCE * pace : pace;
}

/** An instant that no pace of ours leads to comes of a clock that was set back, and counts for nothing. */
function believed(usedUntil: Date | undefined, at: Date): number {
  const ahead = usedUntil === undefined ? 0 : usedUntil.getTime() - at.getTime();
  return usedUntil === undefined || ahead > Math.max(LONGEST_MS, AT_ONCE * SHORTEST_MS) ? 0 : usedUntil.getTime();
}

/** How the budget stands. */
export function budgetState(budget: CallBudget): BudgetState {
  const share = usedShare(budget);
  if (share >= 1) return 'used-up';
  return share >= SCARCE_SHARE ? 'scarce' : 'ample';
}

/** Whichever is nearer to its end: the connector's own budget or the org's. */
function usedShare(budget: CallBudget): number {
  const { callsInDay, usage } = budget;
  return Math.max(callsInDay / dailyCallsOf(budget), usage === undefined ? 0 : usage.used / usage.limit);
}
