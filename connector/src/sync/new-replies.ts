import type { Reply } from '../match/reply.ts';
import type { MatchedMessage, PageOutcome } from '../store/store.ts';

/** The replies that a commit put into the outbox: those of its messages that were not there before. */
export function newRepliesOf(
  matched: readonly MatchedMessage[],
  { newReplyKeys }: PageOutcome & { committed: true },
): Reply[] {
  const keys = new Set(newReplyKeys);
  return matched.flatMap(({ replies }) => replies).filter(({ replyKey }) => keys.delete(replyKey));
}
