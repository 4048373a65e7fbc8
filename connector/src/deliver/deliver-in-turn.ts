import type { Salesforce } from '../salesforce/salesforce.ts';
import type { DeliveryTurn, Store } from '../store/store.ts';
import { backOffMs, LONGEST_HELD_MS } from './back-off.ts';
import { deliverDue, type Delivery, type DeliverySummary } from './deliver.ts';
import { budgetState, nextWriteAt, usedUntilAfter, type BudgetState, type CallBudget } from './pace.ts';

/** Longer than one call may take; after this a process that died or was paused has lost its turn. */
const TURN_MS = 180_000;
/** How long a call may take, its deadline included: one that begins with less left of its turn may outlast it. */
const CALL_MS = 130_000;
/** When a process looks again whether another is still writing. */
const LOOK_AGAIN_MS = 1_000;
/** Whether an org that failed takes writes again is tried with one row. */
const PROBE_ROWS = 1;

export interface TurnDelivery extends Omit<Delivery, 'limit' | 'store' | 'salesforce' | 'mayGoOn' | 'isOvertaken'> {
  readonly store: Delivery['store'] & Pick<Store, 'deliveryTurn' | 'takeDeliveryTurn' | 'endDeliveryTurn'>;
  readonly salesforce: Pick<Salesforce, 'write' | 'apiCalls' | 'apiUsage'>;
  /** Names this process among those that write into the org. */
  readonly holder: string;
  /** API calls that writing may take in 24 hours; undefined for a share of what the org may make. */
  readonly dailyCalls: number | undefined;
  /** Between two writes while calls are plenty, in milliseconds. */
  readonly shortestMs?: number;
}

export interface TurnSummary extends DeliverySummary {
  /** Nothing is written before this instant: the org failed, calls are scarce, or another process is writing. */
  readonly pauseUntil: Date | undefined;
  /** True when another process is writing into the org at this moment. */
  readonly isOthersTurn: boolean;
  /** How the budget of API calls stands. */
  readonly budget: BudgetState;
}

/**
 * Writes what is due when it is time: at most one process writes into an org at a time, a write follows the one before
 * at the pace that the budget of API calls allows, and an org that failed is left alone until its pause is over and
 * then tried with one row. The first reply after a quiet while is written at once. `asked` says that a person waits for
 * it: then neither pace nor pause counts. See `deliverDue` for what a write does.
 */
export async function deliverInTurn(delivery: TurnDelivery, { asked = false } = {}): Promise<TurnSummary> {
  const { store, salesforce, holder, now } = delivery;
  const turn = await store.deliveryTurn(now());
  const idle = { ...NOTHING, budget: budgetState(budgetOf(turn, delivery)) };
  const notBefore = asked ? undefined : timeToWrite(turn, delivery);
  if (notBefore !== undefined && notBefore > now()) return { ...idle, pauseUntil: notBefore };
  const held = turnOf(delivery);
  if (!(await held.take())) return { ...idle, pauseUntil: othersEnd(turn, delivery), isOthersTurn: true };
  const before = salesforce.apiCalls;
  let end = { failures: turn.failures, pausedUntil: turn.pausedUntil };
  const usedUntil = usedUntilAfter(turn.usedUntil, now(), budgetOf(turn, delivery));
  try {
    const summary = await write(turn, delivery, held);
    end = afterwards(turn, summary, delivery);
    const callsInDay = turn.callsInDay + salesforce.apiCalls - before;
    const budget = budgetState(budgetOf({ callsInDay }, delivery));
    return { ...summary, pauseUntil: summary.stoppedBy && end.pausedUntil, isOthersTurn: false, budget };
  } finally {
    await store.endDeliveryTurn({ holder, at: now(), calls: salesforce.apiCalls - before, usedUntil, ...end });
  }
}

const NOTHING = {
  ...{ delivered: 0, retried: 0, dead: 0, stoppedBy: undefined, pauseUntil: undefined },
  isOthersTurn: false,
};

function budgetOf({ callsInDay }: Pick<DeliveryTurn, 'callsInDay'>, delivery: TurnDelivery): CallBudget {
  const { dailyCalls, shortestMs, salesforce } = delivery;
  return { callsInDay, dailyCalls, usage: salesforce.apiUsage, ...(shortestMs !== undefined && { shortestMs }) };
}

/** Another's write ends long before its turn is over, as a rule. */
function othersEnd({ heldUntil }: DeliveryTurn, { now }: TurnDelivery): Date {
  const soon = new Date(now().getTime() + LOOK_AGAIN_MS);
  return heldUntil !== undefined && heldUntil > now() && heldUntil < soon ? heldUntil : soon;
}

function timeToWrite(turn: DeliveryTurn, delivery: TurnDelivery): Date {
  const at = delivery.now();
  const paced = nextWriteAt(turn.usedUntil, at, budgetOf(turn, delivery));
  const { pausedUntil } = turn;
  // A pause longer than any of ours comes of a clock that was set back.
  if (pausedUntil === undefined || pausedUntil.getTime() - at.getTime() > LONGEST_HELD_MS) return paced;
  return pausedUntil > at ? pausedUntil : at;
}

interface HeldTurn {
  /** Takes the turn, or holds it for longer; false while another process has it. */
  take(): Promise<boolean>;
  /** True when another process may take the turn before a call that begins now has ended. */
  isEnding(): boolean;
}

function turnOf({ store, holder, now }: TurnDelivery): HeldTurn {
  let until = 0;
  return {
    take: async () => {
      const at = now();
      const end = new Date(at.getTime() + TURN_MS);
      const isTaken = await store.takeDeliveryTurn({ holder, at, until: end });
      if (isTaken) until = end.getTime();
      return isTaken;
    },
    isEnding: () => now().getTime() > until - CALL_MS,
  };
}

async function write({ failures }: DeliveryTurn, delivery: TurnDelivery, held: HeldTurn): Promise<DeliverySummary> {
  const inTurn = { ...delivery, mayGoOn: () => held.take(), isOvertaken: () => held.isEnding() };
  if (failures === 0) return deliverDue(inTurn);
  let probes = 0;
  const probe = await deliverDue({
    ...{ ...inTurn, limit: PROBE_ROWS },
    mayGoOn: () => Promise.resolve((probes += 1) === 1),
  });
  if (probe.stoppedBy !== undefined) return probe;
  const rest = await deliverDue(inTurn);
  return {
    ...rest,
    delivered: probe.delivered + rest.delivered,
    retried: probe.retried + rest.retried,
    dead: probe.dead + rest.dead,
  };
}

/** The breaker: each failure of the whole org makes the pause longer, and one success ends it. */
function afterwards(
  { failures }: DeliveryTurn,
  { stoppedBy }: DeliverySummary,
  { now, random }: TurnDelivery,
): { readonly failures: number; readonly pausedUntil: Date | undefined } {
  if (stoppedBy === undefined) return { failures: 0, pausedUntil: undefined };
  const wait = backOffMs(failures, random(), stoppedBy.code === 'refused' ? 'held' : 'passing');
  return { failures: failures + 1, pausedUntil: new Date(now().getTime() + wait) };
}
