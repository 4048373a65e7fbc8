import { firstAddress } from './address.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { decodeText } from './encoded-word.ts';
import type { HeaderBlock } from './header-field.ts';
import { ANSWER_PREFIX, SUBJECT_TAGS } from './answer-subject.ts';
import { plainText } from './plain-text.ts';
import { readFieldAt, type ReadField } from './read-fields.ts';

/** What is known of a message besides its own header fields. */
export interface KindEvidence {
  /** True when an id it names leads to a tracked mail: a list between two people does not make their mail list mail. */
  readonly answersTrackedMail?: boolean;
  readonly report?: DeliveryReport;
}

/** What the rules about kinds look at, read once. All texts are decoded, unfolded and in lower case. */
export interface Signals {
  readonly has: (name: ReadField) => boolean;
  /** Every value of a field. */
  readonly values: (name: ReadField) => readonly string[];
  readonly subject: Subject;
  readonly from: Sender;
  /** Media type and parameters of Content-Type (RFC 2045 section 5.1). */
  readonly contentType: ContentType;
  /**
   * True for `Return-Path: <>`, the mark of a mail that must not be answered (RFC 5321 section 4.5.5), and for the
   * `<MAILER-DAEMON>` that some delivery agents write in its place.
   */
  readonly nullReturnPath: boolean;
  /** Values of Auto-Submitted other than `no` (RFC 3834 section 5). */
  readonly autoSubmitted: readonly string[];
  /** True when In-Reply-To or References names anything, or when the message is known to answer a tracked mail. */
  readonly answersSomething: boolean;
  readonly answersTrackedMail: boolean;
  readonly report: DeliveryReport | undefined;
}

export interface Subject {
  /** As a person reads it, without the `[tag]` that a list puts before it; its case is kept. */
  readonly text: string;
  /** The same as `plainText`, for comparisons. */
  readonly plain: string;
  /** True when it starts as the subject of an answer does. */
  readonly isAnswer: boolean;
}

export interface Sender {
  /** The whole value: a mail server may name itself without an address. */
  readonly text: string;
  /** Local part of the address, or empty. */
  readonly localPart: string;
  readonly domain: string;
  /** True when a mail server names itself, or leaves the address empty, which no mail program of a person does. */
  readonly isServer: boolean;
}

export interface ContentType {
  /** For example `multipart/report`; empty when there is no such field. */
  readonly mediaType: string;
  readonly parameter: (name: string) => string | undefined;
}

/** Local parts that only mail servers send from (RFC 2142 section 5 keeps `postmaster` apart: people read it). */
const SERVER_LOCAL_PART =
  /^(?:mailer[-_.]?daemon|mail[-_.]daemon|mdaemon|microsoftexchange329e71ec88ae4615bbc36ab6ce41109e)$/;
/** Names that sendmail, Postfix, Exim, Exchange, Oracle and carriers' gateways give themselves. */
const SERVER_NAME =
  /\b(?:mailer[- ]daemon|mail deliver(?:y)? (?:sub)?system|mail delivery service|internet mail delivery|ndr administrator)\b/;

export function readSignals(block: HeaderBlock, evidence: KindEvidence): Signals {
  const fields = fieldsByName(block);
  const values = (name: ReadField): readonly string[] => fields.get(name)?.map(lowerText) ?? NONE;
  const first = (name: ReadField): string => fields.get(name)?.[0] ?? '';
  const answersTrackedMail = evidence.answersTrackedMail === true;
  return {
    has: (name) => fields.has(name),
    values,
    subject: readSubject(first('Subject')),
    from: readSender(first('From')),
    contentType: readContentType(first('Content-Type')),
    nullReturnPath: values('Return-Path').some((path) => path === '<>' || /^<?mailer-daemon(?:@|>|$)/.test(path)),
    autoSubmitted: values('Auto-Submitted').filter((value) => value !== '' && !/^no\b/.test(value)),
    answersSomething: answersTrackedMail || namesAnything(fields),
    answersTrackedMail,
    report: evidence.report,
  };
}

/** The values of each field that a rule may look at. */
type Fields = ReadonlyMap<ReadField, readonly string[]>;

const NONE: readonly string[] = [];

function fieldsByName(block: HeaderBlock): Fields {
  const fields = new Map<ReadField, string[]>();
  for (const [name, value] of block) {
    const field = readFieldAt(name, 0, name.length);
    if (field === undefined) continue;
    const values = fields.get(field);
    if (values === undefined) fields.set(field, [value]);
    else values.push(value);
  }
  return fields;
}

function namesAnything(fields: Fields): boolean {
  return [fields.get('In-Reply-To'), fields.get('References')].some((values) =>
    values?.some((value) => value.trim() !== ''),
  );
}

function lowerText(value: string): string {
  return decodeText(value).toLowerCase();
}

function readSubject(value: string): Subject {
  const decoded = decodeText(value);
  const text = decoded.startsWith('[') ? decoded.replace(SUBJECT_TAGS, '') : decoded;
  const plain = plainText(text);
  return { text, plain, isAnswer: ANSWER_PREFIX.test(plain) };
}

function readSender(value: string): Sender {
  const address = firstAddress(value) ?? '';
  const at = address.lastIndexOf('@');
  const text = lowerText(value);
  const localPart = address.slice(0, Math.max(at, 0));
  const isServer =
    SERVER_LOCAL_PART.test(localPart) || SERVER_NAME.test(text) || (localPart === '' && /<\s?>/.test(text));
  return { text, localPart, domain: address.slice(at + 1), isServer };
}

function readContentType(value: string): ContentType {
  const text = lowerText(value);
  const semicolon = text.indexOf(';');
  if (semicolon === -1) return { mediaType: text, parameter: () => undefined };
  return {
    mediaType: text.slice(0, semicolon).trim(),
    parameter: (name) => readParameter(text.slice(semicolon + 1), name),
  };
}

/** The value of a parameter without quotation marks. */
function readParameter(parameters: string, name: string): string | undefined {
  const found = parameters
    .split(';')
    .map((text) => text.trim())
    .find((text) => text.startsWith(name) && /^\s*=/.test(text.slice(name.length)));
  return found
    ?.slice(found.indexOf('=') + 1)
    .replaceAll('"', '')
    .trim();
}
