import type { HeaderField } from '../../mail/header-field.ts';

const MAX_THREAD_ID = 255;
/** A page token comes back in an address, and is saved until then. */
const MAX_PAGE_TOKEN = 2048;
/** How Gmail spells the id of a message. */
export const MESSAGE_ID = /^[0-9A-Za-z_-]{1,64}$/;
/** An unsigned 64-bit number. */
const HISTORY_ID = /^\d{1,30}$/;

/** What the adapter reads of users.messages.get. */
export interface GmailMessage {
  readonly id: string;
  readonly threadId: string | undefined;
  readonly labelIds: readonly string[];
  /** When Google accepted it, in milliseconds since the epoch. */
  readonly internalDate: number;
  readonly fields: readonly HeaderField[];
}

/** What the adapter reads of users.messages.list. */
export interface GmailMessageList {
  readonly ids: readonly string[];
  readonly nextPageToken: string | undefined;
}

/** What the adapter reads of users.history.list. */
export interface GmailHistory {
  readonly records: readonly GmailHistoryRecord[];
  readonly historyId: string;
  readonly nextPageToken: string | undefined;
}

export interface GmailHistoryRecord {
  readonly id: string;
  /** Messages that were added, with the labels they have. */
  readonly added: readonly { readonly id: string; readonly labelIds: readonly string[] }[];
  /** Messages that were given labels, with the labels they were given. */
  readonly labelled: readonly { readonly id: string; readonly labelIds: readonly string[] }[];
  /** Messages that lost labels, with the labels they lost. */
  readonly unlabelled: readonly { readonly id: string; readonly labelIds: readonly string[] }[];
}

/** An answer with status 200 that is not what Gmail answers: an HTML page, half a document, a proxy's own JSON. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** @throws UnreadableAnswer */
export function parseHistoryId(answer: unknown): string {
  const historyId = member(answer, 'historyId');
  if (typeof historyId !== 'string' || !HISTORY_ID.test(historyId)) throw new UnreadableAnswer('historyId');
  return historyId;
}

const LIST_MEMBERS = ['messages', 'nextPageToken', 'resultSizeEstimate'];

/**
 * An empty list is an empty object, so anything else in it gives away that another service answered: taking that for
 * an empty mailbox would lose mail.
 *
 * @throws UnreadableAnswer
 */
export function parseMessageList(answer: unknown): GmailMessageList {
  const stranger = Object.keys(answer ?? {}).find((name) => !LIST_MEMBERS.includes(name));
  if (stranger !== undefined) throw new UnreadableAnswer(stranger);
  return { ids: list(answer, 'messages').map(messageIdOf), nextPageToken: pageTokenOf(answer) };
}

/** @throws UnreadableAnswer */
export function parseHistory(answer: unknown): GmailHistory {
  const records = list(answer, 'history').map((record) => ({
    id: recordIdOf(record),
    added: list(record, 'messagesAdded').map((added) => {
      const message = member(added, 'message');
      return { id: messageIdOf(message), labelIds: texts(message, 'labelIds') };
    }),
    labelled: list(record, 'labelsAdded').map(labelChangeOf),
    unlabelled: list(record, 'labelsRemoved').map(labelChangeOf),
  }));
  return { records, historyId: parseHistoryId(answer), nextPageToken: pageTokenOf(answer) };
}

function labelChangeOf(change: unknown): { readonly id: string; readonly labelIds: readonly string[] } {
  return { id: messageIdOf(member(change, 'message')), labelIds: texts(change, 'labelIds') };
}

/** A label, as users.labels.list names it. */
export interface GmailLabel {
  readonly id: string;
  readonly name: string;
}

/**
 * Every account has labels, so that an answer without any is none of Gmail.
 *
 * @throws UnreadableAnswer
 */
export function parseLabels(answer: unknown): GmailLabel[] {
  const labels = list(answer, 'labels').map((label) => ({ id: idOf(label), name: nameOf(label) }));
  if (labels.length === 0) throw new UnreadableAnswer('labels');
  return labels;
}

function nameOf(label: unknown): string {
  const name = member(label, 'name');
  return typeof name === 'string' ? name : '';
}

/** @throws UnreadableAnswer */
export function parseMessage(answer: unknown): GmailMessage {
  const internalDate = parseInternalDate(answer);
  const payload = member(answer, 'payload') ?? {};
  return {
    id: messageIdOf(answer),
    threadId: threadIdOf(answer),
    labelIds: texts(answer, 'labelIds'),
    internalDate,
    fields: list(payload, 'headers').map(fieldOf),
  };
}

/**
 * internalDate of a message, in milliseconds since the epoch.
 *
 * @throws UnreadableAnswer
 */
export function parseInternalDate(answer: unknown): number {
  const text = member(answer, 'internalDate');
  const internalDate = typeof text === 'string' && text !== '' ? Number(text) : NaN;
  if (Number.isNaN(new Date(internalDate).getTime())) throw new UnreadableAnswer('internalDate');
  return internalDate;
}

/**
 * When a watch ends (users.watch, `expiration`, milliseconds since the epoch).
 *
 * @throws UnreadableAnswer
 */
export function parseExpiration(answer: unknown): Date {
  const value = member(answer, 'expiration');
  const instant = new Date(typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : NaN);
  if (Number.isNaN(instant.getTime())) throw new UnreadableAnswer('expiration');
  return instant;
}

function fieldOf(header: unknown): HeaderField {
  const name = member(header, 'name');
  const value = member(header, 'value') ?? '';
  if (typeof name !== 'string' || typeof value !== 'string') throw new UnreadableAnswer('headers');
  return [name, value];
}

/** Another spelling could not be asked for. */
function messageIdOf(message: unknown): string {
  const id = idOf(message);
  if (!MESSAGE_ID.test(id)) throw new UnreadableAnswer('id');
  return id;
}

/** A history goes on after the id of any of its records. */
function recordIdOf(record: unknown): string {
  const id = idOf(record);
  if (!HISTORY_ID.test(id)) throw new UnreadableAnswer('id');
  return id;
}

function idOf(resource: unknown): string {
  const id = member(resource, 'id');
  if (typeof id !== 'string' || id === '') throw new UnreadableAnswer('id');
  return id;
}

/** A message without one is read all the same: the thread is only a second key. */
function threadIdOf(answer: unknown): string | undefined {
  const id = member(answer, 'threadId');
  return typeof id === 'string' && id !== '' ? id.slice(0, MAX_THREAD_ID) : undefined;
}

function pageTokenOf(answer: unknown): string | undefined {
  const token = member(answer, 'nextPageToken');
  if (typeof token === 'string' && token.length > MAX_PAGE_TOKEN) throw new UnreadableAnswer('nextPageToken');
  return typeof token === 'string' && token !== '' ? token : undefined;
}

/** A repeated member; Google leaves an empty one out. */
function list(resource: unknown, name: string): unknown[] {
  const value = member(resource, name) ?? [];
  if (!Array.isArray(value)) throw new UnreadableAnswer(name);
  return value;
}

function texts(resource: unknown, name: string): string[] {
  return list(resource, name).filter((item) => typeof item === 'string');
}

function member(resource: unknown, name: string): unknown {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) throw new UnreadableAnswer(name);
  return Object.hasOwn(resource, name) ? (resource as Record<string, unknown>)[name] : undefined;
}
