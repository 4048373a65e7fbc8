import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 50;

/** Asks again until the answer is there; rejects with `what` once the deadline has passed. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  deadlineMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`still waiting for ${what} after ${deadlineMs} ms`);
    await pause(POLL_MS);
  }
}
