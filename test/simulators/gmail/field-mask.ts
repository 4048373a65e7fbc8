import { badRequest } from './google-error.ts';

/** What a `fields` parameter selects: by name, a narrower mask, or `all` of what lies below. */
export type FieldMask = ReadonlyMap<string, FieldMask | 'all'>;

/** The fields that an answer can have; arrays are transparent, as they are to a mask. */
export interface Shape {
  readonly [name: string]: Shape | true;
}

/**
 * Parses the partial-response syntax: `a,b/c,d(e,f/g)`, with `*` for every field of a level.
 *
 * @throws GoogleError 400 for a mask that does not parse
 */
export function parseFieldMask(text: string): FieldMask {
  const tokens = text.match(/[A-Za-z0-9_*]+|[,/()]/g) ?? [];
  if (tokens.join('') !== text || text === '') throw badRequest(`Invalid field selection ${text}`);
  const reader = { tokens, at: 0 };
  const mask = parseList(reader);
  if (reader.at < tokens.length) throw badRequest(`Invalid field selection ${text}`);
  return mask;
}

interface TokenReader {
  readonly tokens: readonly string[];
  at: number;
}

function parseList(reader: TokenReader): FieldMask {
  const mask = new Map<string, FieldMask | 'all'>();
  do {
    const name = reader.tokens[reader.at++] ?? '';
    if (!/^[A-Za-z0-9_*]+$/.test(name)) throw badRequest(`Invalid field selection ${name}`);
    mask.set(name, parseBelow(reader));
  } while (reader.tokens[reader.at] === ',' && ++reader.at);
  return mask;
}

function parseBelow(reader: TokenReader): FieldMask | 'all' {
  const next = reader.tokens[reader.at];
  if (next === '/') {
    reader.at += 1;
    const name = reader.tokens[reader.at++] ?? '';
    if (!/^[A-Za-z0-9_*]+$/.test(name)) throw badRequest(`Invalid field selection ${name}`);
    return new Map([[name, parseBelow(reader)]]);
  }
  if (next !== '(') return 'all';
  reader.at += 1;
  const below = parseList(reader);
  if (reader.tokens[reader.at++] !== ')') throw badRequest('Invalid field selection (');
  return below;
}

/** Throws when a mask names a field that the answer cannot have, as Google does. */
export function checkFieldMask(mask: FieldMask, shape: Shape): void {
  for (const [name, below] of mask) {
    const known = name === '*' ? true : shape[name];
    if (known === undefined || (known === true && below !== 'all' && name !== '*')) {
      throw badRequest(`Invalid field selection ${name}`);
    }
    if (known !== true && below !== 'all') checkFieldMask(below, known);
  }
}

/** Whether a mask lets the field at a path through. */
export function selects(mask: FieldMask | 'all', path: readonly string[]): boolean {
  if (mask === 'all' || path.length === 0) return true;
  const below = mask.get(path[0]!) ?? mask.get('*');
  return below !== undefined && selects(below, path.slice(1));
}

/** An answer cut down to what a mask selects. */
export function applyFieldMask(mask: FieldMask | 'all', value: unknown): unknown {
  if (mask === 'all' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => applyFieldMask(mask, item));
  const kept = Object.entries(value).flatMap(([name, below]): [string, unknown][] => {
    const selected = mask.get(name) ?? mask.get('*');
    return selected === undefined ? [] : [[name, applyFieldMask(selected, below)]];
  });
  return Object.fromEntries(kept);
}
