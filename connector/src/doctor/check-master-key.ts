import type { CheckResult } from '../facade.ts';
import { failure, listed, ok, wordsOf } from './check-result.ts';

/** What was found in the place of the master keys, and which stored credentials it opens. */
export interface KeyFacts {
  /** In a sentence, for example `the file /home/rep/.config/reply-tracking/master.key`. */
  readonly place: string;
  /** Why the place cannot be used: it is open to other users, for example. Undefined when it can. */
  readonly unusable: unknown;
  /** One for each mailbox; undefined where its credential opens. */
  readonly credentials: readonly { readonly address: string; readonly error: unknown }[];
}

/** The place of the keys is closed to others, and its keys open every credential. */
export function checkMasterKey({ place, unusable, credentials }: KeyFacts): CheckResult {
  if (unusable !== undefined) {
    const { message, actions } = wordsOf(unusable);
    return failure('masterKey', message, actions);
  }
  const closed = credentials.filter(({ error }) => error !== undefined);
  if (closed.length > 0) {
    const { message, actions } = wordsOf(closed[0]!.error);
    const others = closed.slice(1).map(({ address }) => address);
    return failure('masterKey', others.length === 0 ? message : `${message} The same of ${listed(others)}.`, actions);
  }
  if (credentials.length === 0) return ok('masterKey', `No credential is stored; keys are kept in ${place}.`);
  return ok('masterKey', `The keys in ${place} open ${credentials.length} of ${credentials.length} credentials.`);
}
