import type { KeyFacts } from '../connect/stored-credentials.ts';
import type { CheckResult } from '../facade.ts';
import { failure, listed, ok, wordsOf } from './check-result.ts';

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
