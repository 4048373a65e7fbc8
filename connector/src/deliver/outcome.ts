import type { SalesforceError } from '../salesforce/salesforce-error.ts';
import type { SalesforceWriteResult } from '../salesforce/salesforce.ts';
import type { DeliveryOutcome, OutboxItem } from '../store/store.ts';
import { backOffMs, type Patience } from './back-off.ts';
import { classifyRefusal } from './refusal.ts';

/** How long a row is tried again that is refused for a reason we do not know, or whose parent does not come. */
const TRIED_FOR_MS = 24 * 3_600_000;

/** How often a row is tried that a rule or an automation of the org refuses. */
const RULE_TRIES = 3;

/** The platform's words are kept up to this many characters. */
const REASON_LENGTH = 1000;

/** What an outcome depends on besides the item: an instant, and a number in [0, 1) that spreads retries. */
export interface OutcomeContext {
  readonly at: Date;
  readonly random: () => number;
}

/** The outcome of an item that Salesforce answered for. */
export function outcomeOf(item: OutboxItem, result: SalesforceWriteResult, context: OutcomeContext): DeliveryOutcome {
  if (result.outcome === 'written') {
    const { recordId } = result;
    return { id: item.id, outcome: 'delivered', ...(recordId === undefined ? {} : { recordId }) };
  }
  const reason = reasonOf(result.errorCode, result.message);
  const refusal = classifyRefusal(result.errorCode, result.message);
  if (refusal === 'permanent') return { id: item.id, outcome: 'dead', reason };
  if (refusal === 'rule' && item.attempts + 1 >= RULE_TRIES) return { id: item.id, outcome: 'dead', reason };
  const waits = refusal === 'unknown' || refusal === 'parent';
  if (waits && context.at.getTime() - item.createdAt.getTime() > TRIED_FOR_MS) {
    return { id: item.id, outcome: 'dead', reason };
  }
  return retry(item, reason, refusal === 'held' ? 'held' : 'passing', context);
}

/** The outcome of an item that was refused together with others, whose own part in that is not known. */
export function suspectOutcome(
  item: OutboxItem,
  result: SalesforceWriteResult & { outcome: 'refused' },
  context: OutcomeContext,
): DeliveryOutcome {
  return retry(item, reasonOf(result.errorCode, result.message), 'held', context);
}

/**
 * The outcome of an item that Salesforce was not even asked about, because the call failed. It keeps its place among the
 * oldest and has not been tried; but one that was sent alone lets others go first, for the failure may be its doing.
 */
export function faultOutcome(
  item: OutboxItem,
  fault: SalesforceError,
  context: OutcomeContext & { readonly isAlone: boolean },
): DeliveryOutcome {
  const reason = cut(fault.message);
  if (context.isAlone) return retry(item, reason, 'aside', context);
  return { id: item.id, outcome: 'retry', reason, notBefore: context.at, isTry: false };
}

function retry(
  item: OutboxItem,
  reason: string,
  patience: Patience,
  { at, random }: OutcomeContext,
): DeliveryOutcome & { outcome: 'retry' } {
  const notBefore = new Date(at.getTime() + backOffMs(item.attempts, random(), patience));
  return { id: item.id, outcome: 'retry', reason, notBefore };
}

function reasonOf(errorCode: string, message: string): string {
  return cut(`${errorCode}: ${message}`);
}

function cut(text: string): string {
  return text.slice(0, REASON_LENGTH).toWellFormed();
}
