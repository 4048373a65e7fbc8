/** Pseudo-random draws that come out alike for the same seed, so that a run can be repeated on the same mail. */
export interface Random {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
  /** True in this share of all draws, between 0 and 1. */
  chance(share: number): boolean;
  /** Letters and digits, as many as asked for, a few thousand at most. */
  text(length: number): string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Letters that texts are cut from: drawing each of them anew would take most of the time of making mail. */
const STOCK = 65_536;

/** Draws by the generator mulberry32: 32 bits of state, far more than the variety of a mailbox needs. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const stock = Array.from({ length: STOCK }, () => LETTERS[below(LETTERS.length)]).join('');
  return {
    below,
    pick: (choices) => choices[below(choices.length)]!,
    chance: (share) => next() < share,
    text: (length) => {
      const start = below(STOCK - length);
      return stock.slice(start, start + length);
    },
  };
}
