import { EwsFailure } from './ews-failure.ts';

/** The longest envelope of a stream, in characters. */
const LONGEST = 5 * 1024 * 1024;
const END = /<\/(?:[A-Za-z_][\w.-]{0,63}:)?Envelope\s{0,64}>/;
/** What the beginning of an end tag may be at most, which the next chunk completes. */
const LONGEST_END_TAG = 150;

/**
 * The envelopes of an answer that does not end, one by one, however its chunks are cut: within an envelope, a tag, or
 * a character of several bytes.
 *
 * @throws EwsFailure `unreadable`, for one that is longer than 5 MB
 */
export async function* cutEnvelopes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = '';
  let searched = 0;
  for await (const chunk of chunks) {
    held += decoder.decode(chunk, { stream: true });
    for (;;) {
      const end = END.exec(held.slice(searched));
      if (end === null) break;
      const stop = searched + end.index + end[0].length;
      yield held.slice(0, stop);
      held = held.slice(stop);
      searched = 0;
    }
    searched = Math.max(held.length - LONGEST_END_TAG, 0);
    if (held.length > LONGEST) throw new EwsFailure('unreadable', 'The server streams an envelope longer than 5 MB.');
  }
}

/** An envelope without the prefix of its outermost element, which is the only one that the client library finds. */
export function withoutEnvelopePrefix(envelope: string): string {
  return envelope
    .replace(/<[A-Za-z_][\w.-]{0,63}:Envelope(?=[\s>])/, '<Envelope')
    .replace(/<\/[A-Za-z_][\w.-]{0,63}:Envelope\s{0,64}>/, '</Envelope>');
}
