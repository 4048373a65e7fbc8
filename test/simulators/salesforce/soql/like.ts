type Part = { readonly kind: 'text' | 'one' | 'many'; readonly character?: string };

/** Whether a text fits a LIKE pattern: `%` any characters, `_` one, case ignored. Time is length times length. */
export function isLike(text: string, pattern: string): boolean {
  const characters = [...text.toLowerCase()];
  const parts = readPattern(pattern.toLowerCase());
  let reached = new Set([0]);
  for (const part of parts) {
    reached = advance(reached, part, characters);
    if (reached.size === 0) return false;
  }
  return reached.has(characters.length);
}

function advance(reached: ReadonlySet<number>, part: Part, characters: readonly string[]): Set<number> {
  if (part.kind === 'many') {
    const from = Math.min(...reached);
    return new Set(Array.from({ length: characters.length - from + 1 }, (_, offset) => from + offset));
  }
  const next = [...reached].filter(
    (at) => at < characters.length && (part.kind === 'one' || characters[at] === part.character),
  );
  return new Set(next.map((at) => at + 1));
}

function readPattern(pattern: string): Part[] {
  const parts: Part[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at]!;
    if (character === '\\' && at + 1 < characters.length)
      parts.push({ kind: 'text', character: characters[(at += 1)]! });
    else if (character === '%') parts.push({ kind: 'many' });
    else if (character === '_') parts.push({ kind: 'one' });
    else parts.push({ kind: 'text', character });
  }
  return parts;
}
