import type { FoundReply } from '../facade.ts';
import { haltsPerson } from '../match/compose-replies.ts';
import type { Reply } from '../match/reply.ts';
import { replyKindValue } from '../salesforce/task-record.ts';

/** A reply in the words in which it is shown: those of its Task. */
export function foundReply(reply: Reply): FoundReply {
  return {
    replyKey: reply.replyKey,
    kind: replyKindValue(reply.kind),
    from: reply.from,
    subject: reply.subject,
    receivedAt: reply.receivedAt.toISOString(),
    matchedBy: reply.matchedBy,
    replier: reply.replier,
    messageKey: reply.messageKey,
    personId: reply.personId ?? null,
    halts: reply.personId !== undefined && haltsPerson(reply),
  };
}
