import type { MessageReference } from '../mailbox.ts';
import { MESSAGE_ID, parseMessage, parseParentFolderId, type GraphMessage } from './graph-answer.ts';
import type { GraphClient } from './graph-client.ts';
import { messagePath } from './graph-path.ts';

/** A message and the folder in which it lies now. */
export interface FoundMessage {
  readonly message: GraphMessage;
  readonly folderId: string;
}

/** Messages by their ids, twenty in a request; those that are gone and drafts are left out. */
export async function readReferenced(
  client: GraphClient,
  address: string,
  references: readonly MessageReference[],
): Promise<FoundMessage[]> {
  const ids = references.filter((reference) => MESSAGE_ID.test(reference));
  const parse = (answer: unknown): FoundMessage => ({
    message: parseMessage(answer),
    folderId: parseParentFolderId(answer),
  });
  const outcomes = await client.askAll(ids.map((id) => ({ path: messagePath(address, id), parse })));
  return outcomes
    .flatMap((outcome) => {
      if ('error' in outcome) throw outcome.error;
      return 'answer' in outcome ? [outcome.answer] : [];
    })
    .filter(({ message }) => !message.isDraft);
}

/**
 * The messages with their header fields. Whether delta gives internetMessageHeaders is not documented, so that those
 * that lack them are read one by one; a message that is gone by then is left out.
 */
export async function withHeaders(
  client: GraphClient,
  address: string,
  messages: readonly GraphMessage[],
): Promise<GraphMessage[]> {
  const lacking = messages.filter(({ headers }) => headers === undefined).map(({ id }) => id);
  if (lacking.length === 0) return [...messages];
  const read = new Map((await readReferenced(client, address, lacking)).map(({ message }) => [message.id, message]));
  return messages.flatMap((message) => (message.headers === undefined ? (read.get(message.id) ?? []) : [message]));
}
