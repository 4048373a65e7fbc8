import type { CitedId } from './cited-ids.ts';

/**
 * The provider's thread of a message (Gmail `threadId`, Graph `conversationId`, Exchange `ConversationId`) as an id that
 * it names last: a second key to the tracked mail, for answers that name no id. The same key, with the role `thread`,
 * leads to each tracked mail that was sent in the thread. Providers count threads in each mailbox apart. The key holds a
 * space, which no Message-ID does, so that no stranger can name it in a header field.
 */
export function citedThread(mailboxId: string, threadId: string): CitedId {
  return { id: `thread ${mailboxId} ${threadId}`, field: 'Provider Thread' };
}
