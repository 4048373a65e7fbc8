/** `[tag]` of a mailing list or a mail gateway (`[EXTERNAL]`) before the subject. */
export const SUBJECT_TAGS = /^(?:\[[^\]]+\]\s*)+/;
/**
 * Prefixes that mail programs put before the subject of an answer: English, German and Dutch (AW, Antw), Scandinavian
 * and Finnish (SV, VS, Svar), French (Rép), Polish (Odp), Turkish (Ynt), Italian (R, Rif), Portuguese (Res), Hungarian
 * (Vá), Romanian (Răsp), Indonesian (Bls), Greek (ΑΠ), Hebrew, Arabic, Chinese. Compared as `plainText`.
 */
export const ANSWER_PREFIX =
  /^(?:re|r|rep|aw|antw|sv|vs|svar|ref|odp|ynt|rif|res|va|rasp|bls|απ|השב|תגובה|رد|回复|答复|回覆|回復)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:：]/u;
