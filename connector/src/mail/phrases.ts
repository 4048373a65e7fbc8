import { plainText } from './plain-text.ts';

/** Phrases as `plainText`, under the character that each begins with: few of many have to be compared with a text. */
export type Phrases = ReadonlyMap<string, readonly string[]>;

/** Puts phrases, in whatever spelling, in order of their first character; their order among each other stays. */
export function indexPhrases(phrases: readonly string[]): Phrases {
  return Map.groupBy(phrases.map(plainText), (phrase) => phrase.charAt(0));
}

/** The first of the phrases that a text, which is `plainText`, begins with and for which `fits` holds. */
export function leadingPhrase(
  plain: string,
  phrases: Phrases,
  fits: (phrase: string) => boolean = () => true,
): string | undefined {
  return phrases.get(plain.charAt(0))?.find((phrase) => plain.startsWith(phrase) && fits(phrase));
}
