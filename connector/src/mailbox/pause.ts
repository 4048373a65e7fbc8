import { setTimeout as sleep } from 'node:timers/promises';

/** Rejects when the signal aborts; without a time nothing else ends it. */
export async function pause(milliseconds: number | undefined, signal: AbortSignal): Promise<void> {
  if (milliseconds !== undefined) return sleep(milliseconds, undefined, { signal });
  signal.throwIfAborted();
  await new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
  );
}
