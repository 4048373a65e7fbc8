import { ABSENCE_NOTICES, ABSENCES, AUTOMATIC_REPLIES } from './automatic-subjects.ts';
import { indexPhrases, leadingPhrase } from './phrases.ts';
import { plainText } from './plain-text.ts';
import type { Subject } from './signals.ts';

const REPLIES = indexPhrases(AUTOMATIC_REPLIES);
const AWAY = indexPhrases(ABSENCES);
const NOTICES = [...ABSENCE_NOTICES, ...AUTOMATIC_REPLIES].map(plainText);

/** Lotus Notes writes `AUTO: NAME is out of the office (returning ...)`; Sisimai, Discourse and EmailEngine know it. */
const NOTES_PREFIX = 'AUTO:';
const NOTES_SENTENCE = /\bis (?:currently )?out of (?:the )?office\b/;

/**
 * The words by which a subject shows an automatic reply, or undefined. A subject that starts as an answer's (`Re:`) is
 * never one: a person who answers an automatic reply keeps its words behind the prefix.
 */
export function automaticSubject({ text, plain, isAnswer }: Subject): string | undefined {
  if (isAnswer) return undefined;
  if (text.startsWith(NOTES_PREFIX)) return NOTES_PREFIX;
  return (
    leadingPhrase(plain, REPLIES, (phrase) => !continuesWord(plain, phrase)) ??
    leadingPhrase(plain, AWAY, (phrase) => endsAbsence(plain.slice(phrase.length))) ??
    NOTES_SENTENCE.exec(plain)?.[0]
  );
}

/** `autosvarare` is not `autosvar`; scripts without spaces between words have no such test. */
function continuesWord(plain: string, phrase: string): boolean {
  return /\p{Script=Latin}$/u.test(phrase) && /^\p{Script=Latin}/u.test(plain.slice(phrase.length));
}

/** `absent-minded` and `absence.example` are words of their own. */
function endsAbsence(rest: string): boolean {
  if (/^[-.][\p{L}\d]/u.test(rest)) return false;
  if (/^\s*(?:[:：!.(\-–—|]|$)/u.test(rest)) return true;
  return /^\s/.test(rest) && NOTICES.some((words) => rest.includes(words));
}
