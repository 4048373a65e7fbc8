/** Where a ratio has to lie. */
export type Direction = 'at most' | 'at least';

/** What one benchmark came to. */
export interface Measured {
  readonly ratio: number;
  /** The figures behind the ratio in one line, for people. */
  readonly words: string;
  /** What was run: rounds, sizes, rates, CPU, versions. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Why a benchmark cannot be run here. */
export interface Skipped {
  readonly skipped: string;
}

/** What kept a benchmark from coming to an end. */
export interface Failed {
  readonly failed: string;
}

/** What a benchmark is handed. */
export interface Surroundings {
  /** Multiplies every amount of work; 1 is the size that the goals are meant for. */
  readonly scale: number;
  /** Tells people what is being done. */
  readonly progress: (text: string) => void;
  /** What has been started is put here; it is ended after the benchmark, even when that fails. */
  readonly belongings: AsyncDisposableStack;
}

/** One ratio of two things that are measured side by side. */
export interface Benchmark {
  readonly name: string;
  /** What is compared with what, for people. */
  readonly title: string;
  readonly direction: Direction;
  readonly goal: number;
  /** Takes minutes and gigabytes: it is run only when it is named. */
  readonly onlyWhenNamed?: boolean;
  run(surroundings: Surroundings): Promise<Measured | Skipped>;
}

/** A whole amount of work at this scale, never less than `least`. */
export function scaled(amount: number, { scale }: Pick<Surroundings, 'scale'>, least = 1): number {
  return Math.max(Math.round(amount * scale), least);
}
