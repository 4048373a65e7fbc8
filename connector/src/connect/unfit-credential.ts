import { ActionableError } from '../errors.ts';

/**
 * The error of a stored credential that is of another provider's kind.
 *
 * @param what the mailbox that it does not open, for example `a Gmail mailbox`
 */
export function unfitCredential(address: string, what: string): ActionableError {
  return new ActionableError(`The stored credential of ${address} does not open ${what}.`, [
    'Connect the mailbox again: sf reply mailbox connect --replace.',
  ]);
}
