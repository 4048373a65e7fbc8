/** The namespaces of EWS: SOAP 1.1, messages and types ([MS-OXWSCDATA] section 2.2.1). */
const NAMESPACES = {
  s: 'http://schemas.xmlsoap.org/soap/envelope/',
  m: 'http://schemas.microsoft.com/exchange/services/2006/messages',
  t: 'http://schemas.microsoft.com/exchange/services/2006/types',
  e: 'http://schemas.microsoft.com/exchange/services/2006/errors',
} as const;

/** A namespace, or none: the children of a SOAP 1.1 fault are in none. */
type NamespaceKey = keyof typeof NAMESPACES | '';

/** An element: its name as `t:Message`, or `:detail` without a namespace, its attributes and what it holds. */
export interface Element {
  readonly name: `${NamespaceKey}:${string}`;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

export type Node = Element | string;

/**
 * Which prefixes a server writes: those of Exchange (`s:`, `m:`, `t:`), those of its documentation (`soap:`), or none,
 * with a default namespace on every element that changes it. All three are the same document to a reader of XML.
 */
export type PrefixStyle = 's' | 'soap' | 'default';

/** An element. Children that are undefined are left out, as an optional element is. */
export function element(
  name: Element['name'],
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | undefined)[]
): Element {
  return { name, attributes, children: children.filter((child) => child !== undefined) };
}

/** An element that holds a text. */
export function text(name: Element['name'], value: string): Element {
  return element(name, {}, value);
}

/** A document. `cdata` puts every text into a CDATA section, which means the same. */
export function writeDocument(
  root: Element,
  { style, cdata = false }: { readonly style: PrefixStyle; readonly cdata?: boolean },
): string {
  const textOf = cdata ? asCdata : escapeText;
  const write = (node: Node, parent: NamespaceKey | undefined): string => {
    if (typeof node === 'string') return textOf(node);
    const [key, local] = node.name.split(':') as [NamespaceKey, string];
    const name = style === 'default' || key === '' ? local : `${prefixOf(key, style)}:${local}`;
    const declared = declarations(key, parent, style);
    const attributes = Object.entries(node.attributes).map(([known, value]) => ` ${known}="${escapeText(value)}"`);
    const start = `<${name}${declared}${attributes.join('')}`;
    if (node.children.length === 0) return `${start}/>`;
    return `${start}>${node.children.map((child) => write(child, key)).join('')}</${name}>`;
  };
  return `<?xml version="1.0" encoding="utf-8"?>${write(root, undefined)}`;
}

function prefixOf(key: NamespaceKey, style: PrefixStyle): string {
  return key === 's' ? style : key;
}

function declarations(key: NamespaceKey, parent: NamespaceKey | undefined, style: PrefixStyle): string {
  if (style === 'default') return key === parent ? '' : ` xmlns="${key === '' ? '' : NAMESPACES[key]}"`;
  if (parent !== undefined) return '';
  const all = Object.entries(NAMESPACES) as [keyof typeof NAMESPACES, string][];
  return all.map(([known, uri]) => ` xmlns:${prefixOf(known, style)}="${uri}"`).join('');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Exchange writes characters that XML 1.0 does not know as references, which strict readers refuse. */
function escapeText(value: string): string {
  return Array.from(value, (character) => {
    const unknown = character < ' ' && !'\t\r\n'.includes(character);
    return unknown ? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};` : (ESCAPES[character] ?? character);
  }).join('');
}

function asCdata(value: string): string {
  return `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
