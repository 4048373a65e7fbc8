import { randomToken } from './directory.ts';
import { badRequest, syncStateNotFound } from './graph-error.ts';
import type { Change, Folder, MailboxState, StoredMessage } from './mailbox-state.ts';
import { messageResource } from './message-resource.ts';
import type { MessageQuery } from './query-options.ts';

/** What a state token stands for: how far one round over one folder, or over the folders, has come. */
interface Round {
  readonly address: string;
  /** Undefined for the round over the folders themselves. */
  readonly folderId: string | undefined;
  readonly query: MessageQuery | undefined;
  /** The entries of this round. */
  readonly entries: readonly Entry[];
  readonly next: number;
  /** Where the next round begins. */
  readonly sequence: number;
  readonly kind: '$skiptoken' | '$deltatoken';
}

/** A message by its immutable id, and how the round shows it. */
type Entry = Pick<Change, 'immutableId' | 'id' | 'kind'>;

export interface DeltaPage {
  readonly value: readonly object[];
  /** Without the host and the path. */
  readonly link: { readonly name: '@odata.nextLink' | '@odata.deltaLink'; readonly query: string };
}

/** How a call wants its page. */
export interface Paging {
  readonly maxPageSize: number;
  readonly immutableIds: boolean;
  readonly headers: boolean;
}

/** The state tokens of delta queries. They stand for nothing but themselves: nobody can make one. */
export interface DeltaTokens {
  /** A first request: every message that the query lets through, at most `filterCap` when it has a filter. */
  start(mailbox: MailboxState, folder: Folder, query: MessageQuery, paging: Paging): DeltaPage;
  startFolders(mailbox: MailboxState, paging: Paging): DeltaPage;
  /** @throws GraphError 410 for a token that is out of date, 400 for one that was never given or is another folder's */
  follow(mailbox: MailboxState, folderId: string | undefined, parameters: URLSearchParams, paging: Paging): DeltaPage;
  /** Forgets every token of a mailbox. */
  expire(address: string): void;
}

export function createDeltaTokens(filterCap: number): DeltaTokens {
  const rounds = new Map<string, Round>();
  const expired = new Set<string>();

  function tokenFor(round: Round): string {
    const token = randomToken();
    rounds.set(token, round);
    return token;
  }

  function page(mailbox: MailboxState, round: Round, paging: Paging): DeltaPage {
    const size = Math.min(round.query?.top ?? paging.maxPageSize, paging.maxPageSize);
    const end = Math.min(round.next + size, round.entries.length);
    const value = round.entries.slice(round.next, end).flatMap((entry) => shown(mailbox, round, entry, paging));
    const more = end < round.entries.length;
    const kind = more ? '$skiptoken' : '$deltatoken';
    const token = tokenFor({ ...round, kind, next: end });
    return { value, link: { name: more ? '@odata.nextLink' : '@odata.deltaLink', query: `${kind}=${token}` } };
  }

  return {
    start: (mailbox, folder, query, paging) => {
      const entries = initialEntries(mailbox, folder, query, filterCap);
      const { address, sequence } = mailbox;
      const round = { address, sequence, folderId: folder.id, query, entries, next: 0, kind: '$skiptoken' as const };
      return page(mailbox, round, paging);
    },
    startFolders: (mailbox, paging) => {
      const entries = [...mailbox.folders.keys()].map((id) => ({ immutableId: id, id, kind: 'stored' as const }));
      const { address, sequence } = mailbox;
      const round = { address, sequence, entries, folderId: undefined, query: undefined, next: 0 };
      return page(mailbox, { ...round, kind: '$skiptoken' }, paging);
    },
    follow: (mailbox, folderId, parameters, paging) => {
      const [[kind, token = ''] = ['', ''], ...others] = [...parameters];
      if (others.length > 0) throw badRequest('A state token already holds the options of the first request.');
      if (expired.has(token)) throw syncStateNotFound();
      const round = rounds.get(token);
      if (
        round === undefined ||
        round.kind !== kind ||
        round.address !== mailbox.address ||
        round.folderId !== folderId
      ) {
        throw badRequest('Badly formed token.');
      }
      return page(mailbox, kind === '$deltatoken' ? nextRound(mailbox, round) : round, paging);
    },
    expire: (address) => {
      for (const [token, round] of rounds) if (round.address === address) expired.add(token);
    },
  };
}

