import { setTimeout as pause } from 'node:timers/promises';
import type { Prospect, SalesStage } from '../../test/journeys/sales-stage.ts';
import type { Measured } from './benchmark.ts';
import { createRandom } from './random.ts';
import { median, percentile, rounded } from './statistics.ts';

const POLLER_PERIOD_MS = 10 * 60_000;
const P95 = 0.95;

/** Between a Task and the next reply, so that none finds the connector at work or always equally long at rest. */
export const SPACING_MS = { least: 300, most: 900 };

/** A mail of the rep that is tracked. */
export interface Written {
  readonly prospect: Prospect;
  readonly messageId: string;
}

/** Has the rep write to so many prospects at once, and waits until each mail is tracked. */
export async function writeAll(
  stage: Pick<SalesStage, 'enrol' | 'tracked'>,
  count: number,
  write: (prospects: readonly Prospect[]) => readonly string[] | Promise<readonly string[]>,
): Promise<Written[]> {
  const prospects: Prospect[] = [];
  for (let number = 0; number < count; number++) prospects.push(await stage.enrol());
  const messageIds = await write(prospects);
  for (const messageId of messageIds) await stage.tracked(messageId);
  return prospects.map((prospect, place) => ({ prospect, messageId: messageIds[place]! }));
}

/** How a prospect answers in one kind of mailbox. */
export interface Answering {
  readonly stage: Pick<SalesStage, 'tasks'>;
  /** Between a Task and the next reply, in milliseconds. */
  readonly spacingMs: { readonly least: number; readonly most: number };
  readonly answer: (written: Written) => unknown;
}

/**
 * Has the prospects answer one after the other; gives the milliseconds from each answer to its Task. The pace at which
 * Salesforce is written to is not what is measured: the stage has it set so short that it holds no reply up.
 */
export async function timeReplies(
  written: readonly Written[],
  { stage, spacingMs: { least, most }, answer }: Answering,
): Promise<number[]> {
  const random = createRandom(1);
  const delays: number[] = [];
  for (const one of written) {
    await pause(least + random.below(most - least));
    const begun = performance.now();
    await answer(one);
    await stage.tasks(one.prospect, 1);
    delays.push(performance.now() - begun);
  }
  return delays;
}

/**
 * The p95 of delays beside that of a poller, which is not waited for: a reply comes at any moment of its period with the
 * same chance, so that of as many replies the first waits least and the last almost the whole period.
 *
 * @param lookMs what one look of the poller takes, in milliseconds; without it a look takes no time
 */
export function besidePoller(
  delays: readonly number[],
  { what, more = '', detail, lookMs = 0 }: { what: string; more?: string; detail: object; lookMs?: number },
): Measured {
  const poller = delays.map((_, place) => ((place + 0.5) / delays.length) * POLLER_PERIOD_MS + lookMs);
  const [own, other] = [percentile(delays, P95), percentile(poller, P95)];
  return {
    ratio: rounded(own / other),
    words: `p95 ${rounded(own / 1000)} s of ${delays.length} replies (median ${rounded(median(delays) / 1000)} s); the poller ${rounded(other / 1000)} s${more}`,
    detail: {
      ...{ what, replies: delays.length },
      delayMs: { median: Math.round(median(delays)), p95: Math.round(own), most: Math.round(Math.max(...delays)) },
      poller: {
        what: 'computed, not waited for: arrivals spread evenly over the period, plus the time of one look',
        ...{ periodMs: POLLER_PERIOD_MS, lookMs: Math.round(lookMs), p95Ms: Math.round(other) },
      },
      ...detail,
    },
  };
}
