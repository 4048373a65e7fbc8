/** Time during which a service has asked not to be called. */
export interface CoolDown {
  /** Milliseconds that are left of it; 0 when there is none. */
  left(): number;
  /** Lets it last at least so many milliseconds from now. */
  extend(milliseconds: number): void;
}

/** @param now the time in milliseconds, from any beginning */
export function createCoolDown(now: () => number): CoolDown {
  let until = 0;
  return {
    left: () => Math.max(until - now(), 0),
    extend: (milliseconds) => {
      until = Math.max(until, now() + milliseconds);
    },
  };
}