function initialEntries(mailbox: MailboxState, folder: Folder, query: MessageQuery, filterCap: number): Entry[] {
  const { from, newestFirst } = query;
  const found = mailbox
    .messagesIn(folder.id)
    .filter(({ receivedAt }) => from === undefined || receivedAt.getTime() >= from);
  // Without an order the documentation promises none; with one, the newest comes first.
  const ordered = newestFirst
    ? found.toSorted((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime())
    : found.reverse();
  const capped = from === undefined ? ordered : ordered.slice(0, filterCap);
  return capped.map(({ immutableId, id }) => ({ immutableId, id, kind: 'stored' }));
}

/** The changes since the round before, each message once. */
function nextRound(mailbox: MailboxState, round: Round): Round {
  const changes = round.folderId === undefined ? folderChanges(mailbox) : mailbox.changesIn(round.folderId);
  const entries = new Map<string, Entry>();
  for (const change of changes.slice(firstAfter(changes, round.sequence))) {
    const before = entries.get(change.immutableId);
    entries.delete(change.immutableId);
    entries.set(change.immutableId, before && change.kind === 'readFlag' ? { ...change, kind: before.kind } : change);
  }
  return { ...round, entries: [...entries.values()], next: 0, sequence: mailbox.sequence };
}

function firstAfter(changes: readonly { readonly sequence: number }[], sequence: number): number {
  const index = changes.findIndex((change) => change.sequence > sequence);
  return index === -1 ? changes.length : index;
}

function folderChanges({ folderChanges: changes }: MailboxState): readonly Change[] {
  return changes.map(({ sequence, folder: { id } }) => ({ sequence, immutableId: id, id, kind: 'changed' }));
}

function shown(mailbox: MailboxState, round: Round, entry: Entry, paging: Paging): object[] {
  if (round.folderId === undefined) return [shownFolder(mailbox, entry)];
  const message = mailbox.messages.get(entry.immutableId);
  const id = paging.immutableIds ? entry.immutableId : (message?.id ?? entry.id);
  if (message?.folderId !== round.folderId) return [{ id, '@removed': { reason: 'deleted' } }];
  if (isFilteredOut(message, round)) return [];
  if (entry.kind === 'readFlag') {
    const { isRead, folderId: parentFolderId } = message;
    return [{ '@odata.type': '#microsoft.graph.message', id, isRead, parentFolderId }];
  }
  return [messageResource(message, { ...paging, select: round.query?.select ?? [] })];
}

function isFilteredOut({ receivedAt }: StoredMessage, { query }: Round): boolean {
  return query?.from !== undefined && receivedAt.getTime() < query.from;
}

function shownFolder(mailbox: MailboxState, { id }: Entry): object {
  const folder = mailbox.folders.get(id);
  return folder === undefined ? { id, '@removed': { reason: 'deleted' } } : folderResource(mailbox, folder);
}

/** A folder as Graph v1.0 shows it: without its well-known name. */
export function folderResource(
  mailbox: MailboxState,
  { id, displayName, parentFolderId, isHidden = false }: Folder,
): object {
  const messages = mailbox.messagesIn(id);
  const childFolderCount = [...mailbox.folders.values()].filter((child) => child.parentFolderId === id).length;
  return {
    ...{ id, displayName, parentFolderId, childFolderCount, isHidden },
    totalItemCount: messages.length,
    unreadItemCount: messages.filter(({ isRead }) => !isRead).length,
  };
}
