/** Lets one task at a time use a connection, in the order in which they came. */
export interface Turns {
  /**
   * Runs a task when its turn comes. The signal that the task is given aborts as soon as another one waits, so that a
   * task which only waits itself can give way and take a later turn.
   */
  take<T>(task: (wanted: AbortSignal) => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let current = new AbortController();
  let waiting = 0;
  return {
    async take(task) {
      waiting += 1;
      current.abort();
      const turn = last.then(() => {
        waiting -= 1;
        current = new AbortController();
        if (waiting > 0) current.abort();
        return task(current.signal);
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
