/** Between two looks at the clock. */
const TICK_MS = 250;

export interface LoopLag {
  /** By how many milliseconds this process is behind: of the last look, or of one that is overdue. */
  readonly ms: () => number;
  readonly end: () => void;
}

/** Watches whether the event loop turns: a look that comes late was kept from coming by something that blocks it. */
export function watchLoop(clock: () => number = () => performance.now()): LoopLag {
  let last = clock();
  let lag = 0;
  const timer = setInterval(() => {
    const now = clock();
    lag = Math.max(0, now - last - TICK_MS);
    last = now;
  }, TICK_MS);
  timer.unref();
  return { ms: () => Math.max(lag, clock() - last - TICK_MS, 0), end: () => clearInterval(timer) };
}
