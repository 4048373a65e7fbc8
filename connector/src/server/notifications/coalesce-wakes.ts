import type { WakeMailbox } from './notification-route.ts';

/**
 * Lets one wake of a mailbox stand for all that are asked for while another one of it is being stored. Each caller
 * waits for a wake that began after it asked, because one that began before may have been worked off already.
 */
export function coalesceWakes(wake: WakeMailbox): WakeMailbox {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  function begin(key: string, work: () => Promise<void>): Promise<void> {
    const run = work().finally(() => {
      if (running.get(key) === run) running.delete(key);
    });
    running.set(key, run);
    return run;
  }

  return (mailboxId, why) => {
    const key = `${why} ${mailboxId}`;
    const work = (): Promise<void> => wake(mailboxId, why);
    const current = running.get(key);
    if (current === undefined) return begin(key, work);
    const waiting = next.get(key);
    if (waiting !== undefined) return waiting;
    const following = current
      .catch(() => undefined)
      .then(() => {
        next.delete(key);
        return begin(key, work);
      });
    next.set(key, following);
    return following;
  };
}
