/** Combining marks, once a letter has been taken apart. */
const MARKS = /\p{M}+/gu;
/** ASCII letters have no marks that could be taken away. */
const NOT_ASCII = /[^ -~]/;

/**
 * A text for comparisons: lower case, letters without their marks. Gateways and old mail programs write `automatiska
 * atbilde` where the vendor's words are `automātiska atbilde`.
 */
export function plainText(text: string): string {
  const letters = NOT_ASCII.test(text) ? text.normalize('NFKD').replace(MARKS, '') : text;
  return letters.toLowerCase().trim();
}
