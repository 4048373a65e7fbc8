/** While the database is away the wait between two beats doubles up to this. */
const LONGEST_WAIT_MS = 15_000;

export interface Beating {
  /** Beats at once, after the beat that is under way. */
  now(): Promise<void>;
  end(): Promise<void>;
}

/** Beats at an interval, one beat at a time. Of failures in a row only the first is told, and the wait grows with each. */
export function keepBeating(
  beat: () => Promise<void>,
  { everyMs, onError }: { readonly everyMs: number; readonly onError: (error: Error) => void },
): Beating {
  let wait = everyMs;
  let failing = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();

  async function turn(): Promise<void> {
    clearTimeout(timer);
    if (ended) return;
    try {
      await beat();
      [wait, failing] = [everyMs, false];
    } catch (error) {
      if (!failing) onError(error instanceof Error ? error : new Error(String(error)));
      [wait, failing] = [Math.max(everyMs, Math.min(wait * 2, LONGEST_WAIT_MS)), true];
    }
    timer = setTimeout(() => void now(), wait);
  }

  function now(): Promise<void> {
    last = last.then(turn);
    return last;
  }

  return {
    now,
    end: async () => {
      ended = true;
      await last;
      clearTimeout(timer);
    },
  };
}
