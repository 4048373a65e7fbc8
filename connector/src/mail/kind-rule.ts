import type { Kind } from './kinds.ts';
import type { Signals } from './signals.ts';

/** One step of the decision: the signal that makes a message of this kind, or undefined when it is not there. */
export interface KindRule {
  readonly kind: Kind;
  readonly find: (signals: Signals) => string | undefined;
}
