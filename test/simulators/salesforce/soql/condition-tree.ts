import type {
  WhereClause,
  ValueQueryCondition,
  ConditionWithValueQuery,
  NegationCondition,
} from '@jetstreamapp/soql-parser-js';
import { ApiError } from '../api-error.ts';

/** A leaf of a WHERE clause as the parser gives it. */
export type Comparison = Exclude<ConditionWithValueQuery, NegationCondition> | ValueQueryCondition;

/** A WHERE clause with its grouping made explicit. */
export type ConditionTree =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ConditionTree[] }
  | { readonly kind: 'not'; readonly part: ConditionTree }
  | { readonly kind: 'comparison'; readonly comparison: Comparison };

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Comparison;

/**
 * The tree of a WHERE clause. AND and OR side by side without parentheses are refused, as is a NOT in front of
 * another one: which of them binds first is not documented, so nobody may rely on it.
 */
export function conditionTree(where: WhereClause): ConditionTree {
  const tokens = flatten(where);
  let next = 0;
  const unexpected = (): ApiError => {
    const token = tokens[next];
    return new ApiError(400, 'MALFORMED_QUERY', `unexpected token: ${typeof token === 'string' ? token : '<EOF>'}`);
  };
  const group = (): ConditionTree => {
    const parts = [unit()];
    const operator = tokens[next];
    if (operator !== 'AND' && operator !== 'OR') return parts[0]!;
    while (tokens[next] === operator) {
      next += 1;
      parts.push(unit());
    }
    if (tokens[next] === 'AND' || tokens[next] === 'OR') throw unexpected();
    return { kind: operator === 'AND' ? 'and' : 'or', parts };
  };
  const unit = (): ConditionTree => {
    const token = tokens[next];
    next += 1;
    if (token === 'NOT') return { kind: 'not', part: unit() };
    if (token === '(') {
      const inside = group();
      if (tokens[next] !== ')') throw unexpected();
      next += 1;
      return inside;
    }
    if (token === undefined || typeof token === 'string') throw unexpected();
    return { kind: 'comparison', comparison: token };
  };
  const tree = group();
  if (next < tokens.length) throw unexpected();
  return tree;
}

/** The parser counts parentheses at the conditions; this writes them out again. */
function flatten(where: WhereClause): Token[] {
  const tokens: Token[] = [];
  for (let clause: WhereClause | undefined = where; clause !== undefined;) {
    const condition: ConditionWithValueQuery | NegationCondition | null = clause.left;
    tokens.push(...Array.from({ length: condition?.openParen ?? 0 }, () => '(' as const));
    if (condition !== null && 'operator' in condition) tokens.push(condition);
    const close = condition !== null && 'closeParen' in condition ? (condition.closeParen ?? 0) : 0;
    tokens.push(...Array.from({ length: close }, () => ')' as const));
    if (!('operator' in clause)) break;
    tokens.push(clause.operator);
    clause = clause.right;
  }
  return tokens;
}
