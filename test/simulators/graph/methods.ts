import { folderResource, type DeltaPage, type DeltaTokens, type Paging } from './delta.ts';
import type { Grant } from './directory.ts';
import { accessDenied, badRequest, GraphError, invalidId, itemNotFound } from './graph-error.ts';
import type { Folder, MailboxState, StoredMessage } from './mailbox-state.ts';
import { messageResource } from './message-resource.ts';
import { messageQuery, type RecordViolation } from './query-options.ts';
import { createDraft, sendDraft, sendMail, type PostOffice } from './send-message.ts';

/** One call, after its token and its mailbox have been found. */
export interface Call {
  readonly mailbox: MailboxState;
  readonly grant: Grant;
  /** The part of the path behind the user, decoded, for example `['mailFolders', 'inbox', 'messages']`. */
  readonly path: readonly string[];
  readonly parameters: URLSearchParams;
  readonly paging: Paging;
  readonly contentType: string;
  /** As it came: JSON, or a message in base64. */
  readonly body: string;
  readonly violation: RecordViolation;
  readonly deltas: DeltaTokens;
  readonly post: PostOffice;
  /** The address of this collection or of a state token, for links. */
  readonly linkTo: (query: string) => string;
}

export interface Method {
  /** As the documentation calls it, for example `message: delta`. */
  readonly name: string;
  readonly verb: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Segments; `*` stands for an id. */
  readonly path: string;
  /** Any of these permissions will do; for an application the name with `.All` is meant where there is one. */
  readonly permissions: readonly string[];
  /** True for a change of a message, which a reader never makes. */
  readonly changes?: boolean;
  readonly run: (call: Call) => object | undefined;
}

const READING = ['Mail.ReadBasic', 'Mail.ReadBasic.All', 'Mail.Read', 'Mail.ReadWrite'];
const WRITING = ['Mail.ReadWrite'];
const SENDING = ['Mail.Send'];

/** The part of Graph's mail API that the simulator knows, by the pages of the reference (v1.0). */
export const METHODS: readonly Method[] = [
  { name: 'mailFolder: delta', verb: 'GET', path: 'mailFolders/delta', permissions: READING, run: folderDelta },
  {
    name: 'message: delta',
    verb: 'GET',
    path: 'mailFolders/*/messages/delta',
    permissions: READING,
    run: messageDelta,
  },
  { name: 'List messages', verb: 'GET', path: 'mailFolders/*/messages', permissions: READING, run: listMessages },
  {
    name: 'List childFolders',
    verb: 'GET',
    path: 'mailFolders/*/childFolders',
    permissions: READING,
    run: listChildFolders,
  },
  { name: 'Get mailFolder', verb: 'GET', path: 'mailFolders/*', permissions: READING, run: getFolder },
  { name: 'Get message', verb: 'GET', path: 'messages/*', permissions: READING, run: getMessage },
  { name: 'Get message $value', verb: 'GET', path: 'messages/*/$value', permissions: READING, run: refuseMime },
  { name: 'List attachments', verb: 'GET', path: 'messages/*/attachments', permissions: READING, run: refuseMime },
  {
    name: 'Update message',
    verb: 'PATCH',
    path: 'messages/*',
    permissions: WRITING,
    changes: true,
    run: updateMessage,
  },
  {
    name: 'Delete message',
    verb: 'DELETE',
    path: 'messages/*',
    permissions: WRITING,
    changes: true,
    run: deleteMessage,
  },
  {
    name: 'message: move',
    verb: 'POST',
    path: 'messages/*/move',
    permissions: WRITING,
    changes: true,
    run: moveMessage,
  },
  {
    name: 'user: sendMail',
    verb: 'POST',
    path: 'sendMail',
    permissions: SENDING,
    run: (call) => sendMail(call, call.post),
  },
  { name: 'Create message', verb: 'POST', path: 'messages', permissions: WRITING, run: (call) => createDraft(call) },
  {
    name: 'message: send',
    verb: 'POST',
    path: 'messages/*/send',
    permissions: SENDING,
    run: (call) => sendDraft(call, call.post),
  },
];

function folderDelta({ mailbox, parameters, paging, deltas, linkTo }: Call): object {
  const state = parameters.has('$deltatoken') || parameters.has('$skiptoken');
  for (const name of parameters.keys()) {
    if (!state && name !== '$select') throw badRequest(`Query option '${name}' is not allowed.`);
  }
  return withLink(
    state ? deltas.follow(mailbox, undefined, parameters, paging) : deltas.startFolders(mailbox, paging),
    linkTo,
  );
}

