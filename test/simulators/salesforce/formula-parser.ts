import type { FormulaType, Scalar } from './formula-value.ts';

/** A formula as a tree. Operators are calls whose name is the operator. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar; readonly type: FormulaType }
  /** `merge`: written as a merge field, `{!path}`. */
  | { readonly kind: 'reference'; readonly path: string; readonly merge: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

/** Why a formula cannot be stored, in the platform's words. */
export class FormulaProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormulaProblem';
  }
}

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'merge' | 'operator' | 'end';
  readonly text: string;
}

/** The platform's limit of a formula's length; it also bounds the depth of the parser. */
const MAX_CHARACTERS = 3_900;

const TOKEN =
  /(?<number>\d+(?:\.\d*)?|\.\d+)|(?<text>"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|\{!(?<merge>[^{}\s]+)\}|(?<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)|(?<operator>&&|\|\||<>|<=|>=|==|!=|[-+*/^&<>=!(),])/y;

const POWERS = new Map<string, number>([
  ['||', 1],
  ['&&', 2],
  ...['=', '==', '!=', '<>'].map((operator) => [operator, 3] as const),
  ...['<', '<=', '>', '>='].map((operator) => [operator, 4] as const),
  ...['+', '-', '&'].map((operator) => [operator, 5] as const),
  ...['*', '/'].map((operator) => [operator, 6] as const),
  ['^', 7],
]);
const PREFIX_POWER = 8;

const CANONICAL = new Map([
  ['==', '='],
  ['!=', '<>'],
]);

const ESCAPES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** The tree of a formula. Throws a FormulaProblem for a text that is no formula. */
export function parseFormula(formula: string): Expression {
  if (formula.length > MAX_CHARACTERS) {
    throw new FormulaProblem(`Formula is too long (${formula.length} characters). Maximum length is 3,900 characters.`);
  }
  const tokens = tokenize(formula);
  let next = 0;
  const peek = (): Token => tokens[next]!;
  const take = (): Token => tokens[next++]!;

  function expect(operator: string): void {
    if (peek().text === operator && peek().kind === 'operator') next++;
    else throw peek().kind === 'end' ? new FormulaProblem(`Syntax error. Missing '${operator}'`) : unexpected(peek());
  }

  function parse(power: number): Expression {
    let left = prefix(take());
    for (let own = powerOf(peek()); own > power; own = powerOf(peek())) {
      const name = take().text;
      left = { kind: 'call', name: CANONICAL.get(name) ?? name, args: [left, parse(own)] };
    }
    return left;
  }

  function prefix(token: Token): Expression {
    switch (token.kind) {
      case 'number':
        return { kind: 'literal', value: Number(token.text), type: 'Number' };
      case 'text':
        return { kind: 'literal', value: token.text, type: 'Text' };
      case 'merge':
        return { kind: 'reference', path: token.text, merge: true };
      case 'name':
        return peek().text === '(' && peek().kind === 'operator' ? call(token.text.toUpperCase()) : word(token.text);
      default:
        return operand(token);
    }
  }

  function operand(token: Token): Expression {
    if (token.kind === 'operator' && token.text === '(') {
      const inner = parse(0);
      expect(')');
      return inner;
    }
    if (token.kind === 'operator' && token.text === '!')
      return { kind: 'call', name: 'NOT', args: [parse(PREFIX_POWER)] };
    if (token.kind === 'operator' && ['-', '+'].includes(token.text)) {
      const zero: Expression = { kind: 'literal', value: 0, type: 'Number' };
      return { kind: 'call', name: token.text, args: [zero, parse(PREFIX_POWER)] };
    }
    throw unexpected(token);
  }

  function call(name: string): Expression {
    expect('(');
    const args: Expression[] = [];
    if (peek().text !== ')' || peek().kind !== 'operator') {
      args.push(parse(0));
      while (peek().kind === 'operator' && peek().text === ',') {
        next++;
        args.push(parse(0));
      }
    }
    expect(')');
    return { kind: 'call', name, args };
  }

  const tree = parse(0);
  if (peek().kind !== 'end')
    throw peek().text === ')' ? new FormulaProblem("Syntax error. Extra ')'") : unexpected(peek());
  return tree;
}

function word(name: string): Expression {
  const constant = new Map<string, Expression>([
    ['TRUE', { kind: 'literal', value: true, type: 'Boolean' }],
    ['FALSE', { kind: 'literal', value: false, type: 'Boolean' }],
    ['NULL', { kind: 'literal', value: null, type: 'Null' }],
  ]).get(name.toUpperCase());
  return constant ?? { kind: 'reference', path: name, merge: false };
}

function powerOf(token: Token): number {
  return token.kind === 'operator' ? (POWERS.get(token.text) ?? 0) : 0;
}

function unexpected(token: Token): FormulaProblem {
  return new FormulaProblem(
    token.kind === 'end' ? 'Syntax error. Found end of formula' : `Syntax error. Found '${token.text}'`,
  );
}

function tokenize(formula: string): Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(formula, 0);
  while (at < formula.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(formula);
    if (found === null) throw new FormulaProblem(`Syntax error. Found '${formula[at]}'`);
    const [kind, text] = Object.entries(found.groups!).find(([, value]) => value !== undefined)!;
    tokens.push({ kind: kind as Token['kind'], text: kind === 'text' ? unquote(text) : text });
    at = skipBlanks(formula, at + found[0].length);
  }
  return [...tokens, { kind: 'end', text: '' }];
}

function skipBlanks(formula: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < formula.length && /\s/.test(formula[at]!)) at++;
    if (!formula.startsWith('/*', at)) return at;
    const end = formula.indexOf('*/', at + 2);
    if (end === -1) throw new FormulaProblem("Syntax error. Missing '*/'");
    at = end + 2;
  }
}

function unquote(literal: string): string {
  return literal.slice(1, -1).replace(/\\([^])/g, (_, character: string) => ESCAPES.get(character) ?? character);
}
