import type { Shape } from './field-mask.ts';
import { getMessage } from './get-message.ts';
import { badRequest, notFound } from './google-error.ts';
import { listHistory } from './list-history.ts';
import { listMessages } from './list-messages.ts';
import type { MailboxState, StoredMessage } from './mailbox-state.ts';
import { BOOLEAN, WHOLE_NUMBER, type ParameterRules, type Parameters } from './parameters.ts';
import type { Pubsub } from './pubsub.ts';
import { parseRawMessage, type RawMessage } from '../raw-message.ts';
import { DELETING, LABELS, MODIFYING, PROFILE, READING, SENDING, type Scope } from './scopes.ts';

/** One authorised call, its parameters checked. */
export interface Call {
  readonly mailbox: MailboxState;
  readonly scopes: ReadonlySet<Scope>;
  readonly parameters: Parameters;
  /** The message id of the path, or empty. */
  readonly id: string;
  /** The JSON body; empty when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
  send(raw: RawMessage, threadId: string | undefined): StoredMessage;
  readonly pubsub: Pick<Pubsub, 'watch' | 'stop'>;
}

/** A method of the Gmail API as its reference page describes it. */
export interface Method {
  readonly name: string;
  readonly verb: 'GET' | 'POST' | 'DELETE';
  /** Below `/gmail/v1/users/{userId}/`; `{id}` stands for a message. */
  readonly path: string;
  /** Any one of these is enough. */
  readonly scopes: readonly Scope[];
  readonly parameters: ParameterRules;
  readonly shape: Shape;
  /** The JSON answer, or undefined for an empty one. */
  run(call: Call): object | undefined;
}

const PART = { partId: true, mimeType: true, filename: true, headers: { name: true, value: true } } as const;
const BODY = { size: true, data: true, attachmentId: true } as const;
const MESSAGE: Shape = {
  id: true,
  threadId: true,
  labelIds: true,
  snippet: true,
  historyId: true,
  internalDate: true,
  sizeEstimate: true,
  raw: true,
  payload: { ...PART, body: BODY, parts: { ...PART, body: BODY } },
};
const LABEL_CHANGE: Shape = { message: MESSAGE, labelIds: true };
const HISTORY: Shape = {
  id: true,
  messages: MESSAGE,
  messagesAdded: { message: MESSAGE },
  messagesDeleted: { message: MESSAGE },
  labelsAdded: LABEL_CHANGE,
  labelsRemoved: LABEL_CHANGE,
};

const SYSTEM_LABELS = [
  ...['INBOX', 'SENT', 'DRAFT', 'TRASH', 'SPAM', 'UNREAD', 'STARRED', 'IMPORTANT', 'CHAT'],
  ...['CATEGORY_PERSONAL', 'CATEGORY_SOCIAL', 'CATEGORY_PROMOTIONS', 'CATEGORY_UPDATES', 'CATEGORY_FORUMS'],
];

export const METHODS: readonly Method[] = [
  {
    name: 'users.watch',
    verb: 'POST',
    path: 'watch',
    scopes: READING,
    parameters: {},
    shape: { historyId: true, expiration: true },
    run: ({ pubsub, mailbox, body }) => pubsub.watch(mailbox, body),
  },
  {
    name: 'users.stop',
    verb: 'POST',
    path: 'stop',
    scopes: READING,
    parameters: {},
    shape: {},
    run: ({ pubsub, mailbox }) => {
      pubsub.stop(mailbox);
      return undefined;
    },
  },
  {
    name: 'users.getProfile',
    verb: 'GET',
    path: 'profile',
    scopes: PROFILE,
    parameters: {},
    shape: { emailAddress: true, messagesTotal: true, threadsTotal: true, historyId: true },
    run: ({ mailbox }) => profile(mailbox),
  },
  {
    name: 'users.labels.list',
    verb: 'GET',
    path: 'labels',
    scopes: LABELS,
    parameters: {},
    shape: { labels: { id: true, name: true, type: true } },
    run: ({ mailbox }) => ({
      labels: [
        ...SYSTEM_LABELS.map((id) => ({ id, name: id, type: 'system' })),
        ...[...mailbox.labels].map(([id, name]) => ({ id, name, type: 'user' })),
      ],
    }),
  },
  {
    name: 'users.history.list',
    verb: 'GET',
    path: 'history',
    scopes: READING,
    parameters: {
      startHistoryId: { pattern: /^\d{1,20}$/ },
      historyTypes: { repeated: true, pattern: /^(messageAdded|messageDeleted|labelAdded|labelRemoved)$/ },
      labelId: {},
      maxResults: WHOLE_NUMBER,
      pageToken: {},
    },
    shape: { history: HISTORY, historyId: true, nextPageToken: true },
    run: ({ mailbox, parameters }) => listHistory(mailbox, parameters),
  },
  {
    name: 'users.messages.list',
    verb: 'GET',
    path: 'messages',
    scopes: READING,
    parameters: {
      labelIds: { repeated: true },
      includeSpamTrash: BOOLEAN,
      maxResults: WHOLE_NUMBER,
      pageToken: {},
      q: {},
    },
    shape: { messages: { id: true, threadId: true }, nextPageToken: true, resultSizeEstimate: true },
    run: ({ mailbox, parameters }) => listMessages(mailbox, parameters),
  },
  {
    name: 'users.messages.get',
    verb: 'GET',
    path: 'messages/{id}',
    scopes: READING,
    parameters: { format: { pattern: /^(minimal|full|raw|metadata)$/i }, metadataHeaders: { repeated: true } },
    shape: MESSAGE,
    run: ({ mailbox, id, parameters, scopes }) => getMessage(mailbox, id, parameters, scopes),
  },
  {
    name: 'users.messages.send',
    verb: 'POST',
    path: 'messages/send',
    scopes: SENDING,
    parameters: {},
    shape: MESSAGE,
    run: (call) => brief(call.send(rawOf(call.body), textOf(call.body['threadId']))),
  },
  {
    name: 'users.messages.modify',
    verb: 'POST',
    path: 'messages/{id}/modify',
    scopes: MODIFYING,
    parameters: {},
    shape: MESSAGE,
    run: (call) => relabelled(call, textsOf(call.body['addLabelIds']), textsOf(call.body['removeLabelIds'])),
  },
  {
    name: 'users.messages.trash',
    verb: 'POST',
    path: 'messages/{id}/trash',
    scopes: MODIFYING,
    parameters: {},
    shape: MESSAGE,
    run: (call) => relabelled(call, ['TRASH'], ['INBOX']),
  },
  {
    name: 'users.messages.untrash',
    verb: 'POST',
    path: 'messages/{id}/untrash',
    scopes: MODIFYING,
    parameters: {},
    shape: MESSAGE,
    run: (call) => relabelled(call, [], ['TRASH']),
  },
  {
    name: 'users.messages.delete',
    verb: 'DELETE',
    path: 'messages/{id}',
    scopes: DELETING,
    parameters: {},
    shape: {},
    run: ({ mailbox, id }) => {
      if (!mailbox.remove(id)) throw notFound();
      return undefined;
    },
  },
];

function profile(mailbox: MailboxState): object {
  return {
    emailAddress: mailbox.address,
    messagesTotal: mailbox.messages.size,
    threadsTotal: new Set([...mailbox.messages.values()].map(({ threadId }) => threadId)).size,
    historyId: String(mailbox.historyId),
  };
}

function brief({ id, threadId, labelIds }: StoredMessage): object {
  return { id, threadId, labelIds: [...labelIds] };
}

function relabelled({ mailbox, id }: Call, add: readonly string[], remove: readonly string[]): object {
  const message = mailbox.relabel(id, { add, remove });
  if (message === undefined) throw notFound();
  return brief(message);
}

function rawOf(body: Call['body']): RawMessage {
  const raw = textOf(body['raw']);
  if (raw === undefined || !/^[A-Za-z0-9_=-]+$/.test(raw))
    throw badRequest("'raw' RFC822 payload message string required");
  return parseRawMessage(Buffer.from(raw, 'base64url').toString());
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
