import { answeredIds, headerOf, threadSubject, type RawMessage } from '../raw-message.ts';

export interface StoredMessage {
  readonly id: string;
  readonly threadId: string;
  readonly labelIds: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly internalDate: number;
  readonly message: RawMessage;
  /** The last history record that changed this message. */
  readonly historyId: bigint;
}

export type HistoryType = 'messageAdded' | 'messageDeleted' | 'labelAdded' | 'labelRemoved';

/** One change of the mailbox, with the messages as they stood after it. */
export interface HistoryRecord {
  readonly id: bigint;
  readonly type: HistoryType;
  readonly messages: readonly StoredMessage[];
  /** The labels that were added or removed. */
  readonly labelIds: readonly string[];
}

export interface NewMessage {
  readonly message: RawMessage;
  readonly labels: readonly string[];
  readonly receivedAt: Date;
  readonly threadId?: string | undefined;
}

/** One account's messages and the history of their changes. */
export interface MailboxState {
  readonly address: string;
  readonly messages: ReadonlyMap<string, StoredMessage>;
  /** Names of the user's own labels by their ids. */
  readonly labels: Map<string, string>;
  readonly history: readonly HistoryRecord[];
  readonly historyId: bigint;
  /** Start ids below this one are out of date. */
  readonly oldestHistoryId: bigint;
  /** Adds messages, all in one history record. */
  add(...messages: readonly NewMessage[]): StoredMessage[];
  relabel(id: string, change: { add?: readonly string[]; remove?: readonly string[] }): StoredMessage | undefined;
  remove(id: string): boolean;
  expireHistory(): void;
}

/** Larger than a JavaScript number keeps exactly, so that nobody may treat a history id as one. */
const FIRST_HISTORY_ID = 2n ** 53n + 1n;
/** Ids grow but are not contiguous. */
const HISTORY_GAP = 17n;

/** @param changed told of each change, with the labels that the changed messages have or had */
export function createMailboxState(
  address: string,
  nextMessageId: () => string,
  changed: (mailbox: MailboxState, labelIds: ReadonlySet<string>) => void = () => undefined,
): MailboxState {
  const messages = new Map<string, StoredMessage>();
  const history: HistoryRecord[] = [];
  let historyId = FIRST_HISTORY_ID;
  let oldestHistoryId = FIRST_HISTORY_ID;

  function record(type: HistoryType, of: readonly StoredMessage[], labelIds: readonly string[] = []): void {
    history.push({ id: historyId, type, messages: of, labelIds });
    changed(state, new Set([...labelIds, ...of.flatMap((message) => [...message.labelIds])]));
  }

  function store(added: NewMessage): StoredMessage {
    const id = nextMessageId();
    const threadId = joinedThread(messages, added) ?? id;
    const internalDate = added.receivedAt.getTime();
    const labelIds = new Set(added.labels);
    const stored = { id, threadId, labelIds, internalDate, message: added.message, historyId };
    messages.set(id, stored);
    return stored;
  }

  function applyLabels(id: string, type: 'labelAdded' | 'labelRemoved', wanted: readonly string[]): void {
    const before = messages.get(id)!;
    const adding = type === 'labelAdded';
    const given = wanted.filter((label) => before.labelIds.has(label) !== adding);
    if (given.length === 0) return;
    historyId += HISTORY_GAP;
    const labels = adding ? [...before.labelIds, ...given] : [...before.labelIds].filter((l) => !given.includes(l));
    const after = { ...before, labelIds: new Set(labels), historyId };
    messages.set(id, after);
    record(type, [after], given);
  }

  const state: MailboxState = {
    address,
    messages,
    labels: new Map(),
    history,
    get historyId() {
      return historyId;
    },
    get oldestHistoryId() {
      return oldestHistoryId;
    },
    add: (...added) => {
      historyId += HISTORY_GAP;
      const stored = added.map(store);
      record('messageAdded', stored);
      return stored;
    },
    relabel: (id, { add = [], remove = [] }) => {
      if (!messages.has(id)) return undefined;
      applyLabels(id, 'labelAdded', add);
      applyLabels(id, 'labelRemoved', remove);
      return messages.get(id);
    },
    remove: (id) => {
      const gone = messages.get(id);
      if (gone === undefined) return false;
      historyId += HISTORY_GAP;
      messages.delete(id);
      record('messageDeleted', [gone]);
      return true;
    },
    expireHistory: () => {
      historyId += HISTORY_GAP;
      oldestHistoryId = historyId;
      history.length = 0;
    },
  };
  return state;
}

/** A message joins a thread when it answers one of its messages and has the same subject; a named thread needs both too. */
function joinedThread(messages: ReadonlyMap<string, StoredMessage>, added: NewMessage): string | undefined {
  const answered = new Set(answeredIds(added.message));
  if (answered.size === 0) return undefined;
  const subject = threadSubject(added.message);
  for (const known of messages.values()) {
    if (added.threadId !== undefined && known.threadId !== added.threadId) continue;
    const id = headerOf(known.message, 'Message-ID');
    if (id !== undefined && answered.has(id) && threadSubject(known.message) === subject) return known.threadId;
  }
  return undefined;
}
