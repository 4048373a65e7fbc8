import type { Subject } from './signals.ts';

/**
 * Prefixes that mail programs put before the subject of what they forward: English, German (WG), French (TR), Spanish
 * (RV), Italian (I), Portuguese (Enc), Swedish (VB), Finnish (VL), Polish (PD), Hungarian (Továbbítás), Turkish (İLT),
 * Dutch (Doorst), Greek (ΠΡΘ), Chinese, Japanese, Korean. VS is left out: it forwards in Danish and answers in Finnish.
 */
export const FORWARD_PREFIX =
  /^(?:fwd?|wg|tr|rv|i|enc|vb|vl|pd|tovabbitas|ilt|doorst|πρθ|转发|轉寄|転送|전달)\s?(?:\[\d{1,3}\])?\s?[:：]/u;

/** True when the outermost prefix of a subject is that of a forward, or it ends with Pine's `(fwd)`. */
export function hasForwardPrefix({ plain, isAnswer }: Subject): boolean {
  return FORWARD_PREFIX.test(plain) || (!isAnswer && plain.endsWith('(fwd)'));
}
