import { Session, type Profiler } from 'node:inspector';

/** The code that has been reached so far: one byte for each character of a file, 1 where it has. */
export type Reached = Map<string, Uint8Array>;

export interface Coverage {
  /** Runs an action and tells which code it reached. Costs some milliseconds besides. */
  reachedBy(action: () => Promise<void>): Promise<Reached>;
  stop(): void;
}

/** Watches the files whose URL holds one of these texts, with the block coverage of V8, which slows all code down. */
export function startCoverage(files: readonly string[]): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    async reachedBy(action) {
      takeCoverage(session);
      await action();
      const scripts = takeCoverage(session).filter(({ url }) => files.some((file) => url.includes(file)));
      return new Map(scripts.map((script) => [script.url, paint(script)]));
    },
    stop() {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

/** The coverage since the last call. The inspector of the same thread answers before `post` returns. */
function takeCoverage(session: Session): Profiler.ScriptCoverage[] {
  let scripts: Profiler.ScriptCoverage[] = [];
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error !== null) throw error;
    scripts = taken.result;
  });
  return scripts;
}

/** Functions and their blocks come from the outside to the inside. */
function paint({ functions }: Profiler.ScriptCoverage): Uint8Array {
  const ranges = functions.flatMap((each) => each.ranges);
  const painted = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges) painted.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return painted;
}

/** Whether code is among `found` that is not among `reached`. */
export function reachesNew(found: Reached, reached: Reached): boolean {
  return [...found].some(([url, painted]) => {
    const before = reached.get(url);
    return painted.some((isReached, place) => isReached === 1 && before?.[place] !== 1);
  });
}

export function addReached(found: Reached, reached: Reached): void {
  for (const [url, painted] of found) {
    const before = reached.get(url);
    const merged = new Uint8Array(Math.max(painted.length, before?.length ?? 0));
    before?.forEach((isReached, place) => (merged[place] = isReached));
    painted.forEach((isReached, place) => (merged[place]! |= isReached));
    reached.set(url, merged);
  }
}

/** Characters of code that have been reached. */
export function countReached(reached: Reached): number {
  return [...reached.values()].reduce((sum, painted) => sum + painted.filter(Boolean).length, 0);
}
