import { messageKey } from '../mail/message-id.ts';
import { peopleHalted, replyForEach } from '../match/compose-replies.ts';
import type { ReplyMatch } from '../match/match-reply.ts';
import { peopleAnswered } from '../match/people-answered.ts';
import type { Reply } from '../match/reply.ts';
import type { MatchedMessage, ResolvedMessage } from '../store/store.ts';

/**
 * The answer that a waiting message was, when its header fields cannot be read again by the time its mail becomes
 * known: as a rule it has been deleted. Its kind, its time and its hash were kept, its author and subject were not: the
 * reply says so, and halts all the same. What our own side wrote answers nobody.
 */
export function goneMessage(resolved: ResolvedMessage, match: ReplyMatch): MatchedMessage {
  const replies = resolved.side === 'outside' ? composeGone(resolved, match) : [];
  return {
    digest: resolved.digest,
    replies,
    latches: peopleHalted(replies),
    aliasOf: [match.nearest, ...match.others].map(({ mail }) => messageKey(mail.messageId)),
  };
}

function composeGone({ kind, receivedAt, messageHash }: ResolvedMessage, { nearest }: ReplyMatch): Reply[] {
  const { mail, field, role } = nearest;
  const key = messageKey(mail.messageId);
  const reply: Omit<Reply, 'replyKey'> = {
    kind,
    from: '',
    subject: '(deleted from the mailbox)',
    receivedAt,
    matchedBy: role === 'thread' ? 'Provider Thread' : field,
    replier: 'Someone Else',
    messageKey: key,
    ownerId: mail.ownerId,
  };
  return replyForEach(peopleAnswered('', kind, mail), reply, { hash: messageHash, root: key });
}
