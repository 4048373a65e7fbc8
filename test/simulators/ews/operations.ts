import { EwsError, schemaViolation } from './ews-error.ts';
import { ITEM_PROPERTIES } from './item-properties.ts';
import type { Folder, Item, MailboxState } from './mailbox-state.ts';
import { child, isTree, requireSequence, textOf, trees, type Tree } from './request.ts';
import { parseFolderShape, parseItemShape, type ItemShape } from './shape.ts';
import { hierarchyChanges, itemChanges, type Change } from './sync-state.ts';
import { element, text, type Element } from './xml.ts';

/** How the server that is simulated differs from others that follow the same schema. */
export interface ServerHabits {
  /** Whether sent items show header fields. */
  readonly sentHeaders: boolean;
  /** Whether the newest change of a folder comes first; the order is documented nowhere. */
  readonly newestFirst: boolean;
  /** The most changes of one answer, whatever the client asks for; at most 512. */
  readonly mostChanges: number;
  /** Whether properties are left out that the schema calls optional and a client can do without. */
  readonly sparse: boolean;
  /** Whether the properties of an item come in another order than that of the schema. */
  readonly shuffled: boolean;
  /** Whether a mailbox may be named by another address than its primary one. */
  readonly aliases: boolean;
}

export interface OperationContext {
  readonly mailbox: MailboxState;
  /** The mailbox of an address, as far as the caller may open it; throws an EwsError. */
  readonly mailboxOf: (address: string) => MailboxState;
  readonly habits: ServerHabits;
  readonly recordViolation: (words: string) => void;
}

/** The response messages of a call: one for each thing that was asked for, in its order. */
export type ResponseMessages = readonly (readonly Element[] | EwsError)[];

/** Characters at which SyncFolderItems and FindItem cut a text. */
const CUT = 255;

