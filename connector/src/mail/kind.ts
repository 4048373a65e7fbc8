import type { DeliveryReport } from './delivery-report.ts';
import type { HeaderBlock } from './header-field.ts';
import { KIND_RULES } from './kind-rules.ts';
import { readSignals } from './signals.ts';

/**
 * What a message is, decided from its header fields alone. The words are those that `npm run evaluate` prints.
 * `human` and `forward` are people; everything else is a machine.
 */
export const KINDS = [
  'human',
  'forward',
  'auto_reply',
  'bounce',
  'delay',
  'delivery_ok',
  'read_receipt',
  'complaint',
  'calendar',
  'challenge',
  'list_bulk',
] as const;

export type Kind = (typeof KINDS)[number];

/** A kind together with the one signal that decided it, in words an operator can look up in the message. */
export interface KindDecision {
  readonly kind: Kind;
  /** For example `Auto-Submitted: auto-replied (vacation)` or `no automatic signal`. */
  readonly signal: string;
}

/** What is known of a message besides its own header fields. */
export interface KindEvidence {
  /** True when an id it names leads to a tracked mail: a list between two people does not make their mail list mail. */
  readonly answersTrackedMail?: boolean;
  readonly report?: DeliveryReport;
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
