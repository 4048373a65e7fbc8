import libmime from 'libmime';

/** Characters that are decoded; no field that is shown to a person is longer. */
const MAX_LENGTH = 10_000;
// eslint-disable-next-line no-control-regex -- control characters are what is being removed
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g;
/** Nearly every value is printable ASCII with single spaces inside, which needs no work. */
const UNTIDY = /[^ -~]|^ | (?: |$)/;

/**
 * The text of an unstructured field or a display name as a person reads it: unfolded, encoded words decoded (RFC 2047),
 * control characters and runs of white space turned into one space, cut at 10,000 characters. Text in an unknown
 * character set stays as it stood.
 */
export function decodeText(value: string): string {
  const text = value.length > MAX_LENGTH ? value.slice(0, MAX_LENGTH) : value;
  return tidy(text.includes('=?') ? decodeWords(tidy(text)) : text);
}

function decodeWords(text: string): string {
  try {
    return libmime.decodeWords(text);
  } catch {
    return text;
  }
}

function tidy(text: string): string {
  return UNTIDY.test(text) ? text.replace(CONTROLS, ' ').replace(/ {2,}/g, ' ').trim() : text;
}