/** What a mailbox can be asked in one call; what subscribes or hangs is elsewhere. */
export const OPERATIONS: Readonly<Record<string, (body: Tree, context: OperationContext) => ResponseMessages>> = {
  SyncFolderHierarchy: (body, { mailbox, habits }) => {
    requireSequence(body, ['FolderShape', 'SyncFolderId', 'SyncState'], 'SyncFolderHierarchy');
    const properties = parseFolderShape(body);
    const named = body['SyncFolderId'] !== undefined;
    const root = named ? folderIn(body, 'SyncFolderId', mailbox) : mailbox.folderOf('msgfolderroot')!;
    const { changes, state } = hierarchyChanges(mailbox, root, textOf(body, 'SyncState'));
    const written = changes.map(({ type, subject }) =>
      type === 'Delete'
        ? element('t:Delete', {}, folderId(subject))
        : element(`t:${type}`, {}, writeFolder(subject, mailbox, properties)),
    );
    const range = habits.sparse ? [] : [text('m:IncludesLastFolderInRange', 'true')];
    return [[text('m:SyncState', state), ...range, element('m:Changes', {}, ...written)]];
  },

  SyncFolderItems: (body, context) => {
    const names = ['ItemShape', 'SyncFolderId', 'SyncState', 'Ignore', 'MaxChangesReturned', 'SyncScope'];
    requireSequence(body, names, 'SyncFolderItems');
    const { mailbox, habits } = context;
    const shape = parseItemShape(child(body, 'ItemShape'), 'SyncFolderItems', context.recordViolation);
    const most = Number(textOf(body, 'MaxChangesReturned'));
    if (!Number.isInteger(most) || most < 1 || most > 512) throw schemaViolation('MaxChangesReturned is not 1 to 512');
    const folder = syncFolder(body, mailbox);
    const asked = { limit: Math.min(most, habits.mostChanges), newestFirst: habits.newestFirst };
    const { changes, state, last } = itemChanges(mailbox, folder, textOf(body, 'SyncState'), asked);
    const written = changes.map((change) => writeChange(change, shape, context));
    return [
      [
        text('m:SyncState', state),
        ...(habits.sparse ? [] : [text('m:IncludesLastItemInRange', String(last))]),
        element('m:Changes', {}, ...written),
      ],
    ];
  },

  GetItem: (body, context) => {
    requireSequence(body, ['ItemShape', 'ItemIds'], 'GetItem');
    const shape = parseItemShape(child(body, 'ItemShape'), 'GetItem', context.recordViolation);
    return trees(child(body, 'ItemIds'), 'ItemId').map((asked) => {
      const item = context.mailbox.items.get(String(asked['@Id']));
      if (item === undefined && !/^[A-Za-z0-9+/]{80,}=*$/.test(String(asked['@Id']))) {
        return new EwsError('ErrorInvalidIdMalformed', 'Id is malformed.');
      }
      if (item === undefined || item.removed) {
        return new EwsError('ErrorItemNotFound', 'The specified object was not found in the store.');
      }
      return [element('m:Items', {}, writeItem(item, shape, context, Infinity))];
    });
  },

  FindItem: (body, context) => {
    const names = [
      'ItemShape',
      'IndexedPageItemView',
      'FractionalPageItemView',
      'Restriction',
      'SortOrder',
      'ParentFolderIds',
    ];
    requireSequence(body, names, 'FindItem');
    if (body['@Traversal'] !== 'Shallow') throw schemaViolation('Traversal is not Shallow');
    const { mailbox } = context;
    const shape = parseItemShape(child(body, 'ItemShape'), 'FindItem', context.recordViolation);
    const since = sinceIn(body, context);
    const view = isTree(body['IndexedPageItemView']) ? body['IndexedPageItemView'] : {};
    const offset = Number(view['@Offset'] ?? 0);
    const folder = folderIn(body, 'ParentFolderIds', mailbox);
    const all = [...mailbox.items.values()].filter(
      ({ folderId: place, removed, receivedAt }) => place === folder.id && !removed && receivedAt >= since,
    );
    const page = all.slice(offset, offset + Math.min(Number(view['@MaxEntriesReturned'] ?? 1000), 1000));
    const next = offset + page.length;
    const attributes = {
      ...(context.habits.sparse ? {} : { TotalItemsInView: String(all.length) }),
      ...{ IndexedPagingOffset: String(next), IncludesLastItemInRange: String(next >= all.length) },
    };
    const items = page.map((item) => writeItem(item, shape, context, CUT));
    return [[element('m:RootFolder', attributes, element('t:Items', {}, ...items))]];
  },

  GetFolder: (body, context) => {
    requireSequence(body, ['FolderShape', 'FolderIds'], 'GetFolder');
    const properties = parseFolderShape(body);
    const asked = child(body, 'FolderIds');
    const ids = [...trees(asked, 'DistinguishedFolderId'), ...trees(asked, 'FolderId')];
    return ids.map((id) =>
      answerEach(() => {
        const mailbox = mailboxNamed(id, context);
        const folder = mailbox.folderOf(String(id['@Id']));
        if (folder === undefined || folder.removed) throw folderNotFound();
        return [element('m:Folders', {}, writeFolder(folder, mailbox, properties))];
      }),
    );
  },

  FindFolder: (body, { mailbox }) => {
    requireSequence(body, ['FolderShape', 'IndexedPageFolderView', 'ParentFolderIds'], 'FindFolder');
    const properties = parseFolderShape(body);
    const view = isTree(body['IndexedPageFolderView']) ? body['IndexedPageFolderView'] : {};
    const parent = folderIn(body, 'ParentFolderIds', mailbox);
    const deep = body['@Traversal'] === 'Deep';
    const all = [...mailbox.folders.values()].filter(
      (folder) => !folder.removed && (deep ? isBelow(folder, parent, mailbox) : folder.parentId === parent.id),
    );
    const offset = Number(view['@Offset'] ?? 0);
    const page = all.slice(offset, offset + Math.min(Number(view['@MaxEntriesReturned'] ?? 1000), 1000));
    const next = offset + page.length;
    const attributes = {
      ...{ IndexedPagingOffset: String(next), TotalItemsInView: String(all.length) },
      IncludesLastItemInRange: String(next >= all.length),
    };
    const folders = page.map((folder) => writeFolder(folder, mailbox, properties));
    return [[element('m:RootFolder', attributes, element('t:Folders', {}, ...folders))]];
  },
};

/** The only restriction that a reader by date needs. */
function sinceIn(body: Tree, { recordViolation }: OperationContext): Date {
  if (body['Restriction'] === undefined) return new Date(0);
  const restriction = child(child(body, 'Restriction'), 'IsGreaterThanOrEqualTo');
  const [uri] = trees(restriction, 'FieldURI');
  if (uri?.['@FieldURI'] !== 'item:DateTimeReceived') {
    recordViolation(`FindItem searches by ${String(uri?.['@FieldURI'])}`);
    throw schemaViolation('this restriction is not simulated');
  }
  return new Date(String(child(child(restriction, 'FieldURIOrConstant'), 'Constant')['@Value']));
}

/** An error of one thing that was asked for is no error of the others, unless it is one of the request. */
function answerEach(make: () => readonly Element[]): readonly Element[] | EwsError {
  try {
    return make();
  } catch (error) {
    if (error instanceof EwsError && !error.asFault) return error;
    throw error;
  }
}

/** The mailbox that a DistinguishedFolderId names by an EmailAddressType, or that of the caller. */
function mailboxNamed(id: Tree, { mailbox, mailboxOf }: OperationContext): MailboxState {
  requireSequence(id, ['Mailbox'], 'DistinguishedFolderId');
  if (id['Mailbox'] === undefined) return mailbox;
  const named = child(id, 'Mailbox');
  requireSequence(named, ['Name', 'EmailAddress', 'RoutingType', 'MailboxType', 'ItemId'], 'Mailbox');
  if ((textOf(named, 'RoutingType') ?? 'SMTP') !== 'SMTP')
    throw schemaViolation('only addresses of SMTP are simulated');
  const address = textOf(named, 'EmailAddress') ?? '';
  if (address === '') throw new EwsError('ErrorMissingEmailAddress', 'The mailbox has no e-mail address.');
  return mailboxOf(address);
}

