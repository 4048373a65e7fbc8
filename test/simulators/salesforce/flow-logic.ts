/** Which conditions must hold together: a numbered tree. Conditions are numbered from 1, as in the flow file. */
type Logic =
  | { readonly kind: 'condition'; readonly number: number }
  | { readonly kind: 'not'; readonly part: Logic }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Logic[] };

const MAX_CHARACTERS = 1_000;

/**
 * Whether conditions hold together. `logic` is `and`, `or` or a numbered expression such as `1 AND (2 OR 3)`; `holds`
 * is asked by index from 0. No condition at all holds. Throws an Error for a logic that the platform refuses.
 */
export function holdsTogether(logic: string, count: number, holds: (index: number) => boolean): boolean {
  const tree = parseLogic(logic, count);
  const test = (part: Logic): boolean => {
    if (part.kind === 'condition') return holds(part.number - 1);
    if (part.kind === 'not') return !test(part.part);
    return part.kind === 'and' ? part.parts.every(test) : part.parts.some(test);
  };
  return count === 0 || test(tree);
}

/** The tree of a condition logic. Throws an Error that says what is wrong with it. */
export function parseLogic(logic: string, count: number): Logic {
  const word = logic.trim().toLowerCase();
  if (word === 'and' || word === 'or') {
    const parts = Array.from({ length: count }, (_, index) => ({ kind: 'condition' as const, number: index + 1 }));
    return { kind: word, parts };
  }
  if (logic.length > MAX_CHARACTERS) throw new Error(`The condition logic is longer than ${MAX_CHARACTERS} characters`);
  const tokens = [...logic.toUpperCase().matchAll(/\d{1,3}|[A-Z]+|\S/g)].map(([token]) => token);
  const reader = new LogicReader(tokens, count);
  return reader.whole();
}

class LogicReader {
  readonly #tokens: readonly string[];
  readonly #count: number;
  readonly #seen = new Set<number>();
  #next = 0;

  constructor(tokens: readonly string[], count: number) {
    this.#tokens = tokens;
    this.#count = count;
  }

  whole(): Logic {
    const tree = this.#group();
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    if (this.#seen.size !== this.#count) throw new Error('The condition logic does not name every condition');
    return tree;
  }

  /** The platform refuses AND and OR side by side: parentheses must say which binds first. */
  #group(): Logic {
    const parts = [this.#part()];
    const operator = this.#tokens[this.#next];
    if (operator !== 'AND' && operator !== 'OR') return parts[0]!;
    while (this.#tokens[this.#next] === operator) {
      this.#next++;
      parts.push(this.#part());
    }
    const after = this.#tokens[this.#next];
    if (after === 'AND' || after === 'OR') throw new Error('The condition logic needs parentheses around AND or OR');
    return { kind: operator === 'AND' ? 'and' : 'or', parts };
  }

  #part(): Logic {
    const token = this.#tokens[this.#next++];
    if (token === 'NOT') return { kind: 'not', part: this.#part() };
    if (token === '(') {
      const inner = this.#group();
      if (this.#tokens[this.#next++] !== ')') throw new Error("The condition logic lacks a ')'");
      return inner;
    }
    const number = Number(token);
    if (!Number.isInteger(number) || number < 1 || number > this.#count) {
      this.#next--;
      throw this.#unexpected();
    }
    this.#seen.add(number);
    return { kind: 'condition', number };
  }

  #unexpected(): Error {
    return new Error(`The condition logic has an unexpected '${this.#tokens[this.#next] ?? 'end'}'`);
  }
}
