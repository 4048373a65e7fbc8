/** What a test wants to happen to the next calls of a simulator. `Fault` is what may go wrong in it. */
export interface Plan<Fault> {
  failNext(fault: Fault, when?: { readonly method?: string; readonly times?: number }): void;
  afterNext(method: string, action: () => void): void;
  /** The fault for a call of this method, used up by asking. */
  takeFault(method: string): Fault | undefined;
  takeAction(method: string): (() => void) | undefined;
}

export function createPlan<Fault>(): Plan<Fault> {
  const faults: { fault: Fault; method: string | undefined; left: number }[] = [];
  const actions: { method: string; action: () => void }[] = [];
  return {
    failNext: (fault, { method, times = 1 } = {}) => void faults.push({ fault, method, left: times }),
    afterNext: (method, action) => void actions.push({ method, action }),
    takeFault: (method) => {
      const planned = faults.find((entry) => entry.left > 0 && (entry.method ?? method) === method);
      if (planned !== undefined) planned.left -= 1;
      return planned?.fault;
    },
    takeAction: (method) => {
      const index = actions.findIndex((entry) => entry.method === method);
      return index === -1 ? undefined : actions.splice(index, 1)[0]!.action;
    },
  };
}
