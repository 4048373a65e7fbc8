import { messageKey } from '../mail/message-id.ts';
import { haltsPerson } from '../match/compose-replies.ts';
import { peopleAnswered } from '../match/people-answered.ts';
import { replyKey } from '../match/reply-key.ts';
import type { Reply } from '../match/reply.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import type { MatchedMessage, ResolvedMessage } from '../store/store.ts';

/**
 * The answer that a waiting message was, when it is gone from its mailbox by the time its mail becomes known. Its kind,
 * its time and its hash were kept, its author and subject were not: the reply says so, and halts all the same.
 */
export function goneMessage(resolved: ResolvedMessage, mail: TrackedMail): MatchedMessage {
  const key = messageKey(mail.messageId);
  const people = peopleAnswered('', resolved.kind, mail);
  const reply: Omit<Reply, 'replyKey'> = {
    kind: resolved.kind,
    from: '',
    subject: '(deleted from the mailbox)',
    receivedAt: resolved.receivedAt,
    matchedBy: 'References',
    replier: 'Someone Else',
    messageKey: key,
    ownerId: mail.ownerId,
  };
  const replies = people.map(({ personId, campaignStatusId }) => ({
    ...reply,
    replyKey: replyKey(resolved.messageHash, personId),
    personId,
    ...(campaignStatusId !== undefined && { campaignStatusId }),
  }));
  return {
    digest: resolved.digest,
    replies: replies.length > 0 ? replies : [{ ...reply, replyKey: replyKey(resolved.messageHash, key) }],
    latches: replies.filter(haltsPerson).map(({ personId }) => personId),
    aliasOf: [key],
  };
}
