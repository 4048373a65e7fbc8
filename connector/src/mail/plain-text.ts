/** Combining marks, once a letter has been taken apart. */
const MARKS = /\p{M}+/gu;

/**
 * A text for comparisons: lower case, letters without their marks. Gateways and old mail programs write `automatiska
 * atbilde` where the vendor's words are `automātiska atbilde`.
 */
export function plainText(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase().trim();
}
