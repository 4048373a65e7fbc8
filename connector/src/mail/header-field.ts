/**
 * One header field as it stood in the message: its name without the colon, and its raw value, folds included
 * (RFC 5322 section 2.2). Bytes above 127 that are not valid UTF-8 are kept as Latin-1 characters, so nothing is lost.
 */
export type HeaderField = readonly [name: string, value: string];

/** The header fields of one message in their original order, repeated fields kept (RFC 5322 section 2.1). */
export type HeaderBlock = readonly HeaderField[];

/** All values of a field, in order of appearance. Names compare without case (RFC 5322 section 1.2.2). */
export function fieldValues(block: HeaderBlock, name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const [fieldName, value] of block) {
    if (fieldName.length === wanted.length && fieldName.toLowerCase() === wanted) values.push(value);
  }
  return values;
}

/** The first value of a field, or undefined when the block has no such field. */
export function fieldValue(block: HeaderBlock, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [fieldName, value] of block) {
    if (fieldName.length === wanted.length && fieldName.toLowerCase() === wanted) return value;
  }
  return undefined;
}
