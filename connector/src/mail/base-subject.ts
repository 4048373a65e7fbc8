import { ANSWER_PREFIX, SUBJECT_TAGS } from './answer-subject.ts';
import { decodeText } from './encoded-word.ts';
import { FORWARD_PREFIX } from './forward-subject.ts';
import { plainText } from './plain-text.ts';

/** Prefixes and tags that are taken away. Nobody answers and forwards a mail more often. */
const MAX_PREFIXES = 50;

/**
 * What a subject is about, for comparisons: decoded, as `plainText`, without what mail programs of any language and
 * mailing lists put before it (RFC 5256 section 2.1 calls it the base subject).
 */
export function baseSubject(value: string): string {
  let subject = plainText(decodeText(value));
  for (let count = 0; count < MAX_PREFIXES; count++) {
    const rest = subject.replace(SUBJECT_TAGS, '').replace(ANSWER_PREFIX, '').replace(FORWARD_PREFIX, '').trimStart();
    if (rest === subject) break;
    subject = rest;
  }
  return subject;
}
