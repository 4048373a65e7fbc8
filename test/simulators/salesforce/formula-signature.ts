import type { Expression } from './formula-parser.ts';
import { FormulaProblem } from './formula-parser.ts';
import type { FormulaType, Scalar } from './formula-value.ts';

/** What a formula can reach while it runs. */
export interface FormulaScope {
  /** The value of a reference. */
  value(path: string): Scalar;
  /** The value that a reference to a field of the record had before this save. */
  prior(path: string): Scalar;
  /** Whether this save creates the record. */
  readonly isNew: boolean;
  readonly now: Date;
}

/** An argument that is evaluated when the function asks for it. */
export type Argument = () => Scalar;

/** One function or operator of the formula language. */
export interface FormulaFunction {
  /** The type of the result for arguments of these types. Throws a FormulaProblem when they do not fit. */
  check(name: string, types: readonly FormulaType[], args: readonly Expression[]): FormulaType;
  run(args: readonly Argument[], scope: FormulaScope, expressions: readonly Expression[]): Scalar;
  /** Whether it needs the record being saved, and so works in rules and entry conditions only. */
  readonly ofRecord?: boolean;
}

/** Types that a parameter takes. */
export type Parameter = readonly FormulaType[];

export const TEXT: Parameter = ['Text'];
export const NUMBER: Parameter = ['Number'];
export const BOOLEAN: Parameter = ['Boolean'];
export const DATE: Parameter = ['Date'];
export const DATE_OR_TIME: Parameter = ['Date', 'Datetime'];
/** Everything but a picklist, which only certain functions take. */
export const ANY: Parameter = ['Text', 'Number', 'Boolean', 'Date', 'Datetime'];

/** A function of fixed parameters whose arguments are all evaluated. The last ones may be left out. */
export function define(
  parameters: readonly Parameter[],
  result: FormulaType,
  run: (values: readonly Scalar[], scope: FormulaScope) => Scalar,
  optional = 0,
): FormulaFunction {
  return {
    check(name, types) {
      checkCount(name, types.length, parameters.length - optional, parameters.length);
      types.forEach((type, index) => checkType(name, type, parameters[index]!));
      return result;
    },
    run: (args, scope) =>
      run(
        args.map((argument) => argument()),
        scope,
      ),
  };
}

/** Refuses a wrong number of arguments. */
export function checkCount(name: string, received: number, least: number, most = least): void {
  if (received >= least && received <= most) return;
  const expected = least === most ? `${least}` : received < least ? `${least}` : `${most}`;
  throw new FormulaProblem(
    `Incorrect number of parameters for function '${name}()'. Expected ${expected}, received ${received}`,
  );
}

/** Refuses an argument of another type. */
export function checkType(name: string, type: FormulaType, parameter: Parameter): void {
  if (type === 'Null' || parameter.includes(type)) return;
  if (type === 'Picklist') {
    throw new FormulaProblem(
      `A picklist field is used with ${describe(name)}. Picklist fields are only supported in certain functions.`,
    );
  }
  throw new FormulaProblem(
    `Incorrect parameter type for ${describe(name)}. Expected ${parameter.join(', ')}, received ${type}`,
  );
}

/** The one type that several values share; NULL fits every type. */
export function commonType(name: string, types: readonly FormulaType[]): FormulaType {
  const first = types.find((type) => type !== 'Null') ?? 'Null';
  for (const type of types) checkType(name, type, first === 'Null' ? ANY : first === 'Picklist' ? ANY : [first]);
  return first;
}

function describe(name: string): string {
  return /^[A-Z]/.test(name) ? `function '${name}()'` : `operator '${name}'`;
}
