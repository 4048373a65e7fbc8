const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const ID = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;

/**
 * The three characters that make an id of 15 case-sensitive characters safe where case is lost: one bit per upper-case
 * letter, five letters a character (SOAP API Developer Guide, "ID Field Type").
 */
function suffixOf(id15: string): string {
  let suffix = '';
  for (let start = 0; start < 15; start += 5) {
    let bits = 0;
    for (let offset = 0; offset < 5; offset += 1) {
      const character = id15.charAt(start + offset);
      if (character >= 'A' && character <= 'Z') bits |= 1 << offset;
    }
    suffix += SUFFIX_DIGITS.charAt(bits);
  }
  return suffix;
}

function inBase62(value: number, width: number): string {
  let rest = value;
  let text = '';
  while (text.length < width) {
    text = DIGITS.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** The id of 18 characters for the n-th record of an object. */
export function recordId(keyPrefix: string, sequence: number): string {
  const id15 = `${keyPrefix}LO0${inBase62(sequence, 9)}`;
  return id15 + suffixOf(id15);
}

/** The 18 characters of an id written with 15 or 18; undefined when the text is no id. */
export function normalizeId(text: string): string | undefined {
  if (!ID.test(text)) return undefined;
  const expected = text.slice(0, 15) + suffixOf(text.slice(0, 15));
  return text.length === 15 || text === expected ? expected : undefined;
}
