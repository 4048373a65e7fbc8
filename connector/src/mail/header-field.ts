/**
 * One header field as it stood in the message: its name without the colon, and its raw value, folds included
 * (RFC 5322 section 2.2). Bytes above 127 that are not valid UTF-8 are kept as Latin-1 characters, so nothing is lost.
 */
export type HeaderField = readonly [name: string, value: string];

/** The header fields of one message in their original order, repeated fields kept (RFC 5322 section 2.1). */
export type HeaderBlock = readonly HeaderField[];

/** All values of a field, in order of appearance. Names compare without case (RFC 5322 section 1.2.2). */
export function fieldValues(block: HeaderBlock, name: string): string[] {
  const values: string[] = [];
  for (const field of block) {
    if (isNamed(field, name)) values.push(field[1]);
  }
  return values;
}

/** The first value of a field, or undefined when the block has no such field. */
export function fieldValue(block: HeaderBlock, name: string): string | undefined {
  for (const field of block) {
    if (isNamed(field, name)) return field[1];
  }
  return undefined;
}

/**
 * Whether a field has this name, in whatever case. Most comparisons end at the length and most others at the first
 * letter: this runs for every field of all mail.
 */
export function isNamed(field: HeaderField, name: string): boolean {
  const fieldName = field[0];
  if (fieldName === name) return true;
  if (fieldName.length !== name.length) return false;
  for (let place = 0; place < name.length; place++) {
    if (lowerLetter(fieldName.charCodeAt(place)) !== lowerLetter(name.charCodeAt(place))) return false;
  }
  return true;
}

/** The code of an ASCII letter in lower case; every other code as it is. */
export function lowerLetter(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
