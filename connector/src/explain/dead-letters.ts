import { ActionableError } from '../errors.ts';
import type {
  DeadLetterDetail,
  DeadLetterList,
  DeadLetterSelection,
  DeadLetterSummary,
  DeadLettersRequest,
  RetriedDeadLetters,
  DeliveryResult,
} from '../facade.ts';
import { replyKindValue } from '../salesforce/task-record.ts';
import type { DeadLetter, DeadLetterChoice, Store } from '../store/store.ts';

/** Dead letters that one answer lists. */
const LISTED = 1000;

/** What there is of dead letters, for a person to decide about. */
export async function listDeadLetters(
  { code }: DeadLettersRequest,
  store: Pick<Store, 'deadLetters' | 'counts'>,
): Promise<DeadLetterList> {
  const letters = await store.deadLetters(code === undefined ? {} : { code }, LISTED);
  return { total: (await store.counts()).outboxDead, letters: letters.map(summaryOf) };
}

/** One dead letter, dropped or not. @throws ActionableError when there is none with this id. */
export async function showDeadLetter(id: string, store: Pick<Store, 'deadLetter'>): Promise<DeadLetterDetail> {
  const letter = await store.deadLetter(id);
  if (letter === undefined) {
    throw new ActionableError(`There is no dead letter ${id}.`, ['List them: sf reply deadletter list.']);
  }
  return {
    ...summaryOf(letter),
    ...{ key: letter.key, attempts: letter.attempts, foundAt: letter.createdAt.toISOString() },
    reply: letter.reply === undefined ? null : replyOf(letter.reply),
    droppedReason: letter.droppedReason ?? null,
  };
}

/** Puts the chosen ones back and writes what is due. */
export async function retryDeadLetters(
  selection: DeadLetterSelection,
  {
    store,
    now,
    deliver,
  }: {
    readonly store: Pick<Store, 'retryDeadLetters'>;
    readonly now: () => Date;
    readonly deliver: () => Promise<DeliveryResult>;
  },
): Promise<RetriedDeadLetters> {
  const retried = await store.retryDeadLetters(choiceOf(selection), now());
  return { retried, delivery: retried === 0 ? null : await deliver() };
}

/** The choice that a request makes. */
export function choiceOf(selection: DeadLetterSelection): DeadLetterChoice {
  if ('ids' in selection) return { ids: selection.ids };
  return 'code' in selection ? { code: selection.code } : {};
}

function summaryOf({ id, type, reason, diedAt }: DeadLetter): DeadLetterSummary {
  return { id, type, reason, diedAt: diedAt.toISOString() };
}

/** A subject is a stranger's text, and nobody needs it to decide. */
function replyOf(reply: NonNullable<DeadLetter['reply']>): DeadLetterDetail['reply'] {
  const { kind, from, receivedAt, messageKey, ownerId, personId = null } = reply;
  return { kind: replyKindValue(kind), from, receivedAt: receivedAt.toISOString(), messageKey, ownerId, personId };
}
