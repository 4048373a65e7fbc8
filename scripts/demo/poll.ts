import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 150;
const DEADLINE_MS = 30_000;

/**
 * Asks again and again until there is an answer. Rejects with what was waited for once 30 seconds have passed, or with
 * the signal's reason as soon as it aborts.
 */
export async function poll<T>(
  what: string,
  signal: AbortSignal,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (const deadline = Date.now() + DEADLINE_MS; ;) {
    signal.throwIfAborted();
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${DEADLINE_MS / 1000} seconds in vain for this: ${what}.`);
    await pause(POLL_MS);
  }
}
