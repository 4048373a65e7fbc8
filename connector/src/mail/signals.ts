import { parseAddresses } from './address.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { decodeText } from './encoded-word.ts';
import { fieldValue, fieldValues, type HeaderBlock } from './header-field.ts';
import type { KindEvidence } from './kind.ts';
import { plainText } from './plain-text.ts';
import type { ReadField } from './read-fields.ts';

/** What the rules about kinds look at, read once. All texts are decoded, unfolded and in lower case. */
export interface Signals {
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
}

export interface ContentType {
  /** For example `multipart/report`; empty when there is no such field. */
  readonly mediaType: string;
  readonly parameter: (name: string) => string | undefined;
}

/** `[tag]` of a mailing list or a mail gateway (`[EXTERNAL]`) before the subject. */
const SUBJECT_TAGS = /^(?:\[[^\]]+\]\s*)+/;
/**
 * Prefixes that mail programs put before the subject of an answer: English, German and Dutch (AW, Antw), Scandinavian
 * and Finnish (SV, VS, Svar), French (Rép), Polish (Odp), Turkish (Ynt), Italian (R, Rif), Portuguese (Res), Hungarian
 * (Vá), Romanian (Răsp), Indonesian (Bls), Greek (ΑΠ), Hebrew, Arabic, Chinese. Compared as `plainText`.
 */
const ANSWER_PREFIX =
  /^(?:re|r|rep|aw|antw|sv|vs|svar|ref|odp|ynt|rif|res|va|rasp|bls|απ|השב|תגובה|رد|回复|答复|回覆|回復)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:：]/u;

export function readSignals(block: HeaderBlock, evidence: KindEvidence): Signals {
  const values = (name: ReadField): string[] => fieldValues(block, name).map(lowerText);
  const answersTrackedMail = evidence.answersTrackedMail === true;
  return {
    values,
    subject: readSubject(fieldValue(block, 'Subject') ?? ''),
    from: readSender(fieldValue(block, 'From') ?? ''),
    contentType: readContentType(fieldValue(block, 'Content-Type') ?? ''),
    nullReturnPath: values('Return-Path').some((path) => path === '<>' || /^<?mailer-daemon(?:@|>|$)/.test(path)),
    autoSubmitted: values('Auto-Submitted').filter((value) => value !== '' && !/^no\b/.test(value)),
    answersSomething: answersTrackedMail || namesAnything(block),
    answersTrackedMail,
    report: evidence.report,
  };
}

function namesAnything(block: HeaderBlock): boolean {
  return ['In-Reply-To', 'References'].some((name) => fieldValues(block, name).some((value) => value.trim() !== ''));
}

function lowerText(value: string): string {
  return decodeText(value).toLowerCase();
}

function readSubject(value: string): Subject {
  const text = decodeText(value).replace(SUBJECT_TAGS, '');
  const plain = plainText(text);
  return { text, plain, isAnswer: ANSWER_PREFIX.test(plain) };
}

function readSender(value: string): Sender {
  const address = parseAddresses(value)[0]?.address ?? '';
  const at = address.lastIndexOf('@');
  return { text: lowerText(value), localPart: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) };
}

function readContentType(value: string): ContentType {
  const [mediaType = '', ...parameters] = lowerText(value).split(';');
  return {
    mediaType: mediaType.trim(),
    parameter: (name) => {
      const found = parameters
        .map((text) => text.trim())
        .find((text) => text.startsWith(name) && /^\s*=/.test(text.slice(name.length)));
      return found
        ?.slice(found.indexOf('=') + 1)
        .replaceAll('"', '')
        .trim();
    },
  };
}
