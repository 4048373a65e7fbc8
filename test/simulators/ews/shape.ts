import { EwsError, schemaViolation } from './ews-error.ts';
import { ITEM_PROPERTIES } from './item-properties.ts';
import { child, isTree, requireSequence, textOf, trees, type Tree } from './request.ts';

/** What a request wants to see of an item. */
export interface ItemShape {
  readonly properties: ReadonlySet<string>;
  /** Of single header fields; undefined when all were asked for, or none. */
  readonly headerNames: ReadonlySet<string> | undefined;
}

/** What shows of a message more than its header fields, in words. */
const BEYOND_HEADERS: ReadonlyMap<string, string> = new Map([
  ['item:Body', 'a body'],
  ['item:TextBody', 'a body'],
  ['item:UniqueBody', 'a body'],
  ['item:NormalizedBody', 'a body'],
  ['item:Preview', 'a snippet'],
  ['item:MimeContent', 'the whole message'],
  ['item:MimeContentUTF8', 'the whole message'],
  ['item:Attachments', 'attachments'],
]);

/** Properties that these operations cannot return, each with the operation that can. */
const ONLY_BY_GET_ITEM = [
  ...['item:InternetMessageHeaders', 'message:ReplyTo', 'message:ToRecipients', 'message:CcRecipients'],
];

/**
 * The shape of an item that a request asks for. What goes beyond header fields is answered with an error and told to
 * `recordViolation`, by which a test of a reader of headers fails.
 */
export function parseItemShape(shape: Tree, operation: string, recordViolation: (words: string) => void): ItemShape {
  requireSequence(shape, ['BaseShape', 'IncludeMimeContent', 'BodyType', 'AdditionalProperties'], 'ItemShape');
  const base = textOf(shape, 'BaseShape');
  if (base !== 'IdOnly') recordViolation(`${operation} asks for a body (base shape ${base})`);
  if (textOf(shape, 'IncludeMimeContent') === 'true') recordViolation(`${operation} asks for the whole message`);
  const additional = isTree(shape['AdditionalProperties']) ? shape['AdditionalProperties'] : {};
  const properties = trees(additional, 'FieldURI').map((uri) => String(uri['@FieldURI']));
  for (const property of properties) {
    const beyond = BEYOND_HEADERS.get(property);
    if (beyond !== undefined) recordViolation(`${operation} asks for ${beyond} (${property})`);
    else if (!ITEM_PROPERTIES.some(([uri]) => uri === property)) throw notSimulated(property, recordViolation);
  }
  if (trees(additional, 'ExtendedFieldURI').length > 0) throw notSimulated('ExtendedFieldURI', recordViolation);
  refuseLongProperties(properties, operation);
  const names = headerNames(additional);
  if (names === undefined || properties.includes('item:InternetMessageHeaders')) {
    return { properties: new Set(properties), headerNames: undefined };
  }
  return { properties: new Set([...properties, 'item:InternetMessageHeaders']), headerNames: names };
}

/** The single header fields that were asked for, in lower case; undefined for none. */
function headerNames(additional: Tree): ReadonlySet<string> | undefined {
  const names = trees(additional, 'IndexedFieldURI').map((uri) => {
    if (uri['@FieldURI'] !== 'item:InternetMessageHeader') throw schemaViolation('IndexedFieldURI of something else');
    return String(uri['@FieldIndex']).toLowerCase();
  });
  return names.length === 0 ? undefined : new Set(names);
}

/** What SyncFolderItems and FindItem cannot return is an error of the request. */
function refuseLongProperties(properties: readonly string[], operation: string): void {
  if (operation === 'GetItem') return;
  const refused = properties.find((property) => ONLY_BY_GET_ITEM.includes(property));
  if (refused === undefined) return;
  throw new EwsError('ErrorInvalidPropertyRequest', `The property ${refused} cannot be returned by ${operation}.`);
}

function notSimulated(what: string, recordViolation: (words: string) => void): EwsError {
  recordViolation(`not simulated: ${what}`);
  return schemaViolation(`${what} is not simulated`);
}

/** The properties of a folder that a request asks for. */
export function parseFolderShape(tree: Tree): ReadonlySet<string> {
  const shape = child(tree, 'FolderShape');
  requireSequence(shape, ['BaseShape', 'AdditionalProperties'], 'FolderShape');
  const additional = isTree(shape['AdditionalProperties']) ? shape['AdditionalProperties'] : {};
  const properties = trees(additional, 'FieldURI').map((uri) => String(uri['@FieldURI']));
  if (textOf(shape, 'BaseShape') === 'IdOnly') return new Set(properties);
  return new Set([...properties, 'folder:DisplayName', 'folder:TotalCount', 'folder:ChildFolderCount']);
}
