/** Control characters, and those that turn the direction of what stands around them. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;

/**
 * A stranger's text as it may be shown in a terminal: what could move the cursor, set a title or turn the line around
 * becomes a space, and what is long is cut.
 */
export function printable(text: string, maxCharacters = 200): string {
  const plain = text.replace(UNPRINTABLE, ' ').trim();
  const characters = [...plain.slice(0, 2 * maxCharacters)];
  return characters.length > maxCharacters ? `${characters.slice(0, maxCharacters - 1).join('')}…` : plain;
}
