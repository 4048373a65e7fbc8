import { dateFunctions } from './formula-date-functions.ts';
import { logicFunctions } from './formula-logic-functions.ts';
import { numberFunctions } from './formula-number-functions.ts';
import type { FormulaFunction } from './formula-signature.ts';
import { textFunctions } from './formula-text-functions.ts';

/** The written list of functions and operators that formulas may use; any other makes the deploy fail. */
export const formulaFunctions: ReadonlyMap<string, FormulaFunction> = new Map(
  Object.entries({ ...logicFunctions, ...numberFunctions, ...textFunctions, ...dateFunctions }),
);
