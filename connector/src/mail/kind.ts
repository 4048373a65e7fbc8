import type { HeaderBlock } from './header-field.ts';
import { KIND_RULES } from './kind-rules.ts';
import type { Kind } from './kinds.ts';
import { readSignals, type KindEvidence } from './signals.ts';

export { KINDS, type Kind } from './kinds.ts';
export type { KindEvidence } from './signals.ts';

/** A kind together with the one signal that decided it, in words an operator can look up in the message. */
export interface KindDecision {
  readonly kind: Kind;
  /** For example `Auto-Submitted: auto-replied (vacation)` or `no automatic signal`. */
  readonly signal: string;
}

/** Decides what a message is. The first rule that applies decides; what no rule applies to was written by a person. */
export function kindOf(block: HeaderBlock, evidence: KindEvidence = {}): KindDecision {
  const signals = readSignals(block, evidence);
  for (const { kind, find } of KIND_RULES) {
    const signal = find(signals);
    if (signal !== undefined) return { kind, signal };
  }
  return { kind: 'human', signal: 'no automatic signal' };
}
