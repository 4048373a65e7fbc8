import { badRequest, notFound } from './google-error.ts';
import type { HistoryRecord, HistoryType, MailboxState, StoredMessage } from './mailbox-state.ts';
import { formatPageToken, parsePageToken } from './page-token.ts';
import { pageSize, single, type Parameters } from './parameters.ts';

const MEMBER: Readonly<Record<HistoryType, string>> = {
  messageAdded: 'messagesAdded',
  messageDeleted: 'messagesDeleted',
  labelAdded: 'labelsAdded',
  labelRemoved: 'labelsRemoved',
};

/** users.history.list: what changed after a history id, oldest first. A page may be empty and still have a next one. */
export function listHistory(mailbox: MailboxState, parameters: Parameters): object {
  const start = startOf(mailbox, parameters);
  const types = parameters.get('historyTypes');
  const label = single(parameters, 'labelId');
  const request = `${mailbox.address} ${start} ${types?.join()} ${label}`;
  const records = mailbox.history
    .filter((record) => record.id > start)
    .filter((record) => types === undefined || types.includes(record.type))
    .filter((record) => label === undefined || record.messages.some((message) => message.labelIds.has(label)));

  const token = single(parameters, 'pageToken');
  const after = token === undefined ? start : BigInt(parsePageToken(request, token));
  const rest = records.filter((record) => record.id > after);
  const page = rest.slice(0, pageSize(parameters));
  return {
    ...(page.length > 0 && { history: page.map(recordAnswer) }),
    ...(page.length < rest.length && { nextPageToken: formatPageToken(request, String(page.at(-1)!.id)) }),
    historyId: String(mailbox.historyId),
  };
}

function startOf(mailbox: MailboxState, parameters: Parameters): bigint {
  const text = single(parameters, 'startHistoryId');
  if (text === undefined) throw badRequest('Missing required parameter: startHistoryId');
  const start = BigInt(text);
  if (start < mailbox.oldestHistoryId || start > mailbox.historyId) throw notFound();
  return start;
}

function recordAnswer({ id, type, messages, labelIds }: HistoryRecord): object {
  const labelled = type === 'labelAdded' || type === 'labelRemoved';
  return {
    id: String(id),
    messages: messages.map((message) => ({ id: message.id, threadId: message.threadId })),
    [MEMBER[type]]: messages.map((message) => ({
      message: messageAnswer(message),
      ...(labelled && { labelIds }),
    })),
  };
}

function messageAnswer({ id, threadId, labelIds }: StoredMessage): object {
  return { id, threadId, labelIds: [...labelIds] };
}
