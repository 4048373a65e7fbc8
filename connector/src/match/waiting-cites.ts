import type { MessageId } from '../mail/message-id.ts';
import type { CitedId } from './cited-ids.ts';

/** Ids under which a message waits for its mail to become known, besides the root of the thread. */
const NEAREST = 3;

/**
 * The ids by which a message that matches nothing yet is found again once its mail is registered: the three nearest
 * (In-Reply-To and the last two References, as a rule) and the root of the thread. At most four; takes `citedIds`.
 */
export function waitingCites(cited: readonly CitedId[]): MessageId[] {
  const root = cited.findLast(({ field }) => field === 'References');
  const nearest = cited.slice(0, NEAREST).map(({ id }) => id);
  return root === undefined || nearest.includes(root.id) ? nearest : [...nearest, root.id];
}
