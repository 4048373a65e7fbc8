import { formulaFunctions } from './formula-functions.ts';
import { FormulaProblem, parseFormula, type Expression } from './formula-parser.ts';
import type { FormulaScope } from './formula-signature.ts';
import type { FormulaType, Scalar } from './formula-value.ts';

/** What a formula may name, known before any record is. */
export interface FormulaNames {
  /** The type of a reference. Throws a FormulaProblem for a name that does not exist or cannot be used. */
  typeOf(path: string, merge: boolean): FormulaType;
  /** Whether ISNEW, ISCHANGED and PRIORVALUE may be used. */
  readonly ofRecord: boolean;
}

const MAX_REMEMBERED = 500;
const remembered = new Map<string, Expression>();

/** The tree of a formula, parsed once. Throws a FormulaProblem. */
export function compileFormula(formula: string): Expression {
  const known = remembered.get(formula);
  if (known !== undefined) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const tree = parseFormula(formula);
  remembered.set(formula, tree);
  return tree;
}

/** The type of an expression's value. Throws a FormulaProblem when the platform would refuse the formula. */
export function checkExpression(expression: Expression, names: FormulaNames): FormulaType {
  if (expression.kind === 'literal') return expression.type;
  if (expression.kind === 'reference') return names.typeOf(expression.path, expression.merge);
  const { name, args } = expression;
  const found = formulaFunctions.get(name);
  if (found === undefined) throw new FormulaProblem(`Unknown function ${name}. Check spelling.`);
  if (found.ofRecord && !names.ofRecord)
    throw new FormulaProblem(`The function ${name} is not available in a flow's formula resource.`);
  const types = args.map((argument) => checkExpression(argument, names));
  return found.check(name, types, args);
}

/** The value of a checked expression. Throws a FormulaError when it has none. */
export function runExpression(expression: Expression, scope: FormulaScope): Scalar {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'reference') return scope.value(expression.path);
  const found = formulaFunctions.get(expression.name);
  if (found === undefined) throw new FormulaProblem(`Unknown function ${expression.name}. Check spelling.`);
  const args = expression.args.map((argument) => () => runExpression(argument, scope));
  return found.run(args, scope, expression.args);
}
