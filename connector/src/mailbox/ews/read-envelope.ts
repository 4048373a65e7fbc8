import { XMLParser, XMLValidator } from 'fast-xml-parser';

import { EwsFailure } from './ews-failure.ts';

/** References to characters in one answer: more take seconds to be resolved. */
const MOST_REFERENCES = 300_000;
const ENVELOPE = /<(?:[A-Za-z_][\w.-]{0,63}:)?Envelope[\s>]/;
/** Kinds of items that the schema allows and the client does not know ([MS-OXWSCDATA], ArrayOfRealItemsType). */
const UNKNOWN_ITEMS = /(<\/?(?:[A-Za-z_][\w.-]{0,63}:)?)(?:RoleMember|Network|Person|Booking)(?=[\s/>])/g;

/**
 * A SOAP envelope as the client library may read it: well-formed, without a document type, and in plain elements and
 * texts, because the library loses a text in a CDATA section or beside a comment, and takes half a document for a
 * whole one.
 *
 * @throws EwsFailure `unreadable`
 */
export function readEnvelope(xml: string): string {
  const plain = plainMarkup(xml.replace(/^\uFEFF/, '').trim());
  if (!ENVELOPE.test(plain.slice(0, 4096))) throw unreadable('it is no SOAP envelope');
  if (countReferences(plain) > MOST_REFERENCES) throw unreadable('it holds too many references');
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/.test(plain)) throw unreadable('it names an entity');
  if (XMLValidator.validate(plain) !== true) throw unreadable('it is not well-formed');
  return withRange(plain.replace(UNKNOWN_ITEMS, '$1Item'));
}

const SYNC_ANSWER = /SyncFolder(Items|Hierarchy)ResponseMessage[\s>]/;
const CHANGE = /<(?:[A-Za-z_][\w.-]{0,63}:)?(?:Create|Update|Delete|ReadFlagChange)[\s/>]/;

/**
 * The schema lets a server leave out whether there are further changes ([MS-OXWSSYNC] section 3.1.4.2.3), without which
 * the client library reads nothing: then there may be some as long as there are any.
 */
function withRange(envelope: string): string {
  const [, what] = SYNC_ANSWER.exec(envelope) ?? [];
  if (what === undefined || envelope.includes('IncludesLast')) return envelope;
  const name = what === 'Items' ? 'IncludesLastItemInRange' : 'IncludesLastFolderInRange';
  return envelope.replace(
    /<\/(?:[A-Za-z_][\w.-]{0,63}:)?SyncState>/,
    (end) => `${end}<${name}>${String(!CHANGE.test(envelope))}</${name}>`,
  );
}

function unreadable(why: string): EwsFailure {
  return new EwsFailure('unreadable', `The answer is not one of Exchange Web Services: ${why}.`);
}

/** Without comments, and with CDATA sections as text. What else begins with `<!` or `<?` has no place in SOAP 1.1. */
function plainMarkup(xml: string): string {
  const start = xml.startsWith('<?xml ') ? xml.indexOf('?>') + 2 : 0;
  const parts: string[] = [];
  let from = start;
  for (let at = nextMarkup(xml, from); at >= 0; at = nextMarkup(xml, from)) {
    parts.push(xml.slice(from, at));
    const [begin, end] = xml.startsWith('<!--', at) ? (['<!--', '-->'] as const) : (['<![CDATA[', ']]>'] as const);
    if (!xml.startsWith(begin, at)) throw unreadable('it has a document type or a processing instruction');
    const close = xml.indexOf(end, at + begin.length);
    if (close < 0) throw unreadable('it is not well-formed');
    if (begin === '<![CDATA[') parts.push(escaped(xml.slice(at + begin.length, close)));
    from = close + end.length;
  }
  parts.push(xml.slice(from));
  return parts.join('').trim();
}

function nextMarkup(xml: string, from: number): number {
  const [declaration, instruction] = [xml.indexOf('<!', from), xml.indexOf('<?', from)];
  return declaration < 0 || (instruction >= 0 && instruction < declaration) ? instruction : declaration;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function countReferences(xml: string): number {
  let count = 0;
  for (let at = xml.indexOf('&'); at >= 0; at = xml.indexOf('&', at + 1)) count += 1;
  return count;
}

/** What a SOAP fault says ([MS-OXWSCDATA] section 2.2.3.6, and what throttling adds to it). */
export interface SoapFault {
  readonly code: string | undefined;
  readonly message: string;
  readonly backOffMs: number | undefined;
}

const parser = new XMLParser({ removeNSPrefix: true, ignoreAttributes: false, parseTagValue: false });
const LONGEST_BACK_OFF_MS = 24 * 3_600_000;
const LONGEST_WORDS = 300;

/** The fault of an envelope that `readEnvelope` gave; undefined where it holds none. */
export function faultIn(envelope: string): SoapFault | undefined {
  if (!/<(?:[A-Za-z_][\w.-]{0,63}:)?Fault[\s>]/.test(envelope)) return undefined;
  const fault = member(member(member(treeOf(envelope), 'Envelope'), 'Body'), 'Fault');
  if (fault === undefined) return undefined;
  const detail = member(fault, 'detail');
  const code = textOf(member(detail, 'ResponseCode')) ?? textOf(member(fault, 'faultcode'))?.split(':').at(-1);
  const message = textOf(member(fault, 'faultstring')) ?? textOf(member(detail, 'Message')) ?? '';
  return {
    code: code !== undefined && /^[A-Za-z]{1,100}$/.test(code) ? code : undefined,
    message: message.slice(0, LONGEST_WORDS),
    backOffMs: backOffIn(member(member(detail, 'MessageXml'), 'Value')),
  };
}

function treeOf(envelope: string): unknown {
  try {
    return parser.parse(envelope);
  } catch {
    throw unreadable('it is not well-formed');
  }
}

function backOffIn(values: unknown): number | undefined {
  const all: unknown[] = Array.isArray(values) ? values : [values];
  const value = all.find((one) => member(one, '@_Name') === 'BackOffMilliseconds');
  return backOffMs(textOf(value));
}

/** A wait that a server asks for, in milliseconds and at most a day; undefined for what is no number. */
export function backOffMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Math.min(Number(text), LONGEST_BACK_OFF_MS) : undefined;
}

function member(tree: unknown, name: string): unknown {
  return typeof tree === 'object' && tree !== null && Object.hasOwn(tree, name)
    ? (tree as Record<string, unknown>)[name]
    : undefined;
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'object' ? member(value, '#text') : value;
  return typeof text === 'string' ? text.trim() : undefined;
}