function messageDelta({ mailbox, grant, path, parameters, paging, violation, deltas, linkTo }: Call): object {
  const folder = folderOf(mailbox, path[1]!);
  if (parameters.has('$deltatoken') || parameters.has('$skiptoken')) {
    return withLink(deltas.follow(mailbox, folder.id, parameters, paging), linkTo);
  }
  const query = messageQuery('delta', parameters, grant, violation);
  return withLink(deltas.start(mailbox, folder, query, paging), linkTo);
}

function withLink({ value, link }: DeltaPage, linkTo: Call['linkTo']): object {
  return { value, [link.name]: linkTo(link.query) };
}

/** Lists by date, newest first where that is asked for; further pages are reached by `$skip`. */
function listMessages({ mailbox, grant, path, parameters, paging, violation, linkTo }: Call): object {
  const query = messageQuery('list', parameters, grant, violation);
  const found = mailbox
    .newestFirst(folderOf(mailbox, path[1]!).id)
    .filter(({ receivedAt }) => query.from === undefined || receivedAt.getTime() >= query.from)
    .filter(({ receivedAt }) => query.until === undefined || receivedAt.getTime() < query.until);
  const end = query.skip + (query.top ?? 10);
  const next = new URLSearchParams(parameters);
  next.set('$skip', String(end));
  return {
    ...(query.count && { '@odata.count': found.length }),
    value: found
      .slice(query.skip, end)
      .map((message) => messageResource(message, { ...paging, headers: true, select: query.select })),
    ...(end < found.length && { '@odata.nextLink': linkTo(next.toString()) }),
  };
}

function listChildFolders({ mailbox, path }: Call): object {
  const parent = path[1] === 'msgfolderroot' ? undefined : folderOf(mailbox, path[1]!);
  const folders = [...mailbox.folders.values()].filter(({ parentFolderId }) =>
    parent === undefined ? !mailbox.folders.has(parentFolderId) : parentFolderId === parent.id,
  );
  return { value: folders.map((folder) => folderResource(mailbox, folder)) };
}

function getFolder({ mailbox, path }: Call): object {
  return folderResource(mailbox, folderOf(mailbox, path[1]!));
}

function getMessage({ mailbox, grant, path, parameters, paging, violation }: Call): object {
  const { select } = messageQuery('get', parameters, grant, violation);
  const message = messageOf(mailbox, path[1]!);
  const { meetingMessageType } = message;
  const resource = messageResource(message, { ...paging, headers: true, select });
  return { ...resource, ...(meetingMessageType !== undefined && select.length === 0 && { meetingMessageType }) };
}

/** The MIME of a message, or an attachment, is more than basic properties. */
function refuseMime({ path, violation }: Call): never {
  violation(`asks for ${path.at(-1)} of a message`);
  throw accessDenied();
}

function updateMessage({ mailbox, path, paging, body }: Call): object {
  const { isRead } = JSON.parse(body) as { readonly isRead?: boolean };
  if (typeof isRead !== 'boolean') throw badRequest('The Graph simulator changes isRead alone.');
  const changed = mailbox.change(messageOf(mailbox, path[1]!).immutableId, { isRead });
  return messageResource(changed, { ...paging, select: ['id', 'isRead'] });
}

function deleteMessage({ mailbox, path }: Call): undefined {
  mailbox.remove(messageOf(mailbox, path[1]!).immutableId);
}

function moveMessage({ mailbox, path, paging, body }: Call): object {
  const { destinationId = '' } = JSON.parse(body) as { readonly destinationId?: string };
  const moved = mailbox.move(messageOf(mailbox, path[1]!).immutableId, folderOf(mailbox, destinationId).id);
  return messageResource(moved, { ...paging, select: ['id', 'parentFolderId'] });
}

function folderOf(mailbox: MailboxState, name: string): Folder {
  const folder = mailbox.folder(name);
  if (folder !== undefined) return folder;
  throw /^[A-Za-z0-9_=-]{8,}$/.test(name) ? itemNotFound() : invalidId();
}

export function messageOf(mailbox: MailboxState, id: string): StoredMessage {
  if (!/^[A-Za-z0-9_=-]{8,}$/.test(id)) throw invalidId();
  const message = mailbox.message(id);
  if (message === undefined) throw itemNotFound();
  return message;
}

/** The method that a request asks for. */
export function methodOf(verb: string, segments: readonly string[]): Method {
  const found = METHODS.find(
    (method) =>
      method.verb === verb &&
      method.path.split('/').length === segments.length &&
      method.path.split('/').every((part, place) => part === '*' || part === segments[place]),
  );
  if (found !== undefined) return found;
  throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${segments.at(-1) ?? ''}'.`);
}