export function folderNotFound(): EwsError {
  return new EwsError('ErrorFolderNotFound', 'The specified folder could not be found in the store.');
}

function folderIn(body: Tree, name: string, mailbox: MailboxState): Folder {
  const asked = child(body, name);
  const [id] = [...trees(asked, 'DistinguishedFolderId'), ...trees(asked, 'FolderId')];
  if (id?.['Mailbox'] !== undefined) throw schemaViolation('a Mailbox is simulated in GetFolder alone');
  const folder = mailbox.folderOf(String(id?.['@Id']));
  if (folder === undefined || folder.removed) throw folderNotFound();
  return folder;
}

function syncFolder(body: Tree, mailbox: MailboxState): Folder {
  try {
    return folderIn(body, 'SyncFolderId', mailbox);
  } catch (error) {
    if (!(error instanceof EwsError) || error.code !== 'ErrorFolderNotFound') throw error;
    throw new EwsError('ErrorSyncFolderNotFound', 'The folder that is being synchronized could not be found.');
  }
}

function isBelow(folder: Folder, root: Folder, mailbox: MailboxState): boolean {
  if (folder.parentId === undefined) return false;
  if (folder.parentId === root.id) return true;
  const parent = mailbox.folders.get(folder.parentId);
  return parent !== undefined && isBelow(parent, root, mailbox);
}

function folderId({ id, changedAt }: Folder): Element {
  return element('t:FolderId', { Id: id, ChangeKey: `AQ${changedAt}==` });
}

const FOLDER_ELEMENTS: Readonly<Record<string, Element['name']>> = {
  'IPF.Appointment': 't:CalendarFolder',
  'IPF.Contact': 't:ContactsFolder',
  'IPF.Task': 't:TasksFolder',
};

function writeFolder(folder: Folder, mailbox: MailboxState, properties: ReadonlySet<string>): Element {
  const { parentId, folderClass, displayName } = folder;
  const held = [...mailbox.items.values()].filter(({ folderId: place, removed }) => place === folder.id && !removed);
  const children = [...mailbox.folders.values()].filter((other) => other.parentId === folder.id && !other.removed);
  const optional = (uri: string, made: () => Element): Element | undefined =>
    properties.has(uri) ? made() : undefined;
  return element(
    FOLDER_ELEMENTS[folderClass] ?? 't:Folder',
    {},
    folderId(folder),
    optional('folder:ParentFolderId', () => element('t:ParentFolderId', { Id: parentId ?? '', ChangeKey: 'AQ==' })),
    folderClass === '' ? undefined : optional('folder:FolderClass', () => text('t:FolderClass', folderClass)),
    optional('folder:DisplayName', () => text('t:DisplayName', displayName)),
    optional('folder:TotalCount', () => text('t:TotalCount', String(held.length))),
    optional('folder:ChildFolderCount', () => text('t:ChildFolderCount', String(children.length))),
  );
}

/** Which element shows an item, by its class; everything that is no calendar matter is a t:Message. */
function itemElement({ itemClass }: Item): Element['name'] {
  if (itemClass.startsWith('IPM.Schedule.Meeting.Resp')) return 't:MeetingResponse';
  if (itemClass === 'IPM.Schedule.Meeting.Request') return 't:MeetingRequest';
  if (itemClass === 'IPM.Booking') return 't:Booking';
  return 't:Message';
}

function writeItem(item: Item, shape: ItemShape, { mailbox, habits }: OperationContext, longestText: number): Element {
  const isSent = mailbox.folders.get(item.folderId)?.distinguished === 'sentitems';
  const context = { sentHeaders: habits.sentHeaders, isSent, headerNames: shape.headerNames, longestText };
  const shown = ITEM_PROPERTIES.filter(
    ([uri]) => shape.properties.has(uri) && !(habits.sparse && DISPENSABLE.has(uri)),
  );
  const written = (habits.shuffled ? shown.toReversed() : shown).map(([, write]) => write(item, context));
  return element(itemElement(item), {}, itemId(item), ...written);
}

/** What a sparse server leaves out. */
const DISPENSABLE: ReadonlySet<string> = new Set([
  ...['item:ParentFolderId', 'item:ItemClass', 'item:IsDraft', 'item:DateTimeSent', 'message:Sender'],
  ...['message:ConversationTopic', 'message:ReplyTo'],
]);

function itemId({ id, changedAt }: Item): Element {
  return element('t:ItemId', { Id: id, ChangeKey: `CQ${changedAt}==` });
}

function writeChange({ type, subject }: Change<Item>, shape: ItemShape, context: OperationContext): Element {
  if (type === 'Delete') return element('t:Delete', {}, itemId(subject));
  if (type === 'ReadFlagChange') {
    return element('t:ReadFlagChange', {}, itemId(subject), text('t:IsRead', String(subject.isRead)));
  }
  return element(`t:${type}`, {}, writeItem(subject, shape, context, CUT));
}
