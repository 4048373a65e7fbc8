import { FormulaProblem } from './formula-parser.ts';
import type { Expression } from './formula-parser.ts';
import { ANY, BOOLEAN, checkCount, checkType, commonType, define, type FormulaFunction } from './formula-signature.ts';
import { compareValues, sameValue, type FormulaType, type Scalar } from './formula-value.ts';

const isBlank = (value: Scalar): boolean => value === null || value === '';

const and: FormulaFunction = {
  check: (name, types) => checkBooleans(name, types),
  run: (args) => args.every((argument) => argument() === true),
};

const or: FormulaFunction = {
  check: (name, types) => checkBooleans(name, types),
  run: (args) => args.some((argument) => argument() === true),
};

const conditional: FormulaFunction = {
  check(name, types) {
    checkCount(name, types.length, 3);
    checkType(name, types[0]!, BOOLEAN);
    return commonType(name, types.slice(1));
  },
  run: ([condition, then, otherwise]) => (condition!() === true ? then!() : otherwise!()),
};

/**
 * CASE(expression, value, result, ..., else): takes a picklist, no truth values, and has no value when any of its
 * arguments has none, whichever is chosen (Salesforce Help, "CASE").
 */
const choice: FormulaFunction = {
  check(name, types) {
    if (types.length < 4 || types.length % 2 !== 0) {
      const expected = Math.max(4, types.length + 1);
      throw new FormulaProblem(
        `Incorrect number of parameters for function '${name}()'. Expected ${expected}, received ${types.length}`,
      );
    }
    for (const type of types) if (type !== 'Picklist') checkType(name, type, ['Text', 'Number', 'Date', 'Datetime']);
    const wanted: readonly FormulaType[] = types[0] === 'Picklist' ? ['Text'] : types[0] === 'Null' ? ANY : [types[0]!];
    const pairs = types.slice(1, -1);
    pairs.filter((_, index) => index % 2 === 0).forEach((type) => checkType(name, type, wanted));
    return commonType(name, [...pairs.filter((_, index) => index % 2 === 1), types.at(-1)!]);
  },
  run(args) {
    const [value, ...pairs] = args.map((argument) => argument());
    const otherwise = pairs.pop()!;
    const chosen = pairs.findIndex((each, index) => index % 2 === 0 && sameValue(value!, each));
    return chosen === -1 ? otherwise : pairs[chosen + 1]!;
  },
};

const replaceBlank: FormulaFunction = {
  check(name, types) {
    checkCount(name, types.length, 2);
    return commonType(name, types);
  },
  run([value, substitute]) {
    const own = value!();
    return isBlank(own) ? substitute!() : own;
  },
};

const isPickval: FormulaFunction = {
  check(name, types, args) {
    checkCount(name, types.length, 2);
    if (types[0] !== 'Picklist')
      throw new FormulaProblem(
        `Incorrect parameter type for function '${name}()'. Expected Picklist, received ${types[0]}`,
      );
    const literal = args[1]!;
    if (literal.kind !== 'literal' || literal.type !== 'Text') {
      throw new FormulaProblem(
        `Incorrect parameter type for function '${name}()'. Expected Text literal, received ${types[1]}`,
      );
    }
    return 'Boolean';
  },
  run: ([field, value]) => sameValue(field!(), value!()),
};

function fieldPath(name: string, expressions: readonly Expression[]): string {
  const [field] = expressions;
  if (expressions.length !== 1) checkCount(name, expressions.length, 1);
  if (field?.kind !== 'reference')
    throw new FormulaProblem(`Incorrect parameter for function '${name}()'. Expected a field`);
  return field.path;
}

const isChanged: FormulaFunction = {
  ofRecord: true,
  check(name, _types, args) {
    fieldPath(name, args);
    return 'Boolean';
  },
  run([value], scope, expressions) {
    return !scope.isNew && !sameValue(value!(), scope.prior(fieldPath('ISCHANGED', expressions)));
  },
};

/** On create the platform gives the present value, because there is no prior one. */
const priorValue: FormulaFunction = {
  ofRecord: true,
  check(name, types, args) {
    fieldPath(name, args);
    return types[0]!;
  },
  run: ([value], scope, expressions) => (scope.isNew ? value!() : scope.prior(fieldPath('PRIORVALUE', expressions))),
};

const isNew: FormulaFunction = {
  ofRecord: true,
  check(name, types) {
    checkCount(name, types.length, 0);
    return 'Boolean';
  },
  run: (_args, scope) => scope.isNew,
};

function checkBooleans(name: string, types: readonly FormulaType[]): FormulaType {
  if (types.length === 0) checkCount(name, 0, 1);
  types.forEach((type) => checkType(name, type, BOOLEAN));
  return 'Boolean';
}

function equality(wanted: boolean): FormulaFunction {
  return {
    check(name, types) {
      commonType(name, types);
      return 'Boolean';
    },
    run: ([left, right]) => sameValue(left!(), right!()) === wanted,
  };
}

/** A comparison with a blank is never true. */
function order(holds: (difference: number) => boolean): FormulaFunction {
  return {
    check(name, types) {
      const type = commonType(name, types);
      if (type !== 'Null') checkType(name, type, ['Number', 'Date', 'Datetime', 'Text']);
      return 'Boolean';
    },
    run([left, right]) {
      const difference = compareValues(left!(), right!());
      return difference !== undefined && holds(difference);
    },
  };
}

/** Conditions, comparisons, blanks and the record being saved. */
export const logicFunctions: Readonly<Record<string, FormulaFunction>> = {
  AND: and,
  '&&': and,
  OR: or,
  '||': or,
  NOT: define([BOOLEAN], 'Boolean', ([value]) => value !== true),
  IF: conditional,
  CASE: choice,
  ISBLANK: define([ANY], 'Boolean', ([value]) => isBlank(value!)),
  ISNULL: define([ANY], 'Boolean', ([value]) => value === null),
  BLANKVALUE: replaceBlank,
  NULLVALUE: replaceBlank,
  ISPICKVAL: isPickval,
  ISCHANGED: isChanged,
  PRIORVALUE: priorValue,
  ISNEW: isNew,
  '=': equality(true),
  '<>': equality(false),
  '<': order((difference) => difference < 0),
  '<=': order((difference) => difference <= 0),
  '>': order((difference) => difference > 0),
  '>=': order((difference) => difference >= 0),
};
