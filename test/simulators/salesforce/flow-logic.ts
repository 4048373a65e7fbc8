/** Which conditions must hold together. Conditions are numbered from 1, as in the flow file. */
export type Logic =
  | { readonly kind: 'condition'; readonly number: number }
  | { readonly kind: 'not'; readonly part: Logic }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Logic[] };

const MAX_CHARACTERS = 1_000;

/**
 * Whether conditions hold together. `logic` is `and`, `or` or a numbered expression such as `1 AND (2 OR 3)`; `holds`
 * is asked by index from 0. No condition at all holds. Throws an Error for a logic that the platform refuses.
 */
export function holdsTogether(logic: string, count: number, holds: (index: number) => boolean): boolean {
  const test = (part: Logic): boolean => {
    if (part.kind === 'condition') return holds(part.number - 1);
    if (part.kind === 'not') return !test(part.part);
    return part.kind === 'and' ? part.parts.every(test) : part.parts.some(test);
  };
  return count === 0 || test(parseLogic(logic, count));
}

/** The tree of a condition logic over `count` conditions. Throws an Error that says what is wrong with it. */
export function parseLogic(logic: string, count: number): Logic {
  const word = logic.trim().toLowerCase();
  if (word === 'and' || word === 'or') {
    const parts = Array.from({ length: count }, (_, index) => ({ kind: 'condition' as const, number: index + 1 }));
    return { kind: word, parts };
  }
  if (logic.length > MAX_CHARACTERS) throw new Error(`The condition logic is longer than ${MAX_CHARACTERS} characters`);
  return parseNumbered(
    [...logic.toUpperCase().matchAll(/\d{1,3}|[A-Z]+|\S/g)].map(([token]) => token),
    count,
  );
}

function parseNumbered(tokens: readonly string[], count: number): Logic {
  const seen = new Set<number>();
  let next = 0;
  const unexpected = (): Error => new Error(`The condition logic has an unexpected '${tokens[next] ?? 'end'}'`);

  /** The platform refuses AND and OR side by side: parentheses must say which binds first. */
  function group(): Logic {
    const parts = [part()];
    const operator = tokens[next];
    if (operator !== 'AND' && operator !== 'OR') return parts[0]!;
    while (tokens[next] === operator) {
      next++;
      parts.push(part());
    }
    if (['AND', 'OR'].includes(tokens[next] ?? ''))
      throw new Error('The condition logic needs parentheses around AND or OR');
    return { kind: operator === 'AND' ? 'and' : 'or', parts };
  }

  function part(): Logic {
    if (tokens[next] === 'NOT') {
      next++;
      return { kind: 'not', part: part() };
    }
    return tokens[next] === '(' ? parenthesis() : condition();
  }

  function parenthesis(): Logic {
    next++;
    const inner = group();
    if (tokens[next] !== ')') throw unexpected();
    next++;
    return inner;
  }

  function condition(): Logic {
    const number = Number(tokens[next]);
    if (!Number.isInteger(number) || number < 1 || number > count) throw unexpected();
    next++;
    seen.add(number);
    return { kind: 'condition', number };
  }

  const tree = group();
  if (next < tokens.length) throw unexpected();
  if (seen.size !== count) throw new Error('The condition logic does not name every condition');
  return tree;
}
