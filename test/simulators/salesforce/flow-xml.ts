import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** One element of a metadata file with its place: line and column count from 1. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly line: number;
  readonly column: number;
}

/** A text that is not the XML of a metadata file. */
export class XmlError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line = 1, column = 1) {
    super(message);
    this.name = 'XmlError';
    this.line = line;
    this.column = column;
  }
}

const MAX_CHARACTERS = 2_000_000;
const MAX_DEPTH = 40;
const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const PLACE = XMLParser.getMetaDataSymbol() as symbol;

/** fast-xml-parser's ordered form: one key is the tag or `#text`, `:@` holds the attributes. */
type RawNode = Readonly<Record<string, unknown>>;

/**
 * The root element of a metadata file. Throws an XmlError for a text that is not well-formed, that has a document
 * type (and could so define entities), that is too large, or that nests too deeply.
 */
export function parseXml(xml: string): XmlElement {
  if (xml.length > MAX_CHARACTERS) throw new XmlError(`Error parsing file: more than ${MAX_CHARACTERS} characters`);
  if (/<!DOCTYPE/i.test(xml)) throw new XmlError('Error parsing file: a document type is not allowed');
  const validity = XMLValidator.validate(xml);
  if (validity !== true)
    throw new XmlError(`Error parsing file: ${validity.err.msg}`, validity.err.line, validity.err.col);
  const root = parseNodes(xml).find((node) => !['?xml', '#text'].includes(tagOf(node)));
  if (root === undefined) throw new XmlError('Error parsing file: no root element');
  return toElement(root, lineStarts(xml));
}

function parseNodes(xml: string): RawNode[] {
  const parser = new XMLParser({
    preserveOrder: true,
    captureMetaData: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    trimValues: false,
    processEntities: false,
    maxNestedTags: MAX_DEPTH,
  });
  try {
    return parser.parse(xml) as RawNode[];
  } catch (error) {
    throw new XmlError(`Error parsing file: ${(error as Error).message}`);
  }
}

function tagOf(node: RawNode): string {
  return Object.keys(node).find((key) => key !== ':@') ?? '';
}

function toElement(node: RawNode, starts: readonly number[]): XmlElement {
  const name = tagOf(node);
  const inner = node[name] as readonly RawNode[];
  const place = placeOf(node, starts);
  const attributes = Object.entries((node[':@'] ?? {}) as Record<string, string>);
  return {
    name,
    text: decode(inner.map((child) => ('#text' in child ? String(child['#text']) : '')).join(''), place),
    attributes: new Map(attributes),
    children: inner.filter((child) => !('#text' in child)).map((child) => toElement(child, starts)),
    ...place,
  };
}

function lineStarts(xml: string): readonly number[] {
  const starts = [0];
  for (let at = xml.indexOf('\n'); at !== -1; at = xml.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function placeOf(node: RawNode, starts: readonly number[]): { readonly line: number; readonly column: number } {
  const metadata = (node as Record<symbol, unknown>)[PLACE] as { readonly startIndex?: number } | undefined;
  const index = metadata?.startIndex ?? 0;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: index - starts[low]! + 1 };
}

function decode(raw: string, place: { readonly line: number; readonly column: number }): string {
  return raw.replace(/&([^;&]{0,12});?/g, (whole, name: string) => {
    const known = ENTITIES.get(name) ?? characterOf(name);
    if (known === undefined || !whole.endsWith(';'))
      throw new XmlError(`Error parsing file: unknown entity ${whole}`, place.line, place.column);
    return known;
  });
}

function characterOf(name: string): string | undefined {
  const found = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  if (found === null) return undefined;
  const code = found[1] === undefined ? Number(found[2]) : parseInt(found[1], 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
