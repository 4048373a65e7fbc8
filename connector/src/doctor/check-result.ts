import type { CheckName, CheckResult } from '../facade.ts';
import { ActionableError } from '../errors.ts';

/** What is as it should be. */
export function ok(check: CheckName, found: string, mailbox: string | null = null): CheckResult {
  return { check, mailbox, state: 'ok', found, actions: [] };
}

/** What works still and needs a person soon. */
export function warning(check: CheckName, found: string, actions: readonly string[], mailbox: string | null = null) {
  return { check, mailbox, state: 'warning', found, actions } as const satisfies CheckResult;
}

/** What keeps replies from being found or written. */
export function failure(check: CheckName, found: string, actions: readonly string[], mailbox: string | null = null) {
  return { check, mailbox, state: 'failure', found, actions } as const satisfies CheckResult;
}

/** What could not be looked at, and why. */
export function skipped(check: CheckName, found: string, actions: readonly string[] = []): CheckResult {
  return { check, mailbox: null, state: 'skipped', found, actions };
}

/** The words of an error for a person; of a defect its message alone. */
export function wordsOf(error: unknown): { readonly message: string; readonly actions: readonly string[] } {
  if (error instanceof ActionableError) return error;
  return { message: error instanceof Error ? error.message : String(error), actions: [] };
}

/** Names in a sentence, the first ten of them. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

const MOST_NAMES = 10;
