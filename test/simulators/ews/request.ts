import { XMLParser, XMLValidator } from 'fast-xml-parser';

import { EwsError, schemaViolation } from './ews-error.ts';

/** An element of a request: attributes under `@Name`, child elements by their local name, text under `#text`. */
export type Tree = Readonly<Record<string, unknown>>;

/** One call, as far as its envelope says. */
export interface EwsRequest {
  readonly operation: string;
  readonly body: Tree;
  /** The address of the mailbox whose owner the caller wants to be. */
  readonly impersonated: string | undefined;
}

const REPEATED = [
  ...['FieldURI', 'IndexedFieldURI', 'ExtendedFieldURI', 'ItemId', 'FolderId', 'DistinguishedFolderId'],
  ...['EventType', 'SubscriptionId'],
];

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: (name) => REPEATED.includes(name),
});

/** Which server a client may say it was written for. */
const VERSIONS = ['Exchange2010_SP1', 'Exchange2010_SP2', 'Exchange2013', 'Exchange2013_SP1', 'Exchange2016'];

/** @throws EwsError a fault, for what is no well-formed envelope of EWS */
export function parseRequest(xml: string): EwsRequest {
  if (/<!DOCTYPE/i.test(xml)) throw schemaViolation('a document type is not allowed in SOAP');
  if (XMLValidator.validate(xml) !== true) throw schemaViolation('it is not well-formed');
  const envelope = child(parser.parse(xml) as Tree, 'Envelope');
  const header = isTree(envelope['Header']) ? envelope['Header'] : {};
  const body = child(envelope, 'Body');
  const operations = Object.keys(body).filter((name) => !name.startsWith('@'));
  if (operations.length !== 1) throw schemaViolation('the body holds not exactly one operation');
  requireVersion(header);
  const operation = operations[0]!;
  const tree = body[operation];
  return { operation, body: isTree(tree) ? tree : {}, impersonated: impersonatedIn(header) };
}

function requireVersion(header: Tree): void {
  const version = isTree(header['RequestServerVersion']) ? header['RequestServerVersion']['@Version'] : undefined;
  if (typeof version !== 'string' || !VERSIONS.includes(version)) {
    throw new EwsError('ErrorInvalidServerVersion', 'The specified server version is invalid.', { asFault: true });
  }
}

function impersonatedIn(header: Tree): string | undefined {
  if (header['ExchangeImpersonation'] === undefined) return undefined;
  const sid = child(child(header, 'ExchangeImpersonation'), 'ConnectingSID');
  const address = sid['PrimarySmtpAddress'] ?? sid['SmtpAddress'];
  if (typeof address !== 'string') throw schemaViolation('ConnectingSID holds no SMTP address');
  return address;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function child(tree: Tree, name: string): Tree {
  const found = tree[name];
  if (!isTree(found)) throw schemaViolation(`the element ${name} is missing`);
  return found;
}

/** The text of a child, undefined without it. */
export function textOf(tree: Tree, name: string): string | undefined {
  const found = Array.isArray(tree[name]) ? (tree[name] as unknown[])[0] : tree[name];
  if (found === undefined) return undefined;
  const value = isTree(found) ? found['#text'] : found;
  if (value !== undefined && typeof value !== 'string') throw schemaViolation(`${name} is no text`);
  return value ?? '';
}

export function trees(tree: Tree, name: string): Tree[] {
  const found = tree[name] ?? [];
  return (Array.isArray(found) ? found : [found]).map((item: unknown) => (isTree(item) ? item : { '#text': item }));
}

/** @throws EwsError a fault, unless the children are among these and in this order */
export function requireSequence(tree: Tree, names: readonly string[], parent: string): void {
  const given = Object.keys(tree).filter((name) => !name.startsWith('@') && name !== '#text');
  const stranger = given.find((name) => !names.includes(name));
  if (stranger !== undefined) throw schemaViolation(`${parent} cannot hold ${stranger}`);
  const places = given.map((name) => names.indexOf(name));
  if (places.some((place, index) => index > 0 && place < places[index - 1]!)) {
    throw schemaViolation(`the elements of ${parent} are not in the order of the schema`);
  }
}
