import { ActionableError } from '../errors.ts';
import type { Explanation, ReplayRequest } from '../facade.ts';
import type { PageCommit, Store } from '../store/store.ts';
import { openRehearsal, type RehearsedStore } from '../sync/rehearsal-store.ts';
import { explainText, type ExplainOptions } from './explain.ts';

export interface ReplayOptions extends ExplainOptions {
  readonly store: ExplainOptions['store'] & RehearsedStore & Pick<Store, 'commitPage'>;
}

/** What a replay came to. */
export interface ReplayOutcome {
  readonly explanation: Explanation;
  readonly newReplies: number;
}

/**
 * Sends a saved message through everything that a received one goes through. Without `commit` its transaction is
 * rehearsed; with it, what it leads to is stored, and the caller writes it into Salesforce.
 *
 * @throws ActionableError when it is to be stored and no mailbox is connected that could have received it.
 */
export async function replay(request: ReplayRequest, options: ReplayOptions): Promise<ReplayOutcome> {
  const { explanation, decision, read, row } = await explainText(request.message, request.mailbox, options);
  if (request.commit === true && row === undefined) {
    throw new ActionableError('No mailbox is connected that could have received the message.', [
      'Connect one: sf reply mailbox connect --help',
    ]);
  }
  const { undecided, ...decided } = decision;
  if (undecided[0] !== undefined) throw undecided[0].fault;
  const commit: PageCommit = {
    ...decided,
    // A saved message lies in no mailbox, so that nothing may look for it there.
    matched: decided.matched.map(({ place: _place, ...matched }) => matched),
    mailboxId: row?.id ?? '0',
    settled: explanation.waiting ? [options.store.digest(read.messageId)] : [],
    at: options.now(),
  };
  const store = request.commit === true ? options.store : openRehearsal(options.store);
  const outcome = await store.commitPage(commit);
  return { explanation, newReplies: outcome.committed ? outcome.newReplies : 0 };
}
