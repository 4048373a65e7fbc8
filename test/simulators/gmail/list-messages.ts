import type { MailboxState, StoredMessage } from './mailbox-state.ts';
import { formatPageToken, parsePageToken } from './page-token.ts';
import { pageSize, single, type Parameters } from './parameters.ts';

/** users.messages.list: newest first; a message must have every label asked for. */
export function listMessages(mailbox: MailboxState, parameters: Parameters): object {
  const labels = parameters.get('labelIds') ?? [];
  const withSpamAndTrash = single(parameters, 'includeSpamTrash') === 'true';
  const request = `${mailbox.address} ${labels.join()} ${withSpamAndTrash}`;
  const shown = shownTo(request, mailbox, () =>
    [...mailbox.messages.values()]
      .filter((message) => labels.every((label) => message.labelIds.has(label)))
      .filter((message) => withSpamAndTrash || !isHidden(message, labels))
      .sort(newestFirst),
  );

  const token = single(parameters, 'pageToken');
  const start = token === undefined ? 0 : placeOf(shown, parsePageToken(request, token));
  const page = shown.slice(start, start + pageSize(parameters));
  const last = page.at(-1);
  const more = last !== undefined && start + page.length < shown.length;
  return {
    ...(page.length > 0 && { messages: page.map(({ id, threadId }) => ({ id, threadId })) }),
    ...(more && { nextPageToken: formatPageToken(request, `${last.internalDate}-${last.id}`) }),
    resultSizeEstimate: shown.length,
  };
}

/** What each mailbox showed last, and to which request: a large one is not sorted anew for every page. */
const LAST_SHOWN = new WeakMap<MailboxState, { readonly key: string; readonly shown: readonly StoredMessage[] }>();

function shownTo(
  request: string,
  mailbox: MailboxState,
  select: () => readonly StoredMessage[],
): readonly StoredMessage[] {
  const key = `${mailbox.historyId} ${request}`;
  const last = LAST_SHOWN.get(mailbox);
  if (last?.key === key) return last.shown;
  const shown = select();
  LAST_SHOWN.set(mailbox, { key, shown });
  return shown;
}

function isHidden({ labelIds }: StoredMessage, asked: readonly string[]): boolean {
  return ['SPAM', 'TRASH'].some((label) => labelIds.has(label) && !asked.includes(label));
}

function newestFirst(a: StoredMessage, b: StoredMessage): number {
  return b.internalDate - a.internalDate || (a.id < b.id ? 1 : -1);
}

/** Where the page after a message begins, whether or not that message is still there. */
function placeOf(shown: readonly StoredMessage[], after: string): number {
  const [date, id] = after.split('-');
  const start = shown.findIndex(
    (message) => message.internalDate < Number(date) || (message.internalDate === Number(date) && message.id < id!),
  );
  return start === -1 ? shown.length : start;
}
