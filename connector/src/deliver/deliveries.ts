import { setTimeout as sleep } from 'node:timers/promises';
import { deliverInTurn, type TurnDelivery, type TurnSummary } from './deliver-in-turn.ts';

/** How long a person's write waits for the one that another process is at. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 250;

/** The two ways to write what is due; in one process they never overlap. */
export interface Deliveries {
  /** At the pace that the budget of API calls allows; the signal ends it after the batch that is under way. */
  atPace(signal?: AbortSignal): Promise<TurnSummary>;
  /** At once, for a person who waits for it; after the write that another process is at. */
  atOnce(): Promise<TurnSummary>;
}

/** Without an org to write into everything stays in the outbox. */
export function createDeliveries(delivery: TurnDelivery | undefined): Deliveries {
  if (delivery === undefined) return { atPace: writeNothing, atOnce: writeNothing };
  const write = inTurn(({ asked, ...until }: { readonly asked: boolean; readonly signal?: AbortSignal }) =>
    deliverInTurn({ ...delivery, ...until }, { asked }),
  );
  return {
    atPace: (signal) => write({ asked: false, ...(signal && { signal }) }),
    atOnce: async () => {
      for (let waited = 0; ; waited += LOOK_MS) {
        const summary = await write({ asked: true });
        if (!summary.isOthersTurn || waited >= PATIENCE_MS) return summary;
        await sleep(LOOK_MS);
      }
    },
  };
}

function writeNothing(): Promise<TurnSummary> {
  const nothing = { delivered: 0, retried: 0, dead: 0, stoppedBy: undefined };
  return Promise.resolve({ ...nothing, pauseUntil: undefined, isOthersTurn: false, budget: 'ample' });
}

/** Two deliveries at a time would make the same calls twice. */
function inTurn<Request, Result>(work: (request: Request) => Promise<Result>): (request: Request) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (request) => {
    const turn = last.then(() => work(request));
    last = turn.catch(() => undefined);
    return turn;
  };
}
