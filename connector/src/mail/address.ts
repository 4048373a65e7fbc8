import { decodeText } from './encoded-word.ts';

/** One mailbox of an address list (RFC 5322 section 3.4). */
export interface Address {
  /** `local-part@domain` in lower case. */
  readonly address: string;
  /** Display name, decoded; or the comment that stands in its place; empty when there is none. */
  readonly name: string;
}

/** RFC 5321 section 4.5.3.1.3: a path has at most 256 octets, two of which are the angle brackets. */
const MAX_ADDRESS_LENGTH = 254;
/** More than a message that a person wrote can hold. */
const MAX_ADDRESSES = 1000;

/** Characters that mean something in an address list. */
const MARKS = '"(),;:<>';

/** The mailbox that is being read. `angle` is what stands in angle brackets, once they have been opened. */
interface Draft {
  text: string;
  comment: string;
  angle: string | undefined;
  inAngle: boolean;
}

const emptyDraft = (): Draft => ({ text: '', comment: '', angle: undefined, inAngle: false });

/**
 * The mailboxes of a From, Sender, To, Cc or Reply-To field. Groups are opened (RFC 5322 section 3.4), comments and
 * routes passed over; what holds no address is left out. A value with an unclosed quotation mark or comment is read
 * once more without regard to these, so that a broken display name does not hide the address. Linear; never throws.
 */
export function parseAddresses(value: string): Address[] {
  return readMailboxes(value).map(({ address, name }) => ({ address, name: decodeText(name) }));
}

/** The first address of such a field, in lower case; undefined when it holds none. */
export function firstAddress(value: string): string | undefined {
  return readMailboxes(value)[0]?.address;
}

/** One mailbox and nothing odd in it: a name, in quotation marks or not, and an address in angle brackets. */
const USUAL = /^(?:"([^"\\]*)"\s*|([^"(),;:<>\\]*))<([^"(),;:<>]*)>$/;

/** Names are as they stood. */
function readMailboxes(value: string): Address[] {
  const usual = USUAL.exec(value);
  const usualAddress = bareAddress(usual?.[3] ?? '');
  if (usualAddress !== '') return [{ address: usualAddress, name: usual?.[1] ?? usual?.[2] ?? '' }];
  const addresses = scan(value, true) ?? scan(value, false) ?? [];
  if (addresses.length > 0 || !value.includes('=?')) return addresses;
  const decoded = decodeText(value);
  return scan(decoded, true) ?? scan(decoded, false) ?? [];
}

/** The domain of an address in lower case, without a final dot; empty when it has none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  if (at === -1) return '';
  const domain = address.slice(at + 1).toLowerCase();
  return domain.endsWith('.') ? domain.slice(0, -1) : domain;
}

/** Undefined when a quoted string or a comment is not closed. */
function scan(value: string, structured: boolean): Address[] | undefined {
  const addresses: Address[] = [];
  let draft = emptyDraft();
  let place = 0;
  while (place < value.length && addresses.length < MAX_ADDRESSES) {
    const character = value[place]!;
    const end = endOfToken(value, place, structured);
    if (end === -1) return undefined;
    if (structured && character === '(') draft.comment ||= value.slice(place + 1, end - 1);
    else if ((character === ',' || character === ';') && !isRoute(draft)) {
      finish(draft, addresses);
      draft = emptyDraft();
    } else if (character === '<' || character === '>' || character === ':') openOrClose(draft, character);
    else addText(draft, value.slice(place, end));
    place = end;
  }
  finish(draft, addresses);
  return addresses;
}

/** Place behind the quoted string, comment, mark or run of other characters that starts at a place; -1 if unclosed. */
function endOfToken(value: string, start: number, structured: boolean): number {
  const character = value[start]!;
  if (structured && character === '"') return endOfQuotedString(value, start);
  if (structured && character === '(') return endOfComment(value, start);
  let end = start + 1;
  if (!MARKS.includes(character)) while (end < value.length && !MARKS.includes(value[end]!)) end++;
  return end;
}

/** What a mark inside a mailbox does: a colon outside brackets ends the name of a group. */
function openOrClose(draft: Draft, mark: string): void {
  if (mark === '<') {
    draft.angle = '';
    draft.inAngle = true;
  } else if (mark === '>') draft.inAngle = false;
  else if (draft.inAngle) addText(draft, mark);
  else draft.text = '';
}

function addText(draft: Draft, text: string): void {
  if (draft.inAngle) draft.angle += text;
  else if (draft.angle === undefined) draft.text += text;
}

function finish(draft: Draft, addresses: Address[]): void {
  const inAngle = bareAddress(withoutRoute(draft.angle ?? ''));
  const address = inAngle || bareAddress(draft.text);
  if (address === '') return;
  const name = inAngle ? unquote(draft.text) : '';
  addresses.push({ address, name: name || draft.comment });
}

/** A route is the one place inside angle brackets where a comma separates nothing. */
function isRoute(draft: Draft): boolean {
  return draft.inAngle && draft.angle?.startsWith('@') === true;
}

/** `@relay,@relay:local@domain` without its relays (RFC 5322 section 4.4). */
function withoutRoute(path: string): string {
  return path.startsWith('@') ? path.slice(path.indexOf(':') + 1) : path;
}

/** An address in lower case, or empty when the text is none. */
function bareAddress(text: string): string {
  const address = text.trim().toLowerCase();
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1 || address.length > MAX_ADDRESS_LENGTH) return '';
  const quoted = at > 1 && address.startsWith('"') && address[at - 1] === '"';
  const spaced = quoted ? address.slice(at) : address;
  // eslint-disable-next-line no-control-regex -- an address with control characters is refused
  return /[\s\x00-\x1f\x7f<>]/.test(spaced) ? '' : address;
}

function unquote(text: string): string {
  return !text.includes('"') && !text.includes('\\')
    ? text
    : text.replace(/\\(.)|"/g, (_mark, escaped: string | undefined) => escaped ?? '');
}

/** Place behind the closing quotation mark (RFC 5322 section 3.2.4), or -1. */
function endOfQuotedString(value: string, start: number): number {
  for (let place = start + 1; place < value.length; place++) {
    if (value[place] === '\\') place++;
    else if (value[place] === '"') return place + 1;
  }
  return -1;
}

/** Place behind the comment, which may hold comments (RFC 5322 section 3.2.2), or -1. */
function endOfComment(value: string, start: number): number {
  let depth = 0;
  for (let place = start; place < value.length; place++) {
    if (value[place] === '\\') place++;
    else if (value[place] === '(') depth++;
    else if (value[place] === ')' && --depth === 0) return place + 1;
  }
  return -1;
}
